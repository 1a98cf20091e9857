"""Pictures, files, voice notes and albums: what one sends, the other sees, and can fetch byte for byte."""

import asyncio

import pytest

from harness import limits, pictures
from harness.errors import ClientError
from harness.server import Server
from harness.talk import Talk, words
from harness.world import World

pytestmark = pytest.mark.files
WIDTH, HEIGHT = 1600, 1200


async def show(talk, author, reader, send, **options):
    """Sends under a caption of its own and waits until it was seen on the other screen; both copies."""
    await talk.acquainted()
    caption, mark = words("look"), reader.journal.mark()
    sent = await send(chat=reader.id, caption=caption, **options)
    got = await reader.journal.expect("message", since=mark, message_text=caption)
    return sent, got["message"]


async def fetched(device, message, path, size=None):
    await device.download(chat=message["chat"], id=message["id"], path=str(path), size=size)
    return path


async def test_photo(talk, tmp_path):
    """photo both ways, in several sizes, each of which decodes to what it says"""
    for author, reader in talk.both_ways():
        picture = pictures.jpeg(tmp_path / "sent.jpg", WIDTH, HEIGHT, author.id)
        sent, got = await show(talk, author, reader, author.send_photo, path=str(picture))
        assert got["media"]["kind"] == "photo" and got["media"] == sent["media"]
        sizes = got["media"]["sizes"]
        assert len(sizes) >= 3 and max(width for width, _, _ in sizes.values()) >= 1280
        for letter, (width, height, length) in sizes.items():
            path = await fetched(reader, got, tmp_path / f"{letter}.jpg", letter)
            assert pictures.dimensions(path) == (width, height)
            assert path.stat().st_size == length
            assert abs(width * HEIGHT - height * WIDTH) <= max(WIDTH, HEIGHT), "out of proportion"


async def test_file(talk, tmp_path):
    """file, the same bytes on the other side"""
    for author, reader in talk.both_ways():
        file = pictures.noise(tmp_path / "laporan tahunan.bin", limits.SMALL_FILE_BYTES)
        sent, got = await show(talk, author, reader, author.send_file, path=str(file))
        assert got["media"] == sent["media"]
        assert (got["media"]["kind"], got["media"]["name"], got["media"]["size"]) == ("document", file.name, file.stat().st_size)
        assert pictures.digest(await fetched(reader, got, tmp_path / "got.bin")) == pictures.digest(file)


@pytest.mark.heavy
async def test_big_file(talk, tmp_path):
    """file of 40 MiB, the same bytes on the other side"""
    file = pictures.noise(tmp_path / "big.bin", limits.BIG_FILE_BYTES)
    for author, reader in talk.both_ways():
        _, got = await show(talk, author, reader, author.send_file, path=str(file))
        assert got["media"]["size"] == limits.BIG_FILE_BYTES
        assert pictures.digest(await fetched(reader, got, tmp_path / "got.bin")) == pictures.digest(file)


async def test_voice(talk, tmp_path):
    """voice note"""
    note = pictures.noise(tmp_path / "note.ogg", limits.VOICE_BYTES)
    _, got = await show(talk, talk.a, talk.b, talk.a.send_voice, path=str(note), duration=3)
    assert (got["media"]["kind"], got["media"]["voice"], got["media"]["duration"]) == ("document", True, 3)
    assert pictures.digest(await fetched(talk.b, got, tmp_path / "got.ogg")) == pictures.digest(note)


async def test_album(talk, tmp_path):
    """album of three"""
    for author, reader in talk.both_ways():
        await talk.acquainted()
        paths = [str(pictures.jpeg(tmp_path / f"{number}.jpg", 640 + number, 480, number)) for number in range(3)]
        mark = reader.journal.mark()
        sent = await author.send_album(chat=reader.id, paths=paths)
        assert len(sent) == 3 and len({it["group"] for it in sent}) == 1 and sent[0]["group"]
        await talk.settle(author, reader)
        got = [event["message"] for event in reader.journal.all("message", since=mark) if event["message"]["media"]]
        assert [it["media"] for it in got] == [it["media"] for it in sent]
        assert len({it["group"] for it in got}) == 1 and got[0]["group"]
        assert [largest(it)[0] for it in got] == [640, 641, 642]


def largest(message):
    return max(message["media"]["sizes"].values())


