"""The server alone: killed in the middle of its work, lost and restored from a backup, and on a disk that is full."""

import asyncio

import pytest

from harness import limits, loop_mount
from harness.errors import ClientError
from harness.routes import T_ABRIDGED
from harness.server import Server, printed
from harness.talk import words
from harness.world import World


@pytest.fixture
async def lonely(tmp_path):
    """A world of one test's own."""
    made = []

    async def world(data):
        server = Server(data)
        await server.start()
        made.append(World(server, tmp_path))
        return made[-1]

    yield world
    for one in made:
        await one.close()
        await one.server.stop()
        assert not one.server.panics, one.server.panics


async def two_people(world):
    one, other = await world.sign_up(T_ABRIDGED, "Gita"), await world.sign_up(T_ABRIDGED, "Hadi")
    await one.add_phone(phone=other.phone, first_name="Hadi")
    return one, other


async def test_killed(lonely, tmp_path):
    """SIGKILL in the middle of 10,000 sends: nothing acknowledged is lost or doubled, ready again in under 2 s"""
    world = await lonely(tmp_path / "data")
    sender, reader = await two_people(world)
    acknowledged = await send_until_killed(world.server, sender, reader)
    assert len(acknowledged) >= limits.KILL_AFTER_MESSAGES
    assert await world.server.start() < limits.RESTART
    for device, other in ((sender, reader), (reader, sender)):
        if device is reader:
            await reader.user(user=sender.id)
        kept = await device.whole_history(other.id)
        texts = [it["text"] for it in kept]
        assert len(texts) == len(set(texts)), "doubled"
        assert set(acknowledged) <= set(texts), f"{len(set(acknowledged) - set(texts))} lost"
    order = [it["text"] for it in reversed(await reader.whole_history(sender.id))]
    by_id = sorted(acknowledged, key=acknowledged.get)
    assert [text for text in order if text in acknowledged] == by_id
    await sender.send(reader.id, "and on it goes")


async def send_until_killed(server, sender, reader):
    """Sends many at once, kills the server on the way, and returns what was acknowledged: text -> message id."""
    acknowledged, enough = {}, asyncio.Event()
    gate = asyncio.Semaphore(limits.KILL_SENDS_IN_FLIGHT)

    async def one(number):
        async with gate:
            text = f"number {number}"
            acknowledged[text] = (await sender.send(reader.id, text))["id"]
            if len(acknowledged) >= limits.KILL_AFTER_MESSAGES:
                enough.set()

    sends = [asyncio.create_task(one(number)) for number in range(limits.KILL_MESSAGES)]
    await asyncio.wait_for(enough.wait(), limits.KILL_WITHIN)
    await server.kill()
    for send in sends:
        send.cancel()
    await asyncio.gather(*sends, return_exceptions=True)
    return acknowledged


async def test_restored(lonely, tmp_path):
    """restored from a backup: the same clients go on with their keys, and what came before it is there"""
    world = await lonely(tmp_path / "data")
    data, file = world.server.data, str(tmp_path / "all.backup")
    sender, reader = await two_people(world)
    await reader.add_phone(phone=sender.phone, first_name="Gita")
    before = [words("before") for _ in range(limits.BACKUP_MESSAGES)]
    for text in before:
        await sender.send(reader.id, text)
    await printed("backup", "create", "--data", str(data), file)
    for _ in range(limits.BACKUP_MESSAGES):
        await sender.send(reader.id, words("too late"))
    await world.server.stop()
    data.rename(tmp_path / "lost")
    await printed("backup", "restore", "--data", str(data), file)
    await world.server.start()
    for device, other in ((sender, reader), (reader, sender)):
        kept = [it["text"] for it in reversed(await device.whole_history(other.id))]
        assert [text for text in kept if text in before] == before
        assert not any(text.startswith("too late") for text in kept), kept
    # The first news tells a client that it has to start anew; what comes then, it hears as ever.
    for device, other in ((sender, reader), (reader, sender)):
        await device.send(other.id, words("are you there"))
        mark, text = other.journal.mark(), words("and on it goes")
        await until_heard(device, other, mark)
        sent = await device.send(other.id, text)
        assert (await other.history(device.id))[0]["text"] == text
        await other.journal.expect("message", since=mark, message_text=text)
        assert sent["text"] == text


async def until_heard(sender, reader, mark):
    """Sends until the reader hears one of it: the first may only make it look where it stands."""
    for _ in range(limits.BACKUP_TRIES):
        text = words("do you hear")
        await sender.send(reader.id, text)
        try:
            return await reader.journal.expect("message", since=mark, within=limits.BACKUP_HEARD, message_text=text)
        except AssertionError:
            pass
    raise AssertionError("the reader hears nothing any more")


@pytest.mark.skipif(not loop_mount.possible(), reason="mounting a small disk needs root")
async def test_disk_full(lonely, tmp_path):
    """disk full: sends fail with an error, reads go on, writing resumes when there is room"""
    with loop_mount.SmallDisk(tmp_path) as disk:
        world = await lonely(disk / "data")
        sender, reader = await two_people(world)
        await sender.send(reader.id, "there is room")
        ballast = disk / "ballast"
        loop_mount.fill(ballast)
        assert await first_refusal(sender, reader) is not None
        assert (await sender.whole_history(reader.id))[-1]["text"] == "there is room"
        assert (await reader.me())["id"] == reader.id
        refused = await first_refusal(sender, reader)
        assert refused.code in (420, 500, 503) and refused.code != 401, refused
        ballast.unlink()
        await until_accepted(sender, reader)
        await world.server.stop()


async def first_refusal(sender, reader):
    """Sends until a send is refused: room already set aside may take some more."""
    for _ in range(limits.DISK_FULL_SENDS):
        try:
            await sender.send(reader.id, words("x" * 2000))
        except ClientError as refusal:
            return refusal
    return None


async def until_accepted(sender, reader):
    """The server looks at its disk again by itself; a refused send is all a client sees of it."""
    deadline = asyncio.get_running_loop().time() + limits.DISK_ROOM
    while True:
        try:
            return await sender.send(reader.id, words("room again"))
        except ClientError:
            assert asyncio.get_running_loop().time() < deadline, "writing never resumed"
            await asyncio.sleep(limits.DISK_RETRY)
