"""GramJS: one Node process holds every client."""

import os
from pathlib import Path

from .library import Library

HERE = Path(__file__).resolve().parent.parent

# Said whenever a client is closed on purpose.
OWN_FAULTS = ("Disconnecting...",)

GRAMJS = Library(
    "GramJS", "2.26.22", 198, "JavaScript",
    command=lambda: [os.environ.get("NODE", "node"), str(HERE / "gramjs" / "driver.mjs")], own_faults=OWN_FAULTS,
    remarks=("it never asks for what it missed; `updates.getDifference` is called for it, and its answer handed to it.",))
