"""What the suite may ask of a device. Each is a method of TDLib, or the few that make one."""

import views
from device import CHATS, MAIN
from td import TdError

MAIN_BLOCKS = {"@type": "blockListMain"}
PAGE = 100


async def send_code(device, phone):
    await device.ask("setAuthenticationPhoneNumber", phone_number=phone)
    await device.client.until_state("authorizationStateWaitCode")
    return {"hash": "", "length": device.client.authorization["code_info"]["type"]["length"]}


async def sign_in(device, phone, code, hash):
    await device.ask("checkAuthenticationCode", code=code)
    state = await device.client.until_state(
        "authorizationStateWaitRegistration", "authorizationStateWaitPassword", "authorizationStateReady")
    if state == "authorizationStateWaitPassword":
        raise TdError({"code": 401, "message": "SESSION_PASSWORD_NEEDED"})
    return await arrived(device) if state == "authorizationStateReady" else None


async def sign_up(device, phone, hash, first_name, last_name):
    await device.ask("registerUser", first_name=first_name, last_name=last_name)
    await device.client.until_state("authorizationStateReady")
    return await arrived(device)


async def arrived(device):
    await device.settle_in()
    return await device.view_user((await device.me())["id"])


async def log_out(device):
    await device.ask("logOut")
    await device.client.until_state("authorizationStateClosed")


async def me(device):
    # The server is asked for something first: TDLib knows by itself who it is.
    await device.ask("getActiveSessions")
    return await device.view_user((await device.me())["id"])


async def add_phone(device, phone, first_name):
    contact = {"@type": "importedContact", "phone_number": phone, "first_name": first_name, "last_name": ""}
    found = await device.ask("importContacts", contacts=[contact])
    return await device.view_user(found["user_ids"][0]) if found["user_ids"][0] else None


async def find_username(device, username):
    return await device.view_user((await device.ask("searchPublicChat", username=username))["id"])


async def user(device, user):
    return await device.view_user(user)


async def contacts(device):
    return [await device.view_user(id) for id in (await device.ask("getContacts"))["user_ids"]]


async def delete_contact(device, user):
    await device.ask("removeContacts", user_ids=[user])


async def block(device, user, block_list=MAIN_BLOCKS):
    sender = {"@type": "messageSenderUser", "user_id": user}
    await device.ask("setMessageSenderBlockList", sender_id=sender, block_list=block_list)


async def unblock(device, user):
    await block(device, user, None)


async def blocked(device):
    found = await device.ask("getBlockedMessageSenders", block_list=MAIN_BLOCKS, offset=0, limit=PAGE)
    return [it["user_id"] for it in found["senders"]]


async def set_name(device, first_name, last_name):
    await device.ask("setName", first_name=first_name, last_name=last_name)
    return await me(device)


async def set_bio(device, bio):
    await device.ask("setBio", bio=bio)


async def bio(device, user):
    return ((await device.ask("getUserFullInfo", user_id=user)).get("bio") or {"text": ""})["text"]


async def set_username(device, username):
    await device.ask("setUsername", username=username)
    return await me(device)


async def set_online(device, online):
    await device.ask("setOption", name="online", value={"@type": "optionValueBoolean", "value": online})


async def send(device, chat, text, entities, reply_to):
    target = {"@type": "inputMessageReplyToMessage", "message_id": views.local(reply_to)} if reply_to else None
    sent = await device.ask("sendMessage", chat_id=await device.chat(chat), reply_to=target,
                            input_message_content=text_content(text, entities))
    return await device.sent(sent)


def text_content(text, entities=()):
    return {"@type": "inputMessageText", "text": views.formatted(text, entities),
            "link_preview_options": {"@type": "linkPreviewOptions", "is_disabled": True}}


async def edit(device, chat, id, text):
    return views.message(await device.ask("editMessageText", chat_id=await device.chat(chat), message_id=views.local(id),
                                          input_message_content=text_content(text)))


async def remove(device, chat, ids, revoke):
    await device.ask("deleteMessages", chat_id=await device.chat(chat), message_ids=[views.local(id) for id in ids], revoke=revoke)


