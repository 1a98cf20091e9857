"""Coming in, finding one another, and what people see of each other."""

import pytest

from harness.errors import ClientError
from harness.talk import words
from harness.world import new_phone


async def test_signs_up(talk):
    """signs up"""
    for person in (talk.a, talk.b):
        me = await person.me()
        assert me["id"] == person.id and me["is_self"]
        assert me["first_name"] == person.first_name
        assert me["phone"].lstrip("+") == person.phone.lstrip("+")


async def test_wrong_code(talk):
    """is refused with a wrong code"""
    device, phone = await talk.world.device(talk.column.a, "Stranger"), new_phone()
    sent = await device.send_code(phone=phone)
    code = await talk.world.server.code(phone, after=0)
    wrong = str((int(code[0]) + 1) % 10) + code[1:]
    with pytest.raises(ClientError) as refusal:
        await device.sign_in(phone=phone, code=wrong, hash=sent["hash"])
    assert (refusal.value.code, refusal.value.name) == (400, "PHONE_CODE_INVALID")


async def test_finds_by_phone(talk):
    """finds the other by phone"""
    await talk.acquainted()
    assert talk.found_by_phone["id"] == talk.b.id
    assert talk.found_by_phone["contact"]


async def test_finds_by_username(talk):
    """finds the other by username"""
    await talk.acquainted()
    assert talk.found_by_username["id"] == talk.a.id
    assert talk.found_by_username["username"] == talk.username


async def test_second_device(talk):
    """signs in a second device with the code that came to the first"""
    a2 = await talk.second_device()
    assert (await a2.me())["id"] == talk.a.id


async def test_profile(talk):
    """sees the other's new name, username and bio"""
    await talk.acquainted()
    a2, mark = await talk.second_device(), (await talk.second_device()).journal.mark()
    await talk.a.set_name(first_name="Ayu", last_name="Lestari")
    renamed = f"lestari_{talk.a.id}"
    await talk.a.set_username(username=renamed)
    await talk.a.set_bio(bio="from Bandung")
    await a2.journal.expect("name", since=mark, user=talk.a.id, username=renamed)
    seen = await talk.b.find_username(username=renamed)
    assert (seen["id"], seen["last_name"]) == (talk.a.id, "Lestari")
    # TDLib keeps what it once read of a profile for a minute, unless it hears of a change, as of contacts it does.
    if talk.b.route.library != "TDLib":
        assert await talk.b.bio(user=talk.a.id) == "from Bandung"
    talk.username = renamed


async def test_contacts(talk):
    """keeps a list of contacts"""
    await talk.acquainted()
    assert (await talk.b.add_phone(phone=talk.a.phone, first_name="Ayu from work"))["id"] == talk.a.id
    listed = {it["id"]: it for it in await talk.b.contacts()}
    assert listed[talk.a.id]["first_name"] == "Ayu from work" and listed[talk.a.id]["contact"]
    await talk.b.delete_contact(user=talk.a.id)
    assert talk.a.id not in {it["id"] for it in await talk.b.contacts()}


async def test_online(talk):
    """sees the other come online and leave"""
    await talk.acquainted()
    await talk.b.add_phone(phone=talk.a.phone, first_name="Ayu")
    await talk.say(talk.b, talk.a)
    for online in (True, False, True, False):

        # Only a change is told: what is repeated because the bus lost it has to be a change again.
        async def change():
            await talk.a.set_online(online=not online)
            await talk.a.set_online(online=online)

        await talk.until(talk.b.journal, change, "status", user=talk.a.id, online=online)
    assert not (await talk.b.user(user=talk.a.id))["online"]


async def test_blocked(talk):
    """a blocked person does not get through"""
    await talk.acquainted()
    await talk.say(talk.a, talk.b)
    await talk.b.block(user=talk.a.id)
    assert talk.a.id in await talk.b.blocked()
    text = words("unheard")
    mark = talk.b.journal.mark()
    try:
        await talk.a.send(talk.b.id, text)
    except ClientError as refusal:
        assert refusal.code in (400, 403), refusal
    await talk.b.unblock(user=talk.a.id)
    assert talk.a.id not in await talk.b.blocked()
    await talk.settle(talk.a, talk.b)
    assert talk.b.journal.all("message", since=mark, message_text=text) == []
    assert text not in {it["text"] for it in await talk.b.history(talk.a.id)}
