"""What the suite knows of a client library."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable


@dataclass(frozen=True)
class Library:
    """A client, as docs/clients.md names it and as the suite starts it."""

    name: str
    version: str
    layer: int
    language: str
    # The words of the process that drives it; None for the one that runs in the suite's own.
    command: Callable[[], list] | None = None
    # Which text of `kentong connect --for` the driver is given and runs as it is; None where it patches by itself.
    snippet: str | None = None
    # The file with built-in servers that is adopted for the server under test, the copy being what the driver is given.
    adopts: Callable[[], Path] | None = None
    # Why it cannot run on this machine, in one line; None where it can.
    impossible: Callable[[], str | None] = lambda: None
    # Parts of what the library logs that are no fault of the server, each with its reason where it is set.
    own_faults: tuple = ()
    # Sentences about it for the page.
    remarks: tuple = ()
    # Scenarios (names of tests) it cannot be asked to play, each with the reason.
    lacks: dict = field(default_factory=dict, hash=False)