async def test_forward_media(talk, tmp_path):
    """forward of a photo and of a file, without sending them again"""
    picture = pictures.jpeg(tmp_path / "sent.jpg", 800, 600)
    file = pictures.noise(tmp_path / "sent.bin", limits.SMALL_FILE_BYTES)
    for send, path in ((talk.a.send_photo, picture), (talk.a.send_file, file)):
        sent, got = await show(talk, talk.a, talk.b, send, path=str(path))
        mark = talk.a.journal.mark()
        (copy,) = await talk.b.forward(from_chat=talk.a.id, ids=[got["id"]], to_chat=talk.a.id)
        assert copy["media"] == sent["media"]
        seen = (await talk.a.journal.expect("message", since=mark, message_text=sent["text"]))["message"]
        assert seen["media"] == sent["media"] and seen["forwarded_from"] == talk.a.id
        again = await fetched(talk.a, seen, tmp_path / "again.dat")
        assert pictures.digest(again) == pictures.digest(await fetched(talk.b, got, tmp_path / "got.dat"))


async def test_edit_media(talk, tmp_path):
    """another photo in place of the one that was sent"""
    first = pictures.jpeg(tmp_path / "first.jpg", 800, 600)
    second = pictures.jpeg(tmp_path / "second.jpg", 600, 800, 77)
    sent, got = await show(talk, talk.a, talk.b, talk.a.send_photo, path=str(first))
    mark = talk.b.journal.mark()
    changed = await talk.a.edit_photo(chat=talk.b.id, id=sent["id"], path=str(second), caption=sent["text"])
    seen = (await talk.b.journal.expect("edit", since=mark, message_id=got["id"]))["message"]
    assert seen["media"] == changed["media"] != sent["media"]
    assert pictures.dimensions(await fetched(talk.b, seen, tmp_path / "got.jpg")) == (600, 800)


async def test_profile_photo(talk, tmp_path):
    """profile photo, seen by the other, and gone again"""
    await talk.acquainted()
    await talk.say(talk.a, talk.b)
    assert not await talk.b.profile_photo(user=talk.a.id, path=str(tmp_path / "none.jpg"))
    picture = pictures.jpeg(tmp_path / "me.jpg", 900, 900)
    await talk.a.set_profile_photo(path=str(picture))
    assert await talk.b.profile_photo(user=talk.a.id, path=str(tmp_path / "big.jpg"))
    width, height = pictures.dimensions(tmp_path / "big.jpg")
    assert width == height >= 160
    await talk.a.delete_profile_photos()
    assert not await talk.b.profile_photo(user=talk.a.id, path=str(tmp_path / "gone.jpg"))


@pytest.fixture
async def short_lived(talk, tmp_path):
    """The same two people on a server whose file references end soon."""
    server = Server(tmp_path / "data", settings={"KENTONG_MEDIA_FILE_REFERENCE_SECONDS": str(limits.FILE_REFERENCE_SECONDS)})
    await server.start()
    made = Talk(World(server, tmp_path), talk.column)
    await made.begin()
    yield made
    await made.world.close()
    assert await server.stop() == 0 and not server.panics, server.panics


@pytest.mark.heavy
async def test_file_reference(short_lived, tmp_path):
    """a file reference ends, and a new one comes with the message"""
    file = pictures.noise(tmp_path / "sent.bin", limits.SMALL_FILE_BYTES)
    _, got = await show(short_lived, short_lived.a, short_lived.b, short_lived.a.send_file, path=str(file))
    wanted = file.read_bytes()[:limits.CHUNK_BYTES].hex()
    ask = dict(chat=got["chat"], id=got["id"], bytes=limits.CHUNK_BYTES)
    assert await short_lived.b.chunk(**ask, fresh=True) == wanted
    refusal = await refused_in_time(lambda: short_lived.b.chunk(**ask, fresh=False))
    assert (refusal.code, refusal.name.split("_")[:2]) == (400, ["FILE", "REFERENCE"])
    assert await short_lived.b.chunk(**ask, fresh=True) == wanted


async def refused_in_time(ask):
    """Asks until it is refused: only the server's clock can bring that about."""
    for _ in range(limits.STALE_TRIES):
        try:
            await ask()
        except ClientError as refusal:
            return refusal
        await asyncio.sleep(limits.STALE_PAUSE)
    raise AssertionError("never refused")
