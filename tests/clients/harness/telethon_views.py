"""What the suite sees of Telethon's objects: plain values with the same names the mtcute half uses."""

from telethon import functions, types, utils


def user(it):
    if it is None:
        return None
    return {
        "id": it.id,
        "first_name": it.first_name,
        "last_name": it.last_name,
        "username": it.username,
        "phone": it.phone,
        "contact": bool(it.contact),
        "is_self": bool(it.is_self),
        "online": isinstance(it.status, types.UserStatusOnline),
    }


def message(it, self_id):
    forward = getattr(it, "fwd_from", None)
    return {
        "id": it.id,
        "chat": peer_id(it.peer_id),
        "sender": sender(it, self_id),
        "out": bool(it.out),
        "text": it.message or "",
        "date": int(it.date.timestamp()),
        "edited": it.edit_date is not None,
        "pinned": bool(it.pinned),
        "reply_to": it.reply_to.reply_to_msg_id if it.reply_to else None,
        "forwarded_from": peer_id(forward.from_id) if forward and forward.from_id else None,
        "service": lower(type(it.action).__name__) if it.action else None,
        "entities": [[lower(type(entity).__name__), entity.offset, entity.length] for entity in it.entities or []],
        "media": media(it.media),
        "group": str(it.grouped_id) if it.grouped_id else None,
    }


def media(it):
    if isinstance(it, types.MessageMediaPhoto):
        return {"kind": "photo", "sizes": dict(size(one) for one in it.photo.sizes if hasattr(one, "w"))}
    if isinstance(it, types.MessageMediaDocument):
        return document(it.document)
    return None


def size(it):
    return it.type, [it.w, it.h, it.sizes[-1] if isinstance(it, types.PhotoSizeProgressive) else it.size]


def document(it):
    named = {type(attribute): attribute for attribute in it.attributes}
    name, audio = named.get(types.DocumentAttributeFilename), named.get(types.DocumentAttributeAudio)
    return {"kind": "document", "mime": it.mime_type, "size": it.size, "name": name and name.file_name,
            "voice": bool(audio and audio.voice), "duration": audio and audio.duration}


def sender(it, self_id):
    if it.from_id:
        return peer_id(it.from_id)
    return self_id if it.out else peer_id(it.peer_id)


def entity(kind, offset, length):
    return getattr(types, kind[0].upper() + kind[1:])(offset, length)


def lower(name):
    return name[0].lower() + name[1:]


def peer_id(peer):
    return None if peer is None else utils.get_peer_id(peer)


# Events whose library handler is exercised elsewhere (NewMessage and its kin) are left to those handlers.
def raw_event(update):
    view = RAW_EVENTS.get(type(update))
    if view is HANDLED:
        return None
    return view(update) if view else {"kind": "other", "name": lower(type(update).__name__)}


HANDLED = object()
RAW_EVENTS = {
    types.UpdateNewMessage: HANDLED,
    types.UpdateShortMessage: HANDLED,
    types.UpdateEditMessage: HANDLED,
    types.UpdateDeleteMessages: HANDLED,
    types.UpdateReadHistoryInbox: lambda it: read(it, False),
    types.UpdateReadHistoryOutbox: lambda it: read(it, True),
    types.UpdateUserTyping: lambda it: {"kind": "typing", "user": it.user_id, "action": lower(type(it.action).__name__)},
    types.UpdateUserStatus: lambda it: {
        "kind": "status", "user": it.user_id, "online": isinstance(it.status, types.UserStatusOnline)},
    types.UpdateDraftMessage: lambda it: {
        "kind": "draft", "chat": peer_id(it.peer), "text": getattr(it.draft, "message", None) or ""},
    types.UpdatePinnedMessages: lambda it: {
        "kind": "pinned", "chat": peer_id(it.peer), "ids": it.messages, "pinned": bool(it.pinned)},
    types.UpdateUserName: lambda it: {
        "kind": "name", "user": it.user_id, "first_name": it.first_name,
        "username": next((name.username for name in it.usernames if name.active), None)},
    types.UpdatePeerBlocked: lambda it: {"kind": "blocked", "user": peer_id(it.peer_id), "blocked": bool(it.blocked)},
}


def read(update, outbox):
    return {"kind": "read", "outbox": outbox, "chat": peer_id(update.peer), "max_id": update.max_id}


async def dialogs(client, page):
    """Every dialog, by pages of this size: the helper always asks for a hundred, so its loop is written out here."""
    found, offset = [], (None, 0, types.InputPeerEmpty())
    while True:
        answer = await client(functions.messages.GetDialogsRequest(*offset, limit=page, hash=0))
        texts = {(peer_id(it.peer_id), it.id): it for it in answer.messages}
        found += [dialog(it, texts) for it in answer.dialogs]
        if len(answer.dialogs) < page or isinstance(answer, types.messages.Dialogs):
            return found
        last = answer.dialogs[-1]
        top = texts[peer_id(last.peer), last.top_message]
        offset = (top.date, top.id, await client.get_input_entity(last.peer))


def dialog(it, texts):
    top = texts.get((peer_id(it.peer), it.top_message))
    return {
        "chat": peer_id(it.peer),
        "unread": it.unread_count,
        "read_inbox": it.read_inbox_max_id,
        "read_outbox": it.read_outbox_max_id,
        "top": it.top_message,
        "text": getattr(top, "message", "") or "",
        "pinned": bool(it.pinned),
    }
