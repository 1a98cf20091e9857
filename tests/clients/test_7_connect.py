"""What `kentong connect --for` prints is a program: saved as it is in an empty folder, it signs up and writes a message."""

import asyncio
import os
import re
from itertools import count
from pathlib import Path

import pytest

from harness import limits
from harness.server import Server

ENVIRONMENTS = Path(os.environ.get("CARGO_TARGET_DIR", "target"))
MODULES = Path(__file__).resolve().parent / "node_modules"
NODE = os.environ.get("NODE", "node")
SENT = re.compile(r"sent message \d+ to Saved Messages of Ratna")

# What runs the text of each client, and what it is to be told after the phone number and after the code.
PROGRAMS = {
    "telethon": ("kentong_client.py", ENVIRONMENTS / "clients-venv/bin/python", [], ["Ratna"]),
    "pyrogram": ("kentong_client.py", ENVIRONMENTS / "clients-pyrogram/bin/python", ["y"], ["Ratna", ""]),
    "kurigram": ("kentong_client.py", ENVIRONMENTS / "clients-kurigram/bin/python", ["y"], ["Ratna", ""]),
    "gramjs": ("kentong.js", NODE, [], ["Ratna"]),
    "mtcute": ("kentong.mjs", NODE, [], ["Ratna"]),
}
# grammers is a crate to be built: with the versions and in the build folder of its driver.
CRATE = Path(__file__).resolve().parent / "grammers"
_phones = count(1)


@pytest.fixture(scope="module")
async def server(tmp_path_factory):
    made = Server(tmp_path_factory.mktemp("connect") / "data")
    await made.start()
    yield made
    assert await made.stop() == 0
    assert not made.panics, made.panics


@pytest.mark.parametrize("client", PROGRAMS)
async def test_connect(server, tmp_path, client):
    """what `connect` prints runs as it is, signs up and writes a message"""
    name, interpreter, confirm, names = PROGRAMS[client]
    (tmp_path / name).write_text(await server.connect(client))
    (tmp_path / "node_modules").symlink_to(MODULES)
    await run(server, [str(interpreter), name], tmp_path, confirm, names)


async def run(server, words, folder, confirm, names):
    program = await asyncio.create_subprocess_exec(
        *words, cwd=folder, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT)
    phone = f"+1556{next(_phones):07}"
    tell(program, phone, *confirm)
    try:
        tell(program, await server.code(phone, after=0, within=limits.CALL), *names)
        said, _ = await asyncio.wait_for(program.communicate(), limits.CALL)
    finally:
        if program.returncode is None:
            program.kill()
    assert program.returncode == 0 and SENT.search(said.decode()), said.decode()


def tell(program, *lines):
    program.stdin.write("".join(f"{line}\n" for line in lines).encode())


async def test_connect_grammers(server, tmp_path):
    """what `connect` prints for grammers, with a key of its own, builds as it is, signs up and writes a message"""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "main.rs").write_text(await server.connect("grammers"))
    manifest = (CRATE / "Cargo.toml").read_text().replace("kentong-grammers-driver", "kentong-client")
    (tmp_path / "Cargo.toml").write_text(manifest.replace("../../..", str(CRATE.parents[2])))
    (tmp_path / "Cargo.lock").write_text((CRATE / "Cargo.lock").read_text().replace("kentong-grammers-driver", "kentong-client"))
    built = await asyncio.create_subprocess_exec("cargo", "build", "--quiet", "--offline", "--locked", cwd=tmp_path)
    assert await asyncio.wait_for(built.wait(), limits.BUILD) == 0
    await run(server, [str(ENVIRONMENTS.resolve() / "debug" / "kentong-client")], tmp_path, [], ["Ratna"])
