"""One JSON request per line on stdin, one JSON answer or event per line on stdout; the library's log goes to stderr.

`--probe` only tries to leave the machine's network, and says by its exit code whether that is possible here.
"""

import asyncio
import json
import os
import sys

import media
import operations
import views
from device import Device
from namespace import Gate, leave_network
from td import Library

# Where the library looks for its servers first; the port they tell it afterwards is the server's own.
BUILT_IN_PORT = 443


class Driver:
    def __init__(self, gate):
        self._gate, self._library, self._devices = gate, None, {}

    async def open(self, client, port, adopted, folder, pfs, **_):
        if self._library is None:
            self._gate.open({BUILT_IN_PORT, port}, port)
            self._library = Library(adopted)
        emit = lambda event: write({"client": client, "event": event})
        self._devices[client] = Device(self._library, client, os.path.join(folder, f"tdlib-{client}"), pfs, emit)
        await self._devices[client].open()

    async def pause(self, client):
        await self._devices[client].close()

    async def resume(self, client):
        await self._devices[client].open()

    async def answer(self, line):
        said = json.loads(line)
        number, name = said.pop("request"), said.pop("operation")
        try:
            write({"request": number, "result": await self._do(name, said)})
        except Exception as error:
            write({"request": number, "error": views.fault(error)})

    async def _do(self, name, said):
        if name in ("open", "pause", "resume"):
            return await getattr(self, name)(**said)
        operation = getattr(operations, name, None) or getattr(media, name)
        return await operation(self._devices[said.pop("client")], **said)


def write(line):
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


async def serve(gate):
    driver, loop, running = Driver(gate), asyncio.get_running_loop(), set()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        task = loop.create_task(driver.answer(line))
        running.add(task)
        task.add_done_callback(running.discard)
    # Nothing is left to close: the threads of the library would only delay the end.
    os._exit(0)


def main():
    if sys.argv[1:] == ["--probe"]:
        return leave_network()
    gate = Gate()
    leave_network()
    asyncio.run(serve(gate))


main()
