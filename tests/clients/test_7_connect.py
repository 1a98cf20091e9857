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
    program = await asyncio.create_subprocess_exec(
        str(interpreter), name, cwd=tmp_path, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT)
    phone = f"+1556{next(_phones):07}"
    tell(program, phone, *confirm)
    try:
        tell(program, await server.code(phone, after=0), *names)
        said, _ = await asyncio.wait_for(program.communicate(), limits.CALL)
    finally:
        if program.returncode is None:
            program.kill()
    assert program.returncode == 0 and SENT.search(said.decode()), said.decode()


def tell(program, *lines):
    program.stdin.write("".join(f"{line}\n" for line in lines).encode())
