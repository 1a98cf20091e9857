"""Telethon behind the suite's face: clients in this process, one session file each, answers as plain values."""

import logging
import os

from telethon import TelegramClient, connection, events, functions, types, utils
from telethon.crypto import rsa

from . import telethon_views as views
from .journal import Journal
from .library import Library
from .telethon_calls import operation
from .telethon_media import Media
from .telethon_password import Password

CONNECTIONS = {
    "full": connection.ConnectionTcpFull,
    "abridged": connection.ConnectionTcpAbridged,
    "intermediate": connection.ConnectionTcpIntermediate,
    "obfuscated": connection.ConnectionTcpObfuscated,
}
# Below the level of a warning, and yet the library saying that it could not read what the server wrote.
QUIET_COMPLAINTS = ("not found for remaining data", "without parent request", "Cannot get difference")
# What Telethon says of itself: one key in 256 begins with a zero byte, which it drops before hashing (`get_byte_array` in
# network/authenticator.py): it takes the server's hash for wrong and begins anew.
OWN_FAULTS = ("Step 3 invalid new nonce hash",)

TELETHON = Library("Telethon", "1.45.0", 229, "Python", own_faults=OWN_FAULTS)


def is_complaint(level, text):
    told = level >= logging.WARNING or any(it in text for it in QUIET_COMPLAINTS)
    return told and not any(fault in text for fault in TELETHON.own_faults)


class LogList(logging.Handler):
    """The library's log as a list: what it complains of is held against the server."""

    def __init__(self):
        super().__init__()
        self.records = []

    def emit(self, record):
        self.records.append(record)


