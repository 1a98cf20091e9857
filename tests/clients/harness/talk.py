"""Two people of one column of the table, and the steps that many scenarios share."""

import asyncio
import itertools

from dataclasses import dataclass

from . import limits
from .libraries import LIBRARIES
from .routes import FAULTY_PAIRS, FILE_PAIRS, HEAVY_PAIRS, NEWS, PAIRS, SHORT_FAULTY_PAIR, Route

# The seed of the faulty bus is fixed: a column that fails fails again.
FAULTY_BUS = "faulty:7"


@dataclass(frozen=True)
class Column:
    """Two routes that write to each other, and the bus the server has meanwhile."""

    a: Route
    b: Route
    bus: str | None = None

    @property
    def routes(self):
        return list(dict.fromkeys([self.a, self.b]))

    def plays(self, scenario, marks=()):
        """Whether this scenario (the name of its test, and the marks it has) is played here: both libraries can be asked for
        it, and it is not for other columns only."""
        only = {"files": FILE_PAIRS, "heavy": HEAVY_PAIRS}
        chosen = all((self.a, self.b) in only[mark] and not self.bus for mark in marks if mark in only)
        if self.bus and (self.a, self.b) == SHORT_FAULTY_PAIR:
            chosen = chosen and scenario in NEWS
        return chosen and all(scenario not in LIBRARIES[route.library].lacks for route in self.routes)

    def impossible(self):
        """Why this machine cannot run one of the two, if it cannot."""
        return next(filter(None, (LIBRARIES[route.library].impossible() for route in self.routes)), None)

    def __str__(self):
        return f"{self.a}-{self.b}{'-faulty' if self.bus else ''}".replace(" ", "_")


COLUMNS = [Column(a, b) for a, b in PAIRS] + [Column(a, b, FAULTY_BUS) for a, b in FAULTY_PAIRS]

_words = itertools.count(1)


def words(about):
    """A text that no other message has."""
    return f"{about} {next(_words)}"


class Talk:
    """`a` and `b` are people at one device each; `a2` is a second device of `a`, on the other one's route."""

    def __init__(self, world, column):
        self.world, self.column = world, column
        self.a = self.b = None
        self._second = None
        self._acquainted = False

    async def begin(self):
        self.a = await self.world.sign_up(self.column.a, "Ayu")
        self.b = await self.world.sign_up(self.column.b, "Bima")

    async def end(self):
        await self.world.close_column()

    @property
    def faulty(self):
        return self.world.server.bus is not None

    def both_ways(self):
        return [(self.a, self.b), (self.b, self.a)]

    async def second_device(self):
        if self._second is None:
            self._second = await self.world.sign_in(self.column.b, self.a)
            await self._until_news(self._second)
        return self._second

    async def _until_news(self, device):
        """A client shows as news only what happens after its first state, which it asks for once it is signed in."""
        await self.acquainted()
        for _ in range(limits.FIRST_NEWS_TRIES):
            text, mark = words("are you there"), device.journal.mark()
            await self.b.send(self.a.id, text)
            try:
                return await device.journal.expect("message", since=mark, message_text=text, within=limits.FIRST_NEWS)
            except AssertionError:
                continue
        raise AssertionError(f"{device} shows no news")

    def devices(self):
        return [device for device in (self.a, self.b, self._second) if device is not None]

    async def acquainted(self):
        """Each knows the other: one by phone, the other by username."""
        if not self._acquainted:
            self.found_by_phone = await self.a.add_phone(phone=self.b.phone, first_name="Bima")
            self.username = f"ayu_{self.a.id}"
            await self.a.set_username(username=self.username)
            self.found_by_username = await self.b.find_username(username=self.username)
            self._acquainted = True

    async def say(self, author, reader, text=None, **options):
        """Sends and waits until it was read on the other screen; both copies of the message."""
        await self.acquainted()
        text, mark = text or words("text"), reader.journal.mark()
        sent = await author.send(reader.id, text, **options)
        got = await reader.journal.expect("message", since=mark, message_text=text)
        return sent, got["message"]

    async def settle(self, author, reader):
        """When this returns, everything the author caused before has reached the reader, and twice if it was twice."""
        await self.say(author, reader, words("settled"))

    async def until(self, journal, act, kind, **wanted):
        """Repeats what may be lost on a faulty bus until it is seen; on a sound one, once must do."""
        for _ in range(limits.EPHEMERAL_TRIES if self.faulty else 0):
            mark = journal.mark()
            await act()
            try:
                return await journal.expect(kind, since=mark, within=limits.EPHEMERAL_EVENT, **wanted)
            except AssertionError:
                continue
        mark = journal.mark()
        await act()
        return await journal.expect(kind, since=mark, **wanted)


async def in_flight(bound, actions):
    """Runs the actions, at most `bound` of them at a time, and returns their results in order."""
    gate = asyncio.Semaphore(bound)

    async def one(action):
        async with gate:
            return await action()

    return await asyncio.gather(*(one(action) for action in actions))
