"""What the suite sees of TDLib's objects: plain values with the same names the other libraries use."""

# TDLib numbers a message by its server's number and twenty bits for what is not sent yet.
SHIFT = 20
# Among the sizes of a photo it sent, TDLib shows the file on its own disk.
OWN_COPY = "i"
SERVICE = {"messagePinMessage": "messageActionPinMessage", "messageContactRegistered": "messageActionContactSignUp"}
TEXT_ENTITY, MESSAGE_ENTITY = "textEntityType", "messageEntity"


def local(number):
    return number << SHIFT


def number(id):
    return id >> SHIFT


def fault(error):
    return {"code": getattr(error, "code", 0), "name": getattr(error, "message", str(error)), "stack": repr(error)}


def user(it, self_id):
    usernames = (it.get("usernames") or {}).get("active_usernames", [])
    return {
        "id": it["id"],
        "first_name": it["first_name"],
        "last_name": it["last_name"] or None,
        "username": usernames[0] if usernames else None,
        "phone": it["phone_number"] or None,
        "contact": it["is_contact"],
        "is_self": it["id"] == self_id,
        "online": it["status"]["@type"] == "userStatusOnline",
    }


def message(it):
    content = it["content"]
    formatted = content.get("text") or content.get("caption") or {"text": "", "entities": []}
    return {
        "id": number(it["id"]),
        "chat": it["chat_id"],
        "sender": it["sender_id"].get("user_id"),
        "out": it["is_outgoing"],
        "text": formatted["text"],
        "date": it["date"],
        "edited": it["edit_date"] != 0,
        "pinned": it["is_pinned"],
        "reply_to": replied(it),
        "forwarded_from": ((it.get("forward_info") or {}).get("origin") or {}).get("sender_user_id"),
        "service": SERVICE.get(content["@type"]),
        "entities": [[entity_name(entity), entity["offset"], entity["length"]] for entity in formatted["entities"]],
        "media": media(content),
        "group": it["media_album_id"] if it["media_album_id"] != "0" else None,
    }


def media(content):
    if content["@type"] == "messagePhoto":
        sizes = [it for it in content["photo"]["sizes"] if it["type"] != OWN_COPY]
        return {"kind": "photo", "sizes": {it["type"]: [it["width"], it["height"], it["photo"]["size"]] for it in sizes}}
    if content["@type"] == "messageDocument":
        it = content["document"]
        return document(it, it["document"], it["file_name"])
    if content["@type"] == "messageVoiceNote":
        it = content["voice_note"]
        return document(it, it["voice"], voice=True, duration=it["duration"])
    return None


def document(it, file, name=None, voice=False, duration=None):
    return {"kind": "document", "mime": it["mime_type"], "size": file["size"], "name": name, "voice": voice,
            "duration": duration}


def file(content, letter):
    """What is fetched of a message: a photo in this size or the largest, else the one file there is."""
    if content["@type"] == "messagePhoto":
        sizes = content["photo"]["sizes"]
        return next((it for it in sizes if it["type"] == letter), largest(sizes))["photo"]
    return content["document"]["document"] if content["@type"] == "messageDocument" else content["voice_note"]["voice"]


def largest(sizes):
    return max(sizes, key=lambda it: it["width"])


def replied(it):
    target = (it.get("reply_to") or {}).get("message_id") or it["content"].get("message_id")
    return number(target) if target else None


def entity_name(entity):
    return MESSAGE_ENTITY + entity["type"]["@type"].removeprefix(TEXT_ENTITY)


def formatted(text, entities=()):
    made = [{"@type": "textEntity", "offset": offset, "length": length,
             "type": {"@type": TEXT_ENTITY + kind.removeprefix(MESSAGE_ENTITY)}} for kind, offset, length in entities]
    return {"@type": "formattedText", "text": text, "entities": made}


def draft(it):
    return ((it or {}).get("content") or {}).get("text", {}).get("text", "")


def chat(it):
    top = it.get("last_message")
    return {
        "chat": it["id"],
        "unread": it["unread_count"],
        "read_inbox": number(it["last_read_inbox_message_id"]),
        "read_outbox": number(it["last_read_outbox_message_id"]),
        "top": number(top["id"]) if top else 0,
        "text": message(top)["text"] if top else "",
        "pinned": any(position["is_pinned"] for position in it["positions"]),
    }


def read(update, outbox):
    last = update["last_read_outbox_message_id" if outbox else "last_read_inbox_message_id"]
    return {"kind": "read", "outbox": outbox, "chat": update["chat_id"], "max_id": number(last)}


def action(update):
    name = update["action"]["@type"].removeprefix("chatAction")
    return {"kind": "typing", "user": update["sender_id"].get("user_id"), "action": f"sendMessage{name}Action"}


def renamed(it):
    usernames = (it.get("usernames") or {}).get("active_usernames", [])
    return {"kind": "name", "user": it["id"], "first_name": it["first_name"],
            "username": usernames[0] if usernames else None}


# Updates that are one event each; messages and edits take more than a look at the update.
EVENTS = {
    "updateChatReadInbox": lambda it: read(it, False),
    "updateChatReadOutbox": lambda it: read(it, True),
    "updateChatAction": action,
    "updateUserStatus": lambda it: {
        "kind": "status", "user": it["user_id"], "online": it["status"]["@type"] == "userStatusOnline"},
    "updateChatDraftMessage": lambda it: {"kind": "draft", "chat": it["chat_id"], "text": draft(it.get("draft_message"))},
    "updateMessageIsPinned": lambda it: {
        "kind": "pinned", "chat": it["chat_id"], "ids": [number(it["message_id"])], "pinned": it["is_pinned"]},
    "updateUser": lambda it: renamed(it["user"]),
    "updateConnectionState": lambda it: {"kind": "connection", "state": it["state"]["@type"]},
    "updateChatBlockList": lambda it: {"kind": "blocked", "user": it["chat_id"], "blocked": bool(it.get("block_list"))},
}


def deleted(update):
    if update["is_permanent"] and not update["from_cache"]:
        return {"kind": "delete", "ids": [number(id) for id in update["message_ids"]]}
    return None
