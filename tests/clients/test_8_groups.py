"""A basic group of people with different libraries: what one says, everybody sees, once and in their own mailbox."""

import pytest

from harness.errors import ClientError
from harness.libraries import LIBRARIES
from harness.routes import D_TCP, M_TCP, T_FULL
from harness.server import Server
from harness.talk import words
from harness.world import World


@pytest.fixture
async def world(tmp_path):
    """A world of one test's own."""
    server = Server(tmp_path / "data")
    await server.start()
    made = World(server, tmp_path)
    yield made
    await made.close()
    assert await server.stop() == 0
    assert not server.panics, server.panics


async def group_of(world, *routes):
    """A group that the first one made, and its number as clients name it."""
    people = [await world.sign_up(route, name) for route, name in zip(routes, ["Ayu", "Bima", "Citra", "Dewi"])]
    maker, *others = people
    marks = [person.journal.mark() for person in others]
    for person in others:
        await maker.add_phone(phone=person.phone, first_name=person.first_name)
    group = -await maker.create_group(title="Kampung", users=[person.id for person in others])
    for person, mark in zip(others, marks):
        if person.route.library == "Telethon":
            # Its handler of new messages passes over what a group says of itself.
            await person.journal.expect("other", since=mark, name="updateChatParticipants")
        else:
            await person.journal.expect("message", since=mark, where=lambda event: is_of(event, group))
    return people, group


def is_of(event, group):
    return abs(event["message"]["chat"]) == -group


async def heard(people, group, text, marks):
    """Everybody's copy of what was said."""
    copies = []
    for person, mark in zip(people, marks):
        got = await person.journal.expect("message", since=mark, message_text=text, where=lambda event: is_of(event, group))
        copies.append(got["message"])
    return copies


async def everybody_says(people, group):
    for author in people:
        others = [person for person in people if person is not author]
        text, marks = words("to all"), [person.journal.mark() for person in others]
        sent = await author.send(group, text)
        assert sent["out"]
        for copy in await heard(others, group, text, marks):
            assert (copy["sender"], copy["out"]) == (author.id, False)


async def test_group_talk(world):
    """a group of Telethon, mtcute and Telethon: said, answered, edited, read, deleted, left"""
    (ayu, bima, citra), group = await group_of(world, T_FULL, M_TCP, T_FULL)
    await everybody_says([ayu, bima, citra], group)
    text, marks = words("who comes?"), [bima.journal.mark(), citra.journal.mark()]
    asked = await ayu.send(group, text)
    by_bima, _ = await heard([bima, citra], group, text, marks)
    answer, marks = words("I do"), [ayu.journal.mark(), citra.journal.mark()]
    await bima.send(group, answer, reply_to=by_bima["id"])
    by_ayu, by_citra = await heard([ayu, citra], group, answer, marks)
    assert by_ayu["reply_to"] == asked["id"]
    answered = (await citra.messages(chat=group, ids=[by_citra["reply_to"]]))[0]
    assert answered["text"] == text
    mark = ayu.journal.mark()
    await citra.read(chat=group, max_id=by_citra["id"])
    await ayu.journal.expect("read", since=mark, outbox=True, max_id=asked["id"])
    changed, mark = words("who stays?"), bima.journal.mark()
    await ayu.edit(chat=group, id=asked["id"], text=changed)
    await bima.journal.expect("edit", since=mark, message_text=changed)
    mark = citra.journal.mark()
    await ayu.remove(chat=group, ids=[asked["id"]], revoke=True)
    gone = await citra.journal.expect("delete", since=mark)
    assert by_citra["reply_to"] in gone["ids"]
    await bima.leave_group(group=-group)
    with pytest.raises(ClientError):
        await bima.send(group, words("still here"))
    await everybody_says([ayu, citra], group)
    for person in (ayu, bima, citra):
        assert not person.complaints()


async def test_group_catches_up(world):
    """what is said in a group while one is away comes afterwards, once and in order"""
    (ayu, bima), group = await group_of(world, T_FULL, T_FULL)
    await bima.pause()
    said = [words("meanwhile") for _ in range(5)]
    for text in said:
        await ayu.send(group, text)
    mark = bima.journal.mark()
    await bima.resume()
    for text in said:
        await bima.journal.expect("message", since=mark, message_text=text)
    assert [it["text"] for it in await bima.history(group, limit=5)] == said[::-1]


async def test_group_tdlib(world):
    """a group of TDLib, mtcute and Telethon"""
    if reason := LIBRARIES["TDLib"].impossible():
        pytest.skip(reason)
    people, group = await group_of(world, D_TCP, M_TCP, T_FULL)
    await everybody_says(people, group)
    for person in people:
        assert not person.complaints()
