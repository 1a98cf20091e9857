"""docs/clients.md: what works for which client at which layer over which transport, written by the run itself."""

import difflib
from pathlib import Path

from .libraries import LIBRARIES
from .talk import COLUMNS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "clients.md"

YES, NO = "yes", "no"
NOT_RUN = "not run"
SKIPPED = "not on this machine"
# A scenario the library cannot be asked to play.
LACKING = "–"

HEADER = """# Which clients work

Written by `tests/clients` from a run of real, unmodified client libraries against the release binary; the run fails when
this page and what it saw differ, for better or for worse. Only the server's address and public key are told to them.
`make test` checks this page, and `tests/clients/run --clients-table=write` writes it anew.
"""

# What no run can show: programs with a screen.
BY_HAND = """## Tried by hand

- Telegram Desktop 4.6.5 of Debian 12 (layer 152), adopted by `kentong adopt`, on 2026-11-22: sign-in by QR code, accepted by
  another device, and by phone with the code that came to another device; list of chats; text both ways with read marks and presence; a picture
  received. Of its calls at start one was refused, with reason: it looks for a username that nobody has here.
"""


class Results:
    """What each scenario came to, by its title and by its column (none for scenarios about the server alone)."""

    def __init__(self):
        self.cells = {}
        self.titles = []

    def expected(self, title, column):
        self.cells.setdefault((title, column), NOT_RUN)
        if title not in self.titles:
            self.titles.append(title)

    def note(self, title, column, passed):
        before = self.cells.get((title, column))
        self.cells[title, column] = YES if passed and before != NO else NO

    def skip(self, title, column):
        self.cells[title, column] = SKIPPED

    def complete(self):
        return NOT_RUN not in self.cells.values()

    def page(self):
        parts = [HEADER, self._clients(), self._by_client(), self._by_transport(), self._by_pair(), self._server(),
                 BY_HAND]
        return "\n".join(parts)

    def _clients(self):
        rows = [[it.name, it.version, it.layer, it.language, ", ".join(transports(it))] for it in known()]
        remarks = [f"- {it.name}: {remark}\n" for it in known() for remark in it.remarks]
        lacking = [f"- {it.name}: {reason}\n" for it in known() for reason in dict.fromkeys(it.lacks.values())]
        return section("Clients", table(["client", "version", "layer", "language", "transports"], rows),
                       *(["\n"] if remarks or lacking else []), *remarks, *lacking)

    def _by_client(self):
        about = f"Over every transport the scenario was tried on, and with every other client below. {LACKING}: the client cannot be asked.\n\n"
        rows = [[title, *(self._over(title, columns_of(library=it.name)) for it in known())] for title in self._scenarios()]
        return section("What works, by client", about, table(["scenario", *(it.name for it in known())], rows, centred=True))

    def _by_transport(self):
        rows = [[it.name, it.layer, transport, self._of(columns_of(it.name, transport))]
                for it in known() for transport in transports(it)]
        return section("What works, by layer and transport", table(["client", "layer", "transport", "scenarios"], rows))

    def _by_pair(self):
        about = ("Bima's route is also that of Ayu's second device. The faulty bus drops, doubles and reorders the server's "
                 "signals.\n\n")
        rows = [[it.a, it.b, "faulty" if it.bus else "sound", self._of([it])] for it in COLUMNS]
        return section("Who writes to whom", about, table(["Ayu", "Bima", "bus", "scenarios"], rows))

    def _server(self):
        rows = [[title, self.cells[title, None]] for title in self.titles if (title, None) in self.cells]
        return section("Beside these", table(["scenario", ""], rows, centred=True))

    def _scenarios(self):
        return [title for title in self.titles if any(self._cell(title, column) for column in COLUMNS)]

    def _cell(self, title, column):
        return self.cells.get((title, COLUMNS.index(column) + 1))

    def _over(self, title, columns):
        """One scenario over several columns: yes, or where not."""
        seen = {column: self._cell(title, column) for column in columns if self._cell(title, column)}
        verdicts = set(seen.values())
        if len(verdicts) <= 1:
            return verdicts.pop() if verdicts else LACKING
        worst = NO if NO in verdicts else SKIPPED
        return f"{worst}: " + ", ".join(f"{it.a} with {it.b}" for it, verdict in seen.items() if verdict == worst)

    def _of(self, columns):
        """Every scenario over these columns: how many work, and which do not."""
        verdicts = {title: self._over(title, columns) for title in self._scenarios()}
        played = {title: verdict for title, verdict in verdicts.items() if verdict != LACKING}
        if set(played.values()) == {SKIPPED}:
            return SKIPPED
        wrong = [title for title, verdict in played.items() if verdict != YES]
        count = f"all {len(played)}" if not wrong else f"{len(played) - len(wrong)} of {len(played)}"
        return "; not: ".join([count, *(["; ".join(wrong)] if wrong else [])])


def known():
    return [library for library in LIBRARIES.values() if columns_of(library.name)]


def columns_of(library, transport=None):
    return [column for column in COLUMNS
            if any(it.library == library and transport in (None, it.way) for it in column.routes)]


def transports(library):
    ways = [route.way for column in COLUMNS for route in column.routes if route.library == library.name]
    return list(dict.fromkeys(ways))


def section(title, *parts):
    return f"## {title}\n\n" + "".join(parts)


def table(head, rows, centred=False):
    lines = [head, ["---"] + [":---:" if centred else "---"] * (len(head) - 1), *rows]
    return "".join("| " + " | ".join(str(cell) for cell in cells) + " |\n" for cells in lines)


def difference(page):
    """Lines by which the committed page and this one differ. What this machine could not run is taken as committed."""
    committed = PAGE.read_text().splitlines() if PAGE.exists() else []
    seen = [as_committed(line, committed) for line in page.splitlines()]
    return list(difflib.unified_diff(committed, seen, "committed", "this run", lineterm="", n=0))


def as_committed(line, committed):
    """The committed line in place of one that differs from it only in what could not be run."""
    if SKIPPED not in line:
        return line
    cells = line.split(" | ")
    return next((other for other in committed if same_but_skipped(cells, other.split(" | "))), line)


def same_but_skipped(cells, others):
    return len(cells) == len(others) and all(cell == other or SKIPPED in cell for cell, other in zip(cells, others))
