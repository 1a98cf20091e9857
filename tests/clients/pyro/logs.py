"""The library's log, each record under the name of the client that it is about.

Neither library says which client a record is of; but everything it starts for a client descends from a request of the
suite, and so inherits this variable."""

import contextvars
import logging
import os
import sys

speaker = contextvars.ContextVar("speaker", default=None)

# Below the level of a warning, and yet the library saying that it could not use what the server wrote.
QUIET_COMPLAINTS = ("Discarding packet", "Retrying", "Task exception")
LEVELS = {logging.INFO: "INF", logging.WARNING: "WRN", logging.ERROR: "ERR", logging.CRITICAL: "ERR"}


class Handler(logging.Handler):
    def emit(self, record):
        text = record.getMessage()
        level = "WRN" if any(it in text for it in QUIET_COMPLAINTS) else LEVELS.get(record.levelno, "DBG")
        if level not in ("WRN", "ERR") and not os.environ.get("KENTONG_CLIENT_LOG_LEVEL"):
            return
        trace = f"\n{logging.Formatter().formatException(record.exc_info)}" if record.exc_info else ""
        say(level, f"[{record.name}] {text}{trace}")


def say(level, text):
    print(f"{level} {speaker.get() or '-'} {text}", file=sys.stderr, flush=True)


def start(loop):
    logging.basicConfig(level=logging.INFO, handlers=[Handler()])
    loop.set_exception_handler(unhandled)


def unhandled(_loop, context):
    """What no one awaits fails unheard, unless it is said here."""
    task = context.get("task") or context.get("future")
    name = task.get_context().get(speaker) if hasattr(task, "get_context") else None
    print(f"ERR {name or '-'} unhandled: {context.get('message')}: {context.get('exception')!r}", file=sys.stderr, flush=True)
