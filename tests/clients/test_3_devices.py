"""Several devices of one person, those that were away, and those that leave."""

import pytest

from harness import limits
from harness.errors import ClientError
from harness.talk import in_flight, words


async def test_draft(talk):
    """a draft follows to the other device"""
    await talk.acquainted()
    a2 = await talk.second_device()
    mark, text = a2.journal.mark(), words("not yet")
    await talk.a.save_draft(chat=talk.b.id, text=text)
    await a2.journal.expect("draft", since=mark, chat=talk.b.id, text=text)
    assert (await a2.drafts())[talk.b.id] == text
    await talk.a.save_draft(chat=talk.b.id, text="")
    await a2.journal.expect("draft", since=mark, chat=talk.b.id, text="")
    assert talk.b.id not in await a2.drafts()


async def test_in_step(talk):
    """two devices of one person stay in step"""
    a2, mark = await talk.second_device(), (await talk.second_device()).journal.mark()
    sent, _ = await talk.say(talk.a, talk.b)
    own = (await a2.journal.expect("message", since=mark, message_text=sent["text"]))["message"]
    assert (own["id"], own["out"], own["chat"]) == (sent["id"], True, talk.b.id)
    _, got = await talk.say(talk.b, talk.a)
    await a2.journal.expect("message", since=mark, message_id=got["id"], message_out=False)
    await talk.a.read(chat=talk.b.id, max_id=got["id"])
    await a2.journal.expect("read", since=mark, outbox=False, chat=talk.b.id, max_id=got["id"])
    back = talk.a.journal.mark()
    text = words("edited elsewhere")
    await a2.edit(chat=talk.b.id, id=sent["id"], text=text)
    await talk.a.journal.expect("edit", since=back, message_id=sent["id"], message_text=text)
    await a2.remove(chat=talk.b.id, ids=[sent["id"]], revoke=True)
    await talk.a.journal.expect("delete", since=back, where=lambda event: sent["id"] in event["ids"])
    assert len(a2.journal.all("message", since=mark, message_id=sent["id"])) == 1
    assert await talk.a.history(talk.b.id) == await a2.history(talk.b.id)


async def test_catch_up(talk):
    """catches up on 500 messages sent while away, in order, each once"""
    await talk.say(talk.a, talk.b)
    mark = talk.b.journal.mark()
    await talk.b.pause()
    texts = [words("while away") for _ in range(limits.OFFLINE_MESSAGES)]
    sent = await in_flight(limits.SENDS_IN_FLIGHT, [send(talk, text) for text in texts])
    expected = [it["text"] for it in sorted(sent, key=lambda it: it["id"])]
    await talk.b.resume()
    await talk.b.journal.expect("message", since=mark, within=limits.CATCH_UP, message_text=expected[-1])
    await talk.settle(talk.a, talk.b)
    seen = [event["message"]["text"] for event in talk.b.journal.all("message", since=mark)]
    assert [text for text in seen if text.startswith("while away")] == expected
    unread = next(it["unread"] for it in await talk.b.dialogs(page=20) if it["chat"] == talk.a.id)
    assert unread >= limits.OFFLINE_MESSAGES


def send(talk, text):
    return lambda: talk.a.send(talk.b.id, text)


async def test_catch_up_on_changes(talk):
    """catches up on what was edited, deleted and read while away"""
    _, edited_got = edited = await talk.say(talk.a, talk.b)
    _, deleted_got = deleted = await talk.say(talk.a, talk.b)
    answer, answer_got = await talk.say(talk.b, talk.a)
    mark = talk.b.journal.mark()
    await talk.b.pause()
    text = words("changed while away")
    await talk.a.edit(chat=talk.b.id, id=edited[0]["id"], text=text)
    await talk.a.remove(chat=talk.b.id, ids=[deleted[0]["id"]], revoke=True)
    await talk.a.read(chat=talk.b.id, max_id=answer_got["id"])
    await talk.b.resume()
    await talk.settle(talk.a, talk.b)
    assert [it and it["text"] for it in await talk.b.history(talk.a.id, limit=3)][1:] == [answer["text"], text]
    theirs = next(it for it in await talk.b.dialogs(page=20) if it["chat"] == talk.a.id)
    assert theirs["read_outbox"] >= answer["id"]
    # Telethon drops every update with a pts that comes in a difference, other than new messages.
    if talk.b.route.library != "Telethon":
        await talk.b.journal.expect("edit", since=mark, message_id=edited_got["id"], message_text=text)
        await talk.b.journal.expect("delete", since=mark, where=lambda event: deleted_got["id"] in event["ids"])
        await talk.b.journal.expect("read", since=mark, outbox=True, chat=talk.a.id, max_id=answer["id"])


async def test_authorizations(talk):
    """lists the devices, and ends one from another"""
    before = hashes(await talk.a.authorizations())
    third = await talk.world.sign_in(talk.column.a, talk.a)
    (added,) = hashes(await talk.a.authorizations()) - before
    await talk.a.reset_authorization(hash=added)
    assert hashes(await talk.a.authorizations()) == before
    with pytest.raises(ClientError) as refusal:
        await third.me()
    assert refusal.value.code == 401
    assert (await talk.a.me())["id"] == talk.a.id


def hashes(authorizations):
    return {it["hash"] for it in authorizations}


async def test_log_out(talk):
    """logging out ends the session"""
    before = len(await talk.a.authorizations())
    third = await talk.world.sign_in(talk.column.b, talk.a)
    assert len(await talk.a.authorizations()) == before + 1
    await third.log_out()
    # TDLib takes itself along to the DC it dialled first, and what it takes ends with the session: leaving may come first.
    assert [it for it in third.complaints() if "AUTH_BYTES_INVALID" not in it] == []
    assert len(await talk.a.authorizations()) == before
    assert (await talk.a.me())["id"] == talk.a.id


async def test_no_complaints(talk):
    """neither library complained of anything the server wrote"""
    for device in talk.devices():
        assert device.complaints() == [], device.name
