"""Every client library of the suite, in the order of docs/clients.md. A new one is a line here and routes in routes.py."""

from .grammers import GRAMMERS
from .gramjs import GRAMJS
from .mtcute import MTCUTE
from .process import DrivenDevice, Driver
from .pyro import KURIGRAM, PYROGRAM
from .tdlib import TDLIB
from .telethon import TELETHON, TelethonDevice

LIBRARIES = {
    library.name: library for library in (TELETHON, MTCUTE, PYROGRAM, KURIGRAM, GRAMJS, GRAMMERS, TDLIB)}

__all__ = ["LIBRARIES", "DrivenDevice", "Driver", "TelethonDevice"]
