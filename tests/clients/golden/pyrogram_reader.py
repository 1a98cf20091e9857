"""Reads every sample of the golden corpus (its path is the argument) with Pyrogram; a line of JSON a sample."""

import json
import sys
from io import BytesIO

from pyrogram.raw.core import TLObject


# At the very end of the bytes the library guesses by their number what a vector holds, and takes two objects without fields
# for two numbers. In a whole message something always follows; here it is bytes that no guess fits.
AFTER = bytes(5)


def plain(value):
    # The library's lists are objects of its schema, too.
    if isinstance(value, list):
        return [plain(it) for it in value]
    if isinstance(value, TLObject):
        return {"_": value.QUALNAME, **{name: plain(getattr(value, name)) for name in value.__slots__}}
    if isinstance(value, bytes):
        return f"hex:{value.hex()}"
    return value


def read(sample):
    try:
        stream = BytesIO(bytes.fromhex(sample["bytes"]) + AFTER)
        value = plain(TLObject.read(stream))
        return {"value": value, "left": len(stream.read()) - len(AFTER)}
    except Exception as error:
        return {"error": repr(error)}


with open(sys.argv[1]) as corpus:
    for line in corpus:
        print(json.dumps(read(json.loads(line))))