class TelethonDevice(Media, Password):
    """One signed-in (or not yet signed-in) Telethon client."""

    def __init__(self, server, route, name, folder):
        self.server, self.route, self.name = server, route, name
        self.session = folder / name
        self.journal = Journal(f"{name} ({route})", server.patience)
        self.handler = LogList()
        self.client = None

    @operation
    async def open(self, catch_up=False):
        rsa.add_key(self.server.public_key(), old=False)
        self.client = self._build(catch_up)
        self.client.session.set_dc(2, self.server.host, self.server.port)
        self._listen()
        await self.client.connect()

    def _build(self, catch_up):
        logger = logging.getLogger(f"kentong.clients.{self.name}")
        logger.setLevel(logging.DEBUG if os.environ.get("KENTONG_CLIENT_LOG_LEVEL") else logging.INFO)
        logger.propagate = False
        logger.handlers = [self.handler]
        return TelegramClient(
            str(self.session), 1, "0" * 32, connection=CONNECTIONS[self.route.transport], base_logger=logger,
            catch_up=catch_up, flood_sleep_threshold=0, request_retries=1, connection_retries=20, retry_delay=0.2)

    def _listen(self):
        on, add = self.client.add_event_handler, self._add
        on(lambda event: add({"kind": "message", "message": views.message(event.message, self._self_id())}), events.NewMessage)
        on(lambda event: add({"kind": "edit", "message": views.message(event.message, self._self_id())}), events.MessageEdited)
        on(lambda event: add({"kind": "delete", "ids": list(event.deleted_ids)}), events.MessageDeleted)
        on(self._raw, events.Raw)

    async def _add(self, event):
        self.journal.add(event)

    async def _raw(self, update):
        event = views.raw_event(update)
        if event:
            self.journal.add(event)

    def _self_id(self):
        return self.client._self_id

    async def close(self):
        if self.client.session is not None:
            await self.client.disconnect()

    async def pause(self):
        await self.client.disconnect()

    async def resume(self):
        await self.open(catch_up=True)

    def complaints(self):
        """Warnings, errors, and the information that means the server wrote what the library cannot read."""
        lines = [(record.levelno, record.getMessage()) for record in self.handler.records]
        return [text for level, text in lines if is_complaint(level, text)]

    # Signing in

    @operation
    async def send_code(self, phone):
        sent = await self.client.send_code_request(phone)
        return {"hash": sent.phone_code_hash, "length": sent.type.length}

    @operation
    async def sign_in(self, phone, code, hash):
        request = functions.auth.SignInRequest(phone, hash, phone_code=code)
        return await self._authorised(await self.client(request))

    # The library's own helper for this always raises, so the raw method, and then what the helper would have done.
    @operation
    async def sign_up(self, phone, hash, first_name, last_name):
        request = functions.auth.SignUpRequest(phone, hash, first_name, last_name)
        return await self._authorised(await self.client(request))

    async def _authorised(self, answer):
        if isinstance(answer, types.auth.AuthorizationSignUpRequired):
            return None
        return views.user(await self.client._on_login(answer.user))

    @operation
    async def log_out(self):
        assert await self.client.log_out()

    # People

    # The raw method: the helper answers a refusal with nothing.
    @operation
    async def me(self):
        return views.user((await self.client(functions.users.GetUsersRequest([types.InputUserSelf()])))[0])

    @operation
    async def add_phone(self, phone, first_name):
        contact = types.InputPhoneContact(client_id=1, phone=phone, first_name=first_name, last_name="")
        result = await self.client(functions.contacts.ImportContactsRequest([contact]))
        return views.user(result.users[0]) if result.users else None

    @operation
    async def find_username(self, username):
        return views.user(await self.client.get_entity(username))

    @operation
    async def user(self, user):
        return views.user(await self.client.get_entity(user))

    @operation
    async def contacts(self):
        found = await self.client(functions.contacts.GetContactsRequest(hash=0))
        return [views.user(it) for it in found.users]

    @operation
    async def delete_contact(self, user):
        await self.client(functions.contacts.DeleteContactsRequest([user]))

    @operation
    async def block(self, user):
        await self.client(functions.contacts.BlockRequest(user))

    @operation
    async def unblock(self, user):
        await self.client(functions.contacts.UnblockRequest(user))

    @operation
    async def blocked(self):
        found = await self.client(functions.contacts.GetBlockedRequest(offset=0, limit=100))
        return [utils.get_peer_id(it.peer_id) for it in found.blocked]

    @operation
    async def set_name(self, first_name, last_name):
        return views.user(await self.client(functions.account.UpdateProfileRequest(first_name=first_name, last_name=last_name)))

    @operation
    async def set_bio(self, bio):
        await self.client(functions.account.UpdateProfileRequest(about=bio))

    @operation
    async def bio(self, user):
        return (await self.client(functions.users.GetFullUserRequest(user))).full_user.about

    @operation
    async def set_username(self, username):
        return views.user(await self.client(functions.account.UpdateUsernameRequest(username)))

    @operation
    async def set_online(self, online):
        await self.client(functions.account.UpdateStatusRequest(offline=not online))

    # Messages

    @operation
    async def send(self, chat, text, entities=(), reply_to=None):
        formatting = [views.entity(*it) for it in entities]
        return self._view(await self.client.send_message(
            chat, text, formatting_entities=formatting, reply_to=reply_to, link_preview=False))

    @operation
    async def send_with_id(self, chat, text, random_id):
        updates = await self.client(functions.messages.SendMessageRequest(chat, text, random_id=random_id))
        if isinstance(updates, types.UpdateShortSentMessage):
            return updates.id
        return next(it.id for it in updates.updates if isinstance(it, types.UpdateMessageID))

    @operation
    async def edit(self, chat, id, text):
        return self._view(await self.client.edit_message(chat, id, text))

    @operation
    async def remove(self, chat, ids, revoke):
        await self.client.delete_messages(chat, ids, revoke=revoke)

    @operation
    async def read(self, chat, max_id):
        await self.client.send_read_acknowledge(chat, max_id=max_id)

    @operation
    async def typing(self, chat):
        await self.client(functions.messages.SetTypingRequest(chat, types.SendMessageTypingAction()))

    @operation
    async def forward(self, from_chat, ids, to_chat):
        return [self._view(it) for it in await self.client.forward_messages(to_chat, ids, from_chat)]

    @operation
    async def pin(self, chat, id):
        await self.client.pin_message(chat, id, notify=True, pm_oneside=False)

    @operation
    async def unpin(self, chat, id):
        await self.client.unpin_message(chat, id)

    @operation
    async def pinned(self, chat):
        return [it.id async for it in self.client.iter_messages(chat, filter=types.InputMessagesFilterPinned())]

    @operation
    async def save_draft(self, chat, text):
        await self.client(functions.messages.SaveDraftRequest(chat, text))

    @operation
    async def drafts(self):
        return {draft._peer.user_id: draft.text for draft in await self.client.get_drafts() if draft.text}

    @operation
    async def messages(self, chat, ids):
        found = await self.client.get_messages(chat, ids=ids)
        return [it and self._view(it) for it in found]

    @operation
    async def history(self, chat, limit=100, offset_id=0, reverse=False):
        found = await self.client.get_messages(chat, limit=limit, offset_id=offset_id, reverse=reverse)
        return [self._view(it) for it in found]

    @operation
    async def whole_history(self, chat, page=100):
        found, offset_id = [], 0
        while page_found := await self.client.get_messages(chat, limit=page, offset_id=offset_id):
            found += page_found
            offset_id = page_found[-1].id
        return [self._view(it) for it in found]

    @operation
    async def search(self, chat, query):
        return [self._view(it) async for it in self.client.iter_messages(chat, search=query)]

    @operation
    async def dialogs(self, page):
        return await views.dialogs(self.client, page)

    @operation
    async def pin_dialog(self, chat, pinned):
        peer = types.InputDialogPeer(await self.client.get_input_entity(chat))
        await self.client(functions.messages.ToggleDialogPinRequest(peer, pinned=pinned))

    # Groups

    @operation
    async def create_group(self, title, users):
        made = await self.client(functions.messages.CreateChatRequest(users=users, title=title))
        assert not made.missing_invitees
        return made.updates.chats[0].id

    @operation
    async def leave_group(self, group):
        await self.client(functions.messages.DeleteChatUserRequest(group, "me"))

    # Devices

    @operation
    async def authorizations(self):
        found = await self.client(functions.account.GetAuthorizationsRequest())
        return [{"hash": str(it.hash), "current": bool(it.current)} for it in found.authorizations]

    @operation
    async def reset_authorization(self, hash):
        await self.client(functions.account.ResetAuthorizationRequest(int(hash)))

    @operation
    async def state(self):
        it = await self.client(functions.updates.GetStateRequest())
        return {"pts": it.pts, "qts": it.qts, "seq": it.seq, "date": int(it.date.timestamp())}

    def _view(self, message):
        return views.message(message, self._self_id())
