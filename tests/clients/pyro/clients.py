"""The clients this process holds, by name: made against the server under test, closed and opened again on the same session
file when a scenario takes a device offline."""

import contextvars
import inspect
from pathlib import Path

import pyrogram
from pyrogram import enums, handlers, raw
from pyrogram.connection import connection
from pyrogram.connection import transport as tcp

import views

TRANSPORTS = {
    "abridged": tcp.TCPAbridged,
    "full": tcp.TCPFull,
    "intermediate": tcp.TCPIntermediate,
    "abridged obfuscated": tcp.TCPAbridgedO,
    "intermediate obfuscated": tcp.TCPIntermediateO,
}
if hasattr(tcp, "TCPIntermediatePadded"):
    TRANSPORTS["padded"] = tcp.TCPIntermediatePadded

# Kurigram keeps the state of updates and asks for what it missed; Pyrogram does neither.
CATCHES_UP = "skip_updates" in inspect.signature(pyrogram.Client.__init__).parameters

# What the server answered to the requests of one operation: the helpers hide fields the suite compares.
answers = contextvars.ContextVar("answers", default=None)
# Pyrogram is told which transport it has by nothing but the name it imports.
transport = contextvars.ContextVar("transport", default="abridged")

held = {}
emit = None
_patched = set()


class Client(pyrogram.Client):
    async def invoke(self, query, *args, **kwargs):
        answer = await super().invoke(query, *args, **kwargs)
        if answers.get() is not None:
            answers.get().append(answer)
        return answer


class Held:
    """A client and what making it anew takes."""

    def __init__(self, name, settings):
        self.name, self.settings = name, settings
        self.client = None
        self.state = None
        self.update = None

    async def open(self):
        transport.set(self.settings["transport"])
        self.client = self._build()
        self._listen()
        return await self.client.connect()

    def _build(self):
        chosen = {"skip_updates": False, "protocol_factory": TRANSPORTS[self.settings["transport"]]} if CATCHES_UP else {}
        return Client(
            self.name, api_id=1, api_hash="0" * 32, workdir=Path(self.settings["folder"]), workers=1, sleep_threshold=0,
            parse_mode=enums.ParseMode.DISABLED, **chosen)

    def _listen(self):
        """The raw update first, then the library's own handler of what it made of it."""
        self.client.add_handler(handlers.RawUpdateHandler(self._raw), group=-1)
        for kind, handler in (("message", handlers.MessageHandler), ("edit", handlers.EditedMessageHandler)):
            self.client.add_handler(handler(self._parsed(kind)), group=0)
        self.client.add_handler(handlers.DeletedMessagesHandler(self._deleted), group=0)

    async def _raw(self, _client, update, _users, _chats):
        self.update = update
        event = views.raw_event(update)
        if event:
            self._say(event)

    def _parsed(self, kind):
        async def handle(_client, parsed):
            assert parsed.id == self.update.message.id
            self._say({"kind": kind, "message": views.message(self.update.message, self.client.me.id)})
        return handle

    async def _deleted(self, _client, parsed):
        self._say({"kind": "delete", "ids": [it.id for it in parsed]})

    def _say(self, event):
        emit({"client": self.name, "event": event})

    async def signed_in(self):
        """What the library's `start` does once somebody is signed in."""
        state = await self.client.invoke(raw.functions.updates.GetState())
        if CATCHES_UP and not await self.client.storage.get_update_states(0):
            from pyrogram.storage import UpdateState
            await self.client.storage.set_update_state(UpdateState(0, state.pts, state.qts, state.date, state.seq))
        self.client.me = await self.client.get_me()
        await self.client.initialize()

    async def pause(self):
        if not self.client.is_connected:
            return
        if self.client.is_initialized:
            await self._note_state()
            await self.client.terminate()
        await self.client.disconnect()

    async def _note_state(self):
        if not CATCHES_UP:
            try:
                self.state = await self.client.invoke(raw.functions.updates.GetState())
            except pyrogram.errors.RPCError:
                self.state = None

    async def resume(self):
        assert await self.open()
        await self.signed_in()
        if self.state is not None:
            await self._catch_up(self.state)

    async def _catch_up(self, state):
        """What Pyrogram leaves to its user: the difference, handed to the library as updates."""
        while True:
            found = await self.client.invoke(raw.functions.updates.GetDifference(pts=state.pts, date=state.date, qts=state.qts))
            if isinstance(found, raw.types.updates.DifferenceEmpty):
                return
            users, chats = {it.id: it for it in found.users}, {it.id: it for it in found.chats}
            new = [raw.types.UpdateNewMessage(message=it, pts=0, pts_count=0) for it in found.new_messages]
            for update in [*new, *found.other_updates]:
                self.client.dispatcher.updates_queue.put_nowait((update, users, chats))
            if isinstance(found, raw.types.updates.Difference):
                return
            state = found.intermediate_state


def patch(snippet):
    """Runs what `kentong connect` prints, as it is."""
    if snippet not in _patched:
        exec(compile(snippet, "kentong connect", "exec"), {})
        _patched.add(snippet)
        if not CATCHES_UP:
            connection.TCPAbridged = lambda *args: TRANSPORTS[transport.get()](*args)


def the(name):
    return held[name].client
