"""What the suite sees of the raw objects: plain values with the same names that every other library's half uses."""

from pyrogram import raw, utils


def user(it):
    if it is None:
        return None
    names = [name.username for name in getattr(it, "usernames", None) or [] if name.active]
    return {
        "id": it.id,
        "first_name": it.first_name,
        "last_name": it.last_name,
        "username": it.username or (names[0] if names else None),
        "phone": it.phone,
        "contact": bool(it.contact),
        "is_self": bool(it.is_self),
        "online": isinstance(it.status, raw.types.UserStatusOnline),
    }


def message(it, self_id):
    if isinstance(it, raw.types.MessageEmpty):
        return None
    forward, reply = getattr(it, "fwd_from", None), it.reply_to
    action = getattr(it, "action", None)
    return {
        "id": it.id,
        "chat": peer_id(it.peer_id),
        "sender": sender(it, self_id),
        "out": bool(it.out),
        "text": getattr(it, "message", None) or "",
        "date": it.date,
        "edited": getattr(it, "edit_date", None) is not None,
        "pinned": bool(getattr(it, "pinned", False)),
        "reply_to": reply.reply_to_msg_id if reply else None,
        "forwarded_from": peer_id(forward.from_id) if forward and forward.from_id else None,
        "service": name_of(action) if action else None,
        "entities": [[name_of(entity), entity.offset, entity.length] for entity in getattr(it, "entities", None) or []],
        "media": media(getattr(it, "media", None)),
        "group": str(it.grouped_id) if getattr(it, "grouped_id", None) else None,
    }


def media(it):
    if isinstance(it, raw.types.MessageMediaPhoto):
        return {"kind": "photo", "sizes": dict(size(one) for one in it.photo.sizes if hasattr(one, "w"))}
    if isinstance(it, raw.types.MessageMediaDocument):
        return document(it.document)
    return None


def size(it):
    return it.type, [it.w, it.h, it.sizes[-1] if isinstance(it, raw.types.PhotoSizeProgressive) else it.size]


def document(it):
    named = {type(attribute): attribute for attribute in it.attributes}
    name, audio = named.get(raw.types.DocumentAttributeFilename), named.get(raw.types.DocumentAttributeAudio)
    return {"kind": "document", "mime": it.mime_type, "size": it.size, "name": name and name.file_name,
            "voice": bool(audio and audio.voice), "duration": audio and audio.duration}


def short(it, self_id, chat, text, reply_to):
    """The message that updateShortSentMessage only tells the rest of."""
    return {
        "id": it.id, "chat": chat, "sender": self_id, "out": bool(it.out), "text": text, "date": it.date, "edited": False,
        "pinned": False, "reply_to": reply_to, "forwarded_from": None, "service": None,
        "entities": [[name_of(entity), entity.offset, entity.length] for entity in it.entities or []],
        "media": None, "group": None,
    }


def sender(it, self_id):
    if it.from_id:
        return peer_id(it.from_id)
    return self_id if it.out else peer_id(it.peer_id)


def name_of(it):
    name = it.QUALNAME.split(".")[-1]
    return name[0].lower() + name[1:]


def peer_id(peer):
    return None if peer is None else utils.get_peer_id(peer)


def messages_of(answer, kinds=("UpdateNewMessage", "UpdateEditMessage")):
    """The messages of the updates that answer a request."""
    wanted = tuple(getattr(raw.types, kind) for kind in kinds)
    return [it.message for it in answer.updates if isinstance(it, wanted)]


# Updates whose library handler is exercised elsewhere (MessageHandler and its kin) are left to those handlers.
def raw_event(update):
    view = RAW_EVENTS.get(type(update))
    if view is HANDLED:
        return None
    return view(update) if view else {"kind": "other", "name": name_of(update)}


HANDLED = object()
RAW_EVENTS = {
    raw.types.UpdateNewMessage: HANDLED,
    raw.types.UpdateEditMessage: HANDLED,
    raw.types.UpdateDeleteMessages: HANDLED,
    raw.types.UpdateReadHistoryInbox: lambda it: read(it, False),
    raw.types.UpdateReadHistoryOutbox: lambda it: read(it, True),
    raw.types.UpdateUserTyping: lambda it: {"kind": "typing", "user": it.user_id, "action": name_of(it.action)},
    raw.types.UpdateUserStatus: lambda it: {
        "kind": "status", "user": it.user_id, "online": isinstance(it.status, raw.types.UserStatusOnline)},
    raw.types.UpdateDraftMessage: lambda it: {
        "kind": "draft", "chat": peer_id(it.peer), "text": getattr(it.draft, "message", None) or ""},
    raw.types.UpdatePinnedMessages: lambda it: {
        "kind": "pinned", "chat": peer_id(it.peer), "ids": list(it.messages), "pinned": bool(it.pinned)},
    raw.types.UpdateUserName: lambda it: {
        "kind": "name", "user": it.user_id, "first_name": it.first_name,
        "username": next((name.username for name in it.usernames if name.active), None)},
    raw.types.UpdatePeerBlocked: lambda it: {"kind": "blocked", "user": peer_id(it.peer_id), "blocked": bool(it.blocked)},
}


def read(update, outbox):
    return {"kind": "read", "outbox": outbox, "chat": peer_id(update.peer), "max_id": update.max_id}