async def read(device, chat, max_id):
    await device.ask("viewMessages", chat_id=await device.chat(chat), message_ids=[views.local(max_id)],
                     source={"@type": "messageSourceChatHistory"}, force_read=True)


async def typing(device, chat):
    await device.ask("sendChatAction", chat_id=await device.chat(chat), action={"@type": "chatActionTyping"})


async def forward(device, from_chat, ids, to_chat):
    found = await device.ask("forwardMessages", chat_id=await device.chat(to_chat), from_chat_id=await device.chat(from_chat),
                             message_ids=[views.local(id) for id in ids])
    return [await device.sent(it) for it in found["messages"]]


async def pin(device, chat, id):
    await device.ask("pinChatMessage", chat_id=await device.chat(chat), message_id=views.local(id))


async def unpin(device, chat, id):
    await device.ask("unpinChatMessage", chat_id=await device.chat(chat), message_id=views.local(id))


async def pinned(device, chat):
    return [it["id"] for it in await found(device, chat, filter={"@type": "searchMessagesFilterPinned"})]


async def search(device, chat, query):
    return await found(device, chat, query=query)


async def found(device, chat, **wanted):
    seen, start = [], 0
    while True:
        page = await device.ask("searchChatMessages", chat_id=await device.chat(chat), limit=PAGE, from_message_id=start, **wanted)
        seen += [views.message(it) for it in page["messages"]]
        start = page["next_from_message_id"]
        if not start:
            return seen


async def save_draft(device, chat, text):
    content = {"@type": "draftMessageContentText", "text": views.formatted(text)}
    draft = {"@type": "draftMessage", "content": content} if text else None
    await device.ask("setChatDraftMessage", chat_id=await device.chat(chat), draft_message=draft)


async def drafts(device):
    texts = {it["id"]: views.draft(it.get("draft_message")) for it in await chats(device)}
    return {chat: text for chat, text in texts.items() if text}


async def messages(device, chat, ids):
    wanted = [views.local(id) for id in ids]
    found = await device.ask("getMessages", chat_id=await device.chat(chat), message_ids=wanted)
    return [it and views.message(it) for it in found["messages"]]


async def whole_history(device, chat, page):
    return await back_from(device, chat, 0, page, None)


async def history(device, chat, limit, offset_id, reverse):
    if reverse:
        return (await whole_history(device, chat, PAGE))[::-1][:limit]
    return await back_from(device, chat, views.local(offset_id), limit, limit)


async def back_from(device, chat, start, page, limit):
    """TDLib may give fewer than were asked for: only an empty page is the end."""
    seen, chat = [], await device.chat(chat)
    while limit is None or len(seen) < limit:
        asked = await device.ask("getChatHistory", chat_id=chat, from_message_id=start, limit=page)
        if not asked["messages"]:
            break
        seen += asked["messages"]
        start = seen[-1]["id"]
    return [views.message(it) for it in seen[:limit]]


async def chats(device):
    ids = (await device.ask("getChats", chat_list=MAIN, limit=CHATS))["chat_ids"]
    return [await device.ask("getChat", chat_id=id) for id in ids]


async def dialogs(device, page):
    await device.load_chats(page)
    return [views.chat(it) for it in await chats(device)]


async def pin_dialog(device, chat, pinned):
    await device.ask("toggleChatIsPinned", chat_list=MAIN, chat_id=await device.chat(chat), is_pinned=pinned)


async def create_group(device, title, users):
    for user in users:
        await device.chat(user)
    made = await device.ask("createNewBasicGroupChat", user_ids=users, title=title, message_auto_delete_time=0)
    assert not made["failed_to_add_members"]["failed_to_add_members"]
    return -made["chat_id"]


async def leave_group(device, group):
    await device.ask("leaveChat", chat_id=-group)


async def authorizations(device):
    found = await device.ask("getActiveSessions")
    return [{"hash": it["id"], "current": it["is_current"]} for it in found["sessions"]]


async def reset_authorization(device, hash):
    await device.ask("terminateSession", session_id=hash)
