"""Drives Pyrogram clients, or those of its successor Kurigram, for the suite: one JSON request a line on stdin, one JSON
answer or event a line on stdout. Which of the two it is depends on the interpreter that runs it: both are called `pyrogram`.
Logs go to stderr, so that the suite can hold the library's warnings against the server."""

import asyncio
import json
import sys
import traceback

from pyrogram.errors import RPCError

import clients
import logs
import media
import operations

LINE_BYTES = 8 * 1024 * 1024


def write(line):
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


async def answer(line):
    asked = json.loads(line)
    request, operation = asked.pop("request"), asked.pop("operation")
    logs.speaker.set(asked.get("client"))
    try:
        perform = getattr(operations, operation, None) or getattr(media, operation)
        result = await perform(**asked)
        write({"request": request, "result": result})
    except Exception as error:
        write({"request": request, "error": fault(error)})


def fault(error):
    stack = traceback.format_exc()
    if isinstance(error, RPCError):
        return {"code": error.CODE, "name": error.ID or str(error.value), "stack": stack}
    return {"code": 0, "name": f"{type(error).__name__}: {error}", "stack": stack}


async def main():
    loop = asyncio.get_running_loop()
    logs.start(loop)
    clients.emit = write
    reader = asyncio.StreamReader(limit=LINE_BYTES)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    answers = set()
    while line := await reader.readline():
        task = asyncio.create_task(answer(line))
        answers.add(task)
        task.add_done_callback(answers.discard)


asyncio.run(main())
