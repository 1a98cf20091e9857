"""A second password, and coming in by a picture shown on another screen."""

import pytest

from harness.errors import ClientError
from harness.talk import words

pytestmark = pytest.mark.files
PASSWORD, HINT = "kentongan di sawah", "what wakes the village"


@pytest.fixture
async def careful(talk):
    """A person of this scenario's own, who may set a password without locking others out."""
    return await talk.world.sign_up(talk.column.a, "Wulan")


async def test_password(talk, careful):
    """sets a second password, is refused with a wrong one, comes in with the right one"""
    await careful.set_password(password=PASSWORD, hint=HINT)
    device = await talk.world.asked_for_password(talk.column.b, careful)
    assert await device.password_hint() == HINT
    with pytest.raises(ClientError) as refusal:
        await device.check_password(password=words("not it"))
    assert (refusal.value.code, refusal.value.name) == (400, "PASSWORD_HASH_INVALID")
    assert (await device.check_password(password=PASSWORD))["id"] == careful.id
    assert (await device.me())["id"] == careful.id
    await careful.send("me", words("both are in"))


async def test_password_removed(talk, careful):
    """takes the second password away again"""
    await careful.set_password(password=PASSWORD, hint=HINT)
    await careful.remove_password(password=PASSWORD)
    device = await talk.world.sign_in(talk.column.b, careful)
    assert (await device.me())["id"] == careful.id


async def test_qr(talk):
    """comes in by a login token that another device accepts"""
    device = await talk.world.device(talk.column.b, "Ayu")
    token = await device.show_qr()
    await talk.a.accept_qr(token=token)
    assert (await device.await_qr())["id"] == talk.a.id
    assert (await device.me())["id"] == talk.a.id


async def test_no_complaints_about_files(talk):
    """neither library complained of anything about files and passwords"""
    for device in talk.devices():
        assert device.complaints() == [], device.name
