"""docs/clients.md: which scenario works for which client over which transport, written by the run itself."""

import difflib
from pathlib import Path

from .talk import COLUMNS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "clients.md"

SKIPPED = "not on this machine"

HEADER = """# Which clients work

Written by `tests/clients` from a run of real, unmodified client libraries against the release binary; the run fails when
this page and what it saw differ, for better or for worse. Telethon 1.45.0 (layer 229), mtcute 0.30.3 (layer 227). Only
the server's address and public key are told to them. `make test` checks this page, and
`tests/clients/run --clients-table=write` writes it anew.

## Who writes to whom

Bima's route is also that of Ayu's second device. The faulty bus drops, doubles and reorders the server's signals.

| column | Ayu | Bima | bus |
|---:|---|---|---|
"""


class Results:
    """What each scenario came to, by its title and by its column (none for scenarios about the server alone)."""

    def __init__(self):
        self.cells = {}
        self.titles = []

    def expected(self, title, column):
        self.cells.setdefault((title, column), "not run")
        if title not in self.titles:
            self.titles.append(title)

    def note(self, title, column, passed):
        before = self.cells.get((title, column))
        self.cells[title, column] = "yes" if passed and before != "no" else "no"

    def skip(self, title, column):
        self.cells[title, column] = SKIPPED

    def complete(self):
        return "not run" not in self.cells.values()

    def page(self):
        return HEADER + "".join(self._columns()) + "\n## What works\n\n" + self._pairs() + "\n" + self._server()

    def _columns(self):
        for number, (a, b, bus) in enumerate(COLUMNS, 1):
            yield f"| {number} | {a} | {b} | {'faulty' if bus else 'sound'} |\n"

    def _pairs(self):
        rows = [title for title in self.titles if (title, 1) in self.cells]
        head = "".join(f" {number} |" for number in range(1, len(COLUMNS) + 1))
        lines = [f"| scenario |{head}", "|---|" + ":---:|" * len(COLUMNS)]
        for title in rows:
            cells = "".join(f" {self.cells.get((title, number), '')} |" for number in range(1, len(COLUMNS) + 1))
            lines.append(f"| {title} |{cells}")
        return "\n".join(lines) + "\n"

    def _server(self):
        rows = [title for title in self.titles if (title, None) in self.cells]
        lines = ["| the server alone | |", "|---|:---:|"] + [f"| {title} | {self.cells[title, None]} |" for title in rows]
        return "\n".join(lines) + "\n"


def difference(page):
    """Lines by which the committed page and this one differ. What this machine could not run is taken as committed."""
    committed = PAGE.read_text().splitlines() if PAGE.exists() else []
    seen = [as_committed(line, committed) for line in page.splitlines()]
    return list(difflib.unified_diff(committed, seen, "committed", "this run", lineterm="", n=0))


def as_committed(line, committed):
    if not line.endswith(f" {SKIPPED} |"):
        return line
    row = line.removesuffix(f"{SKIPPED} |")
    return next((other for other in committed if other.startswith(row)), line)
