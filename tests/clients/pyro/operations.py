"""What the suite may ask of a client. Library helpers where there is one, the raw method where there is none."""

import contextlib

from pyrogram import enums, raw, types

import clients
import views
from clients import the


@contextlib.contextmanager
def answers():
    """The raw answers to what a helper asks meanwhile, in order."""
    token = clients.answers.set([])
    try:
        yield clients.answers.get()
    finally:
        clients.answers.reset(token)


def me_id(client):
    return the(client).me.id


def view(client, it):
    return views.message(it, me_id(client))


async def open(client, key, snippet, **settings):
    clients.patch(snippet)
    clients.held[client] = clients.Held(client, settings)
    await clients.held[client].open()


async def pause(client):
    await clients.held[client].pause()


async def resume(client):
    await clients.held[client].resume()


# Signing in


async def send_code(client, phone):
    with answers() as seen:
        sent = await the(client).send_code(phone)
    return {"hash": sent.phone_code_hash, "length": seen[-1].type.length}


async def sign_in(client, phone, code, hash):
    with answers() as seen:
        who = await the(client).sign_in(phone, hash, code)
    if not isinstance(who, types.User):
        return None
    await clients.held[client].signed_in()
    return views.user(seen[-1].user)


async def sign_up(client, phone, hash, first_name, last_name):
    with answers() as seen:
        await the(client).sign_up(phone, hash, first_name, last_name)
    await clients.held[client].signed_in()
    return views.user(seen[-1].user)


async def log_out(client):
    assert await the(client).log_out()


# People


async def me(client):
    with answers() as seen:
        await the(client).get_me()
    found = seen[-1]
    return views.user(found.users[0] if hasattr(found, "users") else found[0])


async def add_phone(client, phone, first_name):
    result = await the(client).import_contacts([types.InputPhoneContact(phone, first_name)])
    return views.user(result.users[0]) if result.users else None


async def find_username(client, username):
    return await user(client, username)


async def user(client, user):
    with answers() as seen:
        await the(client).get_users(user)
    return views.user(seen[-1][0])


async def contacts(client):
    with answers() as seen:
        await the(client).get_contacts()
    return [views.user(it) for it in seen[-1].users]


async def delete_contact(client, user):
    await the(client).delete_contacts([user])


async def block(client, user):
    assert await the(client).block_user(user)


async def unblock(client, user):
    assert await the(client).unblock_user(user)


async def blocked(client):
    found = await the(client).invoke(raw.functions.contacts.GetBlocked(offset=0, limit=100))
    return [views.peer_id(it.peer_id) for it in found.blocked]


async def set_name(client, first_name, last_name):
    with answers() as seen:
        assert await the(client).update_profile(first_name=first_name, last_name=last_name)
    return views.user(seen[-1])


async def set_bio(client, bio):
    assert await the(client).update_profile(bio=bio)


async def bio(client, user):
    return (await the(client).get_chat(user)).bio


async def set_username(client, username):
    with answers() as seen:
        assert await the(client).set_username(username)
    return views.user(seen[-1])


async def set_online(client, online):
    await the(client).invoke(raw.functions.account.UpdateStatus(offline=not online))


# Messages


async def send(client, chat, text, entities, reply_to):
    formatting = [entity(*it) for it in entities] or None
    with answers() as seen:
        await the(client).send_message(chat, text, entities=formatting, **replying(reply_to))
    return sent(client, seen[-1], chat, text, reply_to)


def replying(reply_to):
    """The two libraries name it differently."""
    if reply_to is None:
        return {}
    if hasattr(types, "ReplyParameters"):
        return {"reply_parameters": types.ReplyParameters(message_id=reply_to)}
    return {"reply_to_message_id": reply_to}


def sent(client, answer, chat, text, reply_to):
    if isinstance(answer, raw.types.UpdateShortSentMessage):
        return views.short(answer, me_id(client), me_id(client) if chat == "me" else chat, text, reply_to)
    return view(client, views.messages_of(answer)[0])


def entity(kind, offset, length):
    wanted = getattr(raw.types, kind[0].upper() + kind[1:])
    return types.MessageEntity(
        type=next(it for it in enums.MessageEntityType if it.value is wanted), offset=offset, length=length)


async def send_with_id(client, chat, text, random_id):
    peer = await the(client).resolve_peer(chat)
    answer = await the(client).invoke(
        raw.functions.messages.SendMessage(peer=peer, message=text, random_id=int(random_id)))
    if isinstance(answer, raw.types.UpdateShortSentMessage):
        return answer.id
    return next(it.id for it in answer.updates if isinstance(it, raw.types.UpdateMessageID))


async def edit(client, chat, id, text):
    with answers() as seen:
        await the(client).edit_message_text(chat, id, text)
    return view(client, views.messages_of(seen[-1])[0])


async def remove(client, chat, ids, revoke):
    await the(client).delete_messages(chat, ids, revoke=revoke)


async def read(client, chat, max_id):
    assert await the(client).read_chat_history(chat, max_id)


async def typing(client, chat):
    await the(client).send_chat_action(chat, enums.ChatAction.TYPING)


