"""The real binary as a process: started on a free port, asked for login codes through its log, killed and started again."""

import asyncio
import ctypes
import os
import re
import signal
import sys
import time
from pathlib import Path

from . import limits
from .calls import LOG_FILTER

PR_SET_PDEATHSIG = 1
READY_LINE = re.compile(r"\bready\b.*?\baddress=\"?([0-9.]+):(\d+)")
CODE_LINE = re.compile(r"login code .*?phone=\"?(\+?\d+)\"?.*?code=\"?(\d+)")
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def binary():
    target = os.environ.get("CARGO_TARGET_DIR", "target")
    path = Path(os.environ.get("KENTONG_BIN", f"{target}/release/kentong"))
    assert path.exists(), f"{path} is not built: cargo build --release -p kentong, or name it in KENTONG_BIN"
    return path


class Server:
    """One data folder and the process that serves it."""

    def __init__(self, data, bus=None, calls=None, settings=None):
        self.data = Path(data)
        self.bus = bus
        self.settings = settings or {}
        # Where to note which methods are called; a server of which that is not asked says nothing of it.
        self.calls = calls
        self.patience = limits.FAULTY_EVENT if bus else limits.EVENT
        self.process = None
        self.host = None
        self.port = 0
        self.log = []
        self.codes = {}
        self.panics = []
        self._snippets = {None: None}
        self._reader = None
        self._ready = None
        self._news = asyncio.Condition()

    async def start(self):
        """Starts the binary and returns the seconds until it said that it was ready."""
        self._ready = asyncio.get_running_loop().create_future()
        began = time.monotonic()
        self.process = await asyncio.create_subprocess_exec(
            str(binary()), "serve", "--data", str(self.data), "--listen", f"127.0.0.1:{self.port}",
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            env=self._environment(), limit=limits.LINE_BYTES, preexec_fn=die_with_parent)
        self._reader = asyncio.create_task(self._read(self.process.stdout))
        try:
            self.host, self.port = await asyncio.wait_for(self._ready, limits.READY)
        except asyncio.TimeoutError:
            raise AssertionError("the server never said ready:\n" + "\n".join(self.log[-40:])) from None
        return time.monotonic() - began

    def _environment(self):
        bus = {"KENTONG_SERVER_BUS": self.bus} if self.bus else {}
        calls = {"KENTONG_LOG_FILTER": LOG_FILTER} if self.calls else {}
        # Machines that test are busy with other things: nothing is refused for it.
        return {**os.environ, "NO_COLOR": "1", "KENTONG_NETWORK_OVERLOAD_WAIT_MS": "0", **bus, **calls, **self.settings}

    async def kill(self):
        """SIGKILL: what a power cut of the process looks like."""
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()
        await self._reader

    async def stop(self):
        """SIGTERM, and whether it drained in time."""
        if self.process is None or self.process.returncode is not None:
            return self.process.returncode if self.process else None
        self.process.send_signal(signal.SIGTERM)
        code = await asyncio.wait_for(self.process.wait(), limits.STOP)
        await self._reader
        return code

    def public_key(self):
        return (self.data / "public.pem").read_text()

    async def connect(self, client):
        """What `kentong connect --for` this client prints, word for word."""
        if client not in self._snippets:
            self._snippets[client] = await printed("connect", "--for", client, "--data", str(self.data))
        return self._snippets[client]

    async def adopt(self, original):
        """A copy of this program (a function that finds it) that knows this server, made once."""
        if original is None:
            return None
        copy = self.data.parent / f"adopted-{original().name}"
        if not copy.exists():
            await printed("adopt", "--data", str(self.data), "--address", self.host, str(original()), str(copy))
        return str(copy)

    def codes_seen(self, phone):
        return len(self.codes.get(digits(phone), []))

    async def code(self, phone, after, within=None):
        """The login code logged for this phone after the first `after` ones."""
        async with self._news:
            seen = self._news.wait_for(lambda: self.codes_seen(phone) > after)
            await asyncio.wait_for(seen, within or self.patience)
        return self.codes[digits(phone)][-1]

    async def _read(self, stream):
        async for line in stream:
            await self._note(ANSI.sub("", line.decode(errors="replace").rstrip()))
        if not self._ready.done():
            self._ready.set_exception(AssertionError("the server ended before it was ready:\n" + "\n".join(self.log[-40:])))

    async def _note(self, line):
        if self.calls and self.calls.note(line):
            return
        self.log.append(line)
        if "panicked" in line:
            self.panics.append(line)
        if (ready := READY_LINE.search(line)) and not self._ready.done():
            self._ready.set_result((ready[1], int(ready[2])))
        if code := CODE_LINE.search(line):
            async with self._news:
                self.codes.setdefault(digits(code[1]), []).append(code[2])
                self._news.notify_all()


async def printed(*words):
    """What the binary prints when it is run with these words."""
    asked = await asyncio.create_subprocess_exec(
        str(binary()), *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
    text, trouble = await asyncio.wait_for(asked.communicate(), limits.CALL)
    assert asked.returncode == 0, (words, trouble.decode(errors="replace"))
    return text.decode()


def die_with_parent():
    """Nothing outlives a run that was itself killed. Linux only; elsewhere the run's own end is enough."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def digits(phone):
    return phone.lstrip("+")
