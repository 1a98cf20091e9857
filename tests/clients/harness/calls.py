"""Every method the clients called, as the servers saw it: a client is not served when a method it needs is only refused."""

import re
from collections import defaultdict

from .libraries import LIBRARIES

# The server says so of each call at debug level; with this filter it does, and stays quiet otherwise.
LOG_FILTER = "info,api=debug"

CALL_LINE = re.compile(r"DEBUG (answered|refused) method=\"?([\w.]+)\"? layer=(\d+)")
# A request the server could not read, or a result it could not tell.
TROUBLE_LINE = re.compile(r"DEBUG (request refused before it was read|result cannot be told at the client's layer)(.*)")

REAL, EMPTY, REFUSED = "real", "empty", "refused"


class Calls:
    """How often each method was called at each layer, over all servers of a run."""

    def __init__(self):
        self.seen = defaultdict(lambda: defaultdict(int))
        self.trouble = set()
        self.kinds = {}

    def learn(self, methods):
        """Takes what `kentong methods` prints: how each method is answered at all."""
        for line in methods.splitlines():
            kind, _, name = line.partition(" ")
            if kind in (REAL, EMPTY, REFUSED):
                self.kinds[name.strip()] = kind

    def note(self, line):
        """Whether a line of the server's log is about a call."""
        if call := CALL_LINE.search(line):
            self.seen[int(call[3])][call[2]] += 1
        elif trouble := TROUBLE_LINE.search(line):
            self.trouble.add(trouble[1] + trouble[2])
        return bool(call)

    def wrong(self):
        """Methods that some client called and that no handler is written for, and what could not be read or told."""
        refused = [f"{name} is refused to {clients(layer)}" for layer, names in sorted(self.seen.items())
                   for name in sorted(names) if self.kinds.get(name) == REFUSED]
        return refused + sorted(self.trouble)

    def summary(self):
        for layer, names in sorted(self.seen.items()):
            empty = sorted(name for name in names if self.kinds.get(name) == EMPTY)
            yield f"{clients(layer)}: {sum(names.values())} calls of {len(names)} methods" + (
                f"; answered by nothing in its proper form: {', '.join(empty)}" if empty else "")
        yield from (f"FAILED: {it}" for it in self.wrong())


def clients(layer):
    names = [library.name for library in LIBRARIES.values() if library.layer == layer]
    return f"layer {layer} ({', '.join(names) or 'before a client said which'})"
