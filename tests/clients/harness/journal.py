"""What one device saw, in order, and waiting for what it has yet to see."""

import asyncio

from . import limits


class Journal:
    """Events of one device. `expect` looks at what already came as well: an event is never missed by asking late."""

    def __init__(self, owner, patience=limits.EVENT):
        self.owner = owner
        self.patience = patience
        self.events = []
        self._waiting = []

    def add(self, event):
        self.events.append(event)
        for predicate, future in list(self._waiting):
            if not future.done() and predicate(event):
                future.set_result(event)

    def mark(self):
        """The present: give it to `expect` or `all` to leave out what came before."""
        return len(self.events)

    def all(self, kind, since=0, **wanted):
        return [event for event in self.events[since:] if matches(event, kind, wanted)]

    async def expect(self, kind, since=0, within=None, where=None, **wanted):
        """The first event of this kind whose fields are these (message fields with a `message_` prefix)."""

        def fits(event):
            return matches(event, kind, wanted) and (where is None or where(event))

        found = next((event for event in self.events[since:] if fits(event)), None)
        return found if found is not None else await self._wait(fits, kind, wanted, within or self.patience)

    async def _wait(self, fits, kind, wanted, within):
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((fits, future))
        try:
            return await asyncio.wait_for(future, within)
        except asyncio.TimeoutError:
            seen = [brief(event) for event in self.events[-12:]]
            raise AssertionError(f"{self.owner} saw no {kind} {wanted} in {within} s; last seen: {seen}") from None
        finally:
            self._waiting.remove((fits, future))


def matches(event, kind, wanted):
    if event["kind"] != kind:
        return False
    return all(field(event, name) == value for name, value in wanted.items())


def field(event, name):
    if name.startswith("message_"):
        return event["message"][name.removeprefix("message_")]
    return event.get(name)


def brief(event):
    if "message" not in event:
        return event
    message = event["message"]
    return {"kind": event["kind"], "id": message["id"], "chat": message["chat"], "text": message["text"][:40]}
