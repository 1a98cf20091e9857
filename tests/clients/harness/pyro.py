"""Pyrogram and its successor Kurigram. Both are the package `pyrogram`, so each lives in an environment of its own, with one
driver for the two."""

import os
from pathlib import Path

from .library import Library

HERE = Path(__file__).resolve().parent.parent
ENVIRONMENTS = Path(os.environ.get("CARGO_TARGET_DIR", "target"))


def command(environment):
    return lambda: [str(ENVIRONMENTS / environment / "bin" / "python"), str(HERE / "pyro" / "driver.py")]


PYROGRAM = Library(
    "Pyrogram", "2.0.106", 158, "Python", command=command("clients-pyrogram"), snippet="pyrogram",
    remarks=("it never asks for what it missed; `updates.getDifference` is called for it, and its answer handed to it.",),
    lacks={"test_qr": "it has no login by QR code."})

KURIGRAM = Library("Kurigram", "2.2.26", 229, "Python", command=command("clients-kurigram"), snippet="kurigram")
