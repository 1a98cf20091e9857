"""Reads every sample of the golden corpus (its path is the argument) with Telethon; a line of JSON a sample."""

import json
import sys
from datetime import datetime, timezone
from inspect import signature

from telethon.extensions import BinaryReader
from telethon.tl import types
from telethon.tl.tlobject import TLObject

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def fields(kind):
    """The schema's fields: messages carry more of the library's own."""
    generated = next(it for it in kind.__mro__ if it.__module__.startswith(types.__name__))
    return list(signature(generated.__init__).parameters)[1:] if "__init__" in vars(generated) else []


def plain(value):
    if isinstance(value, TLObject):
        return {"_": type(value).__name__, **{name: plain(getattr(value, name)) for name in fields(type(value))}}
    if isinstance(value, list):
        return [plain(it) for it in value]
    if isinstance(value, bytes):
        return f"hex:{value.hex()}"
    if isinstance(value, datetime):
        return int((value - EPOCH).total_seconds())
    return value


def read(sample):
    try:
        reader = BinaryReader(bytes.fromhex(sample["bytes"]))
        value = plain(reader.tgread_object())
        return {"value": value, "left": len(reader.read())}
    except Exception as error:
        return {"error": repr(error)}


with open(sys.argv[1]) as corpus:
    for line in corpus:
        print(json.dumps(read(json.loads(line))))
