"""Compares what a library read with what was written: names without their dress, values as they are."""


class Comparison:
    """Differences as lines, and the switches that the library's schema does not have."""

    def __init__(self):
        self.lines = []
        self.unread = set()

    def compare(self, written, read, place):
        if isinstance(written, dict):
            self._objects(written, read, place)
        elif isinstance(written, list):
            self._lists(written, read, place)
        elif not same(written, read):
            self.lines.append(f"{place}: {written!r} was read as {read!r}")

    def _objects(self, written, read, place):
        # Telethon takes an empty medium off messages.
        if written["_"] == "messageMediaEmpty" and read is None:
            return
        if not isinstance(read, dict) or name(written) != name(read):
            self.lines.append(f"{place}: {written['_']} was read as {read!r}")
            return
        fields = {key(field): value for field, value in read.items() if field != "_"}
        for field, value in written.items():
            if value is True and key(field) not in fields:
                self.unread.add(f"{written['_']}.{field}")
            elif field != "_":
                self.compare(value, fields.pop(key(field), None), f"{place}.{field}")
        made_up = {field: value for field, value in fields.items() if value not in (None, False, [])}
        self.lines += [f"{place}.{field}: nothing was read as {value!r}" for field, value in made_up.items()]

    def _lists(self, written, read, place):
        if not isinstance(read, list) or len(read) != len(written):
            self.lines.append(f"{place}: {len(written)} elements were read as {read!r}")
            return
        for index, (one, other) in enumerate(zip(written, read)):
            self.compare(one, other, f"{place}[{index}]")


def same(written, read):
    """Numbers of 8 bytes are written as text; fractions are the same to every bit."""
    if isinstance(written, bool) or isinstance(read, bool):
        return written is read
    if isinstance(written, float):
        return isinstance(read, (int, float)) and float(read) == written
    return read is not None and str(written) == str(read)


def name(value):
    return value["_"].rsplit(".", 1)[-1].lower()


def key(field):
    """`p2p_allowed`, `p2pAllowed` and `is_self` are names of their libraries for the same thing."""
    plain = field.replace("_", "").lower()
    return "self" if plain == "isself" else plain
