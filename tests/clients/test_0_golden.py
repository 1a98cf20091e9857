"""The golden corpus: what the server can emit, read by the libraries themselves. `cargo test -p kentong-api --test golden`
writes it; what older layers are not told is in docs/losses.md, and is compared there."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from golden.compare import Comparison
from harness import limits
from harness.libraries import LIBRARIES

HERE = Path(__file__).resolve().parent / "golden"
READERS = {
    "Pyrogram": "pyrogram_reader.py",
    "GramJS": "gramjs_reader.mjs",
    "mtcute": "mtcute_reader.mjs",
    "Telethon": "telethon_reader.py",
}
SHOWN = 20


@pytest.fixture(scope="session")
async def corpus():
    """The folder of the corpus, written first where it is not there."""
    target = Path(os.environ["CARGO_TARGET_DIR"])
    folder = target / "tmp" / "golden"
    if not folder.is_dir():
        command = ["cargo", "test", "--locked", "--quiet", "-p", "kentong-api", "--test", "golden"]
        process = await asyncio.create_subprocess_exec(*command, cwd=HERE)
        assert await process.wait() == 0, "the corpus could not be written"
    return folder


@pytest.mark.parametrize("name", [name for name in READERS if name in LIBRARIES])
async def test_golden(corpus, name):
    """every object the server can emit is read by Pyrogram, GramJS, mtcute and Telethon as it was written"""
    path = corpus / f"{LIBRARIES[name].layer}.jsonl"
    samples = [json.loads(line) for line in path.read_text().splitlines()]
    seen = Comparison()
    for sample, read in zip(samples, await read_by(name, path), strict=True):
        if "error" in read:
            seen.lines.append(f"{sample['name']}: {read['error']}")
            continue
        seen.compare(sample["value"], read["value"], sample["name"])
        if read["left"]:
            seen.lines.append(f"{sample['name']}: {read['left']} bytes were left")
    assert not seen.lines, f"{len(seen.lines)} differences:\n" + "\n".join(seen.lines[:SHOWN])
    assert sorted(seen.unread) == sorted(listed(name))


async def read_by(name, path):
    command = LIBRARIES[name].command
    interpreter = command()[0] if command else sys.executable
    process = await asyncio.create_subprocess_exec(
        interpreter, str(HERE / READERS[name]), str(path), stdout=asyncio.subprocess.PIPE)
    out, _ = await asyncio.wait_for(process.communicate(), limits.GOLDEN)
    assert process.returncode == 0
    return [json.loads(line) for line in out.splitlines()]


def listed(name):
    """Switches that came without a new number of their constructor: an older library does not look at the bit."""
    lines = (HERE / "unread.txt").read_text().splitlines()
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    return [subject for subject, *libraries in rows if name in libraries]