async def forward(client, from_chat, ids, to_chat):
    with answers() as seen:
        await the(client).forward_messages(to_chat, from_chat, ids)
    return [view(client, it) for it in views.messages_of(seen[-1])]


async def pin(client, chat, id):
    await the(client).pin_chat_message(chat, id, both_sides=True)


async def unpin(client, chat, id):
    await the(client).unpin_chat_message(chat, id)


async def pinned(client, chat):
    return [it.id async for it in the(client).search_messages(chat, filter=enums.MessagesFilter.PINNED)]


async def save_draft(client, chat, text):
    peer = await the(client).resolve_peer(chat)
    await the(client).invoke(raw.functions.messages.SaveDraft(peer=peer, message=text))


async def drafts(client):
    found = await the(client).invoke(raw.functions.messages.GetAllDrafts())
    told = [it for it in found.updates if isinstance(it, raw.types.UpdateDraftMessage)]
    return {views.peer_id(it.peer): it.draft.message for it in told if getattr(it.draft, "message", None)}


async def messages(client, chat, ids):
    with answers() as seen:
        await the(client).get_messages(chat, ids, replies=0)
    by_id = {it.id: view(client, it) for it in seen[-1].messages}
    return [by_id.get(id) for id in ids]


async def history(client, chat, limit, offset_id, reverse):
    if reverse:
        return await oldest(client, chat, limit, offset_id)
    return await page_of_history(client, chat, limit, offset_id)


async def page_of_history(client, chat, limit, offset_id):
    if offset_id == 1:
        # Nothing is older, and Kurigram has no words to ask for that.
        return []
    with answers() as seen:
        ids = [it.id async for it in the(client).get_chat_history(chat, limit=limit, **older_than(offset_id))]
    by_id = {it.id: it for answer in seen if hasattr(answer, "messages") for it in answer.messages}
    return [view(client, by_id[id]) for id in ids]


def older_than(offset_id):
    """The two libraries name it differently, and one of them counts it in."""
    if not offset_id:
        return {}
    return {"max_id": offset_id - 1} if clients.CATCHES_UP else {"offset_id": offset_id}


async def oldest(client, chat, limit, offset_id):
    found = await the(client).invoke(raw.functions.messages.GetHistory(
        peer=await the(client).resolve_peer(chat), offset_id=offset_id or 1, offset_date=0, add_offset=-limit, limit=limit,
        max_id=0, min_id=0, hash=0))
    return [view(client, it) for it in reversed(found.messages)]


async def whole_history(client, chat, page):
    found, offset_id = [], 0
    while page_found := await page_of_history(client, chat, page, offset_id):
        found += page_found
        offset_id = page_found[-1]["id"]
    return found


async def search(client, chat, query):
    with answers() as seen:
        ids = [it.id async for it in the(client).search_messages(chat, query)]
    by_id = {it.id: it for answer in seen if hasattr(answer, "messages") for it in answer.messages}
    return [view(client, by_id[id]) for id in ids]


async def dialogs(client, page):
    """Every dialog, by pages of this size: the helper always asks for a hundred, so its loop is written out here."""
    found, offset = [], {"offset_date": 0, "offset_id": 0, "offset_peer": raw.types.InputPeerEmpty()}
    while True:
        answer = await the(client).invoke(raw.functions.messages.GetDialogs(**offset, limit=page, hash=0))
        texts = {(views.peer_id(it.peer_id), it.id): it for it in answer.messages}
        found += [dialog(it, texts) for it in answer.dialogs]
        if len(answer.dialogs) < page or isinstance(answer, raw.types.messages.Dialogs):
            return found
        last = answer.dialogs[-1]
        top = texts[views.peer_id(last.peer), last.top_message]
        peer = await the(client).resolve_peer(views.peer_id(last.peer))
        offset = {"offset_date": top.date, "offset_id": top.id, "offset_peer": peer}


def dialog(it, texts):
    top = texts.get((views.peer_id(it.peer), it.top_message))
    return {
        "chat": views.peer_id(it.peer),
        "unread": it.unread_count,
        "read_inbox": it.read_inbox_max_id,
        "read_outbox": it.read_outbox_max_id,
        "top": it.top_message,
        "text": getattr(top, "message", "") or "",
        "pinned": bool(it.pinned),
    }


async def pin_dialog(client, chat, pinned):
    peer = raw.types.InputDialogPeer(peer=await the(client).resolve_peer(chat))
    await the(client).invoke(raw.functions.messages.ToggleDialogPin(peer=peer, pinned=pinned))


# Devices


async def authorizations(client):
    found = await the(client).invoke(raw.functions.account.GetAuthorizations())
    return [{"hash": str(it.hash), "current": bool(it.current)} for it in found.authorizations]


async def reset_authorization(client, hash):
    await the(client).invoke(raw.functions.account.ResetAuthorization(hash=int(hash)))


async def state(client):
    it = await the(client).invoke(raw.functions.updates.GetState())
    return {"pts": it.pts, "qts": it.qts, "seq": it.seq, "date": it.date}
