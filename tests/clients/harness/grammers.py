"""grammers: one process of our own, in Rust, holds every client."""

import os
from pathlib import Path

from .library import Library

TARGET = Path(os.environ.get("CARGO_TARGET_DIR", "target"))

GRAMMERS = Library(
    "grammers", "0.11.0", 230, "Rust", command=lambda: [str(TARGET / "debug" / "kentong-grammers-driver")],
    remarks=(
        "the keys it trusts are built into it: its session is given an authorisation key made by a key exchange of our own.",
        "what it sends it shows as news once, out of the answer; the suite leaves that out."))
