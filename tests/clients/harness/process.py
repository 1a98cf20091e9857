"""A library that runs in a process of its own: a line of JSON a request on its stdin, a line an answer or event on its stdout.

A driver only translates; what a scenario does and expects is written once, in the tests. Its stderr is the library's log,
one line a record: `WRN <client> ...` and `ERR <client> ...` are held against the server.
"""

import asyncio
import json

from . import limits
from .errors import ClientError
from .journal import Journal

COMPLAINTS = ("WRN", "ERR")


class Driver:
    """The process of one library. It holds every client of that library which talks to one server."""

    def __init__(self, library):
        self.library = library
        self.log = []
        self._pending = {}
        self._devices = {}
        self._next = 0

    async def start(self):
        self._process = await asyncio.create_subprocess_exec(
            *self.library.command(), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE, limit=limits.LINE_BYTES)
        self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._read_log())]

    async def stop(self):
        self._process.stdin.close()
        await asyncio.wait_for(self._process.wait(), limits.STOP)
        await asyncio.gather(*self._tasks)

    async def ask(self, operation, within=limits.CALL, **args):
        self._next += 1
        future = self._pending[self._next] = asyncio.get_running_loop().create_future()
        line = json.dumps({"request": self._next, "operation": operation, **args})
        self._process.stdin.write(line.encode() + b"\n")
        try:
            return await asyncio.wait_for(future, within)
        except asyncio.TimeoutError:
            raise AssertionError(f"{self.library.name} did not answer {operation} {args} in {within} s") from None

    def introduce(self, device):
        self._devices[device.name] = device

    def complaints(self, name):
        """Warnings and errors the library logged for this client, or for none in particular."""
        told = tuple(f"{level} {whose} " for level in COMPLAINTS for whose in (name, "-"))
        lines = [line for line in self.log if line.startswith(told)]
        return [line for line in lines if not any(fault in line for fault in self.library.own_faults)]

    async def _read(self):
        async for line in self._process.stdout:
            self._take(json.loads(line))
        for future in self._pending.values():
            if not future.done():
                future.set_exception(AssertionError("\n".join([f"{self.library.name} ended", *self.log[-20:]])))

    async def _read_log(self):
        async for line in self._process.stderr:
            self.log.append(line.decode(errors="replace").rstrip())

    def _take(self, said):
        if "event" in said:
            self._devices[said["client"]].journal.add(said["event"])
            return
        future = self._pending.pop(said["request"])
        if future.done():
            return
        if "error" in said:
            future.set_exception(ClientError(said["error"]["code"], said["error"]["name"], said["error"]["stack"]))
        else:
            future.set_result(said["result"])


class DrivenDevice:
    """One signed-in (or not yet signed-in) client in a driver. Every operation of the driver is a method."""

    def __init__(self, driver, server, route, name, folder):
        self.driver, self.server, self.route, self.name, self.folder = driver, server, route, name, folder
        self.journal = Journal(f"{name} ({route})", server.patience)
        driver.introduce(self)

    async def open(self):
        await self._ask("open", host=self.server.host, port=self.server.port, key=self.server.public_key(),
                        transport=self.route.transport, pfs=self.route.pfs, folder=str(self.folder),
                        snippet=await self.server.connect(self.driver.library.snippet),
                        adopted=await self.server.adopt(self.driver.library.adopts))

    async def close(self):
        await self._ask("pause")

    def complaints(self):
        return self.driver.complaints(self.name)

    async def send(self, chat, text, entities=(), reply_to=None):
        return await self._ask("send", chat=chat, text=text, entities=list(entities), reply_to=reply_to)

    async def send_with_id(self, chat, text, random_id):
        return await self._ask("send_with_id", chat=chat, text=text, random_id=str(random_id))

    async def history(self, chat, limit=100, offset_id=0, reverse=False):
        return await self._ask("history", chat=chat, limit=limit, offset_id=offset_id, reverse=reverse)

    async def whole_history(self, chat, page=100):
        return await self._ask("whole_history", chat=chat, page=page)

    async def drafts(self):
        return {int(chat): text for chat, text in (await self._ask("drafts")).items()}

    def __getattr__(self, operation):
        async def ask(**args):
            return await self._ask(operation, **args)
        return ask

    async def _ask(self, operation, **args):
        within = limits.TRANSFER if operation in limits.SLOW_OPERATIONS else limits.CALL
        return await self.driver.ask(operation, within, client=self.name, **args)
