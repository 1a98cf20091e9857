"""Private chats and Saved Messages: what one does, the other sees, once."""

from harness.talk import words


async def test_text(talk):
    """text both ways, each seen once"""
    await talk.acquainted()
    for author, reader in talk.both_ways():
        mark, own_mark = reader.journal.mark(), author.journal.mark()
        sent, got = await talk.say(author, reader)
        assert (sent["out"], got["out"]) == (True, False)
        assert (got["chat"], got["sender"], got["text"]) == (author.id, author.id, sent["text"])
        assert (sent["chat"], sent["sender"]) == (reader.id, author.id)
        assert abs(sent["date"] - got["date"]) <= 1
        await talk.settle(author, reader)
        await talk.settle(reader, author)
        assert len(reader.journal.all("message", since=mark, message_text=sent["text"])) == 1
        assert author.journal.all("message", since=own_mark, message_text=sent["text"]) == []


async def test_entities(talk):
    """formatted text, with letters beyond the first plane"""
    text = "😀 bold and italic — ünïcödé"
    entities = [["messageEntityBold", 3, 4], ["messageEntityItalic", 12, 6]]
    sent, got = await talk.say(talk.a, talk.b, f"{text} {words('')}", entities=entities)
    assert got["entities"] == entities
    assert sent["entities"] == entities
    stored = (await talk.b.history(talk.a.id, limit=1))[0]
    assert stored["text"] == sent["text"] and stored["entities"] == entities


async def test_reply(talk):
    """reply"""
    for author, reader in talk.both_ways():
        sent, got = await talk.say(author, reader)
        answer, answer_got = await talk.say(reader, author, reply_to=got["id"])
        assert answer["reply_to"] == got["id"]
        assert answer_got["reply_to"] == sent["id"]


async def test_edit(talk):
    """edit"""
    for author, reader in talk.both_ways():
        sent, got = await talk.say(author, reader)
        text, mark = words("edited"), reader.journal.mark()
        changed = await author.edit(chat=reader.id, id=sent["id"], text=text)
        assert changed["id"] == sent["id"] and changed["edited"]
        seen = (await reader.journal.expect("edit", since=mark, message_text=text))["message"]
        assert (seen["id"], seen["chat"], seen["edited"]) == (got["id"], author.id, True)
        await talk.settle(author, reader)
        assert len(reader.journal.all("edit", since=mark, message_text=text)) == 1
        assert (await reader.messages(chat=author.id, ids=[got["id"]]))[0]["text"] == text


async def test_delete(talk):
    """delete for oneself, and for both"""
    for author, reader in talk.both_ways():
        kept, kept_got = await talk.say(author, reader)
        gone, gone_got = await talk.say(author, reader)
        mark = reader.journal.mark()
        await author.remove(chat=reader.id, ids=[kept["id"]], revoke=False)
        await author.remove(chat=reader.id, ids=[gone["id"]], revoke=True)
        seen = await reader.journal.expect("delete", since=mark, where=lambda event: gone_got["id"] in event["ids"])
        assert kept_got["id"] not in seen["ids"]
        mine = {it["id"] for it in await author.history(reader.id)}
        theirs = {it["id"] for it in await reader.history(author.id)}
        assert not mine & {kept["id"], gone["id"]}
        assert kept_got["id"] in theirs and gone_got["id"] not in theirs


async def test_read(talk):
    """read, seen by the author"""
    for author, reader in talk.both_ways():
        sent, got = await talk.say(author, reader)
        assert dialog(await reader.dialogs(page=20), author)["unread"] >= 1
        mark = author.journal.mark()
        await reader.read(chat=author.id, max_id=got["id"])
        await author.journal.expect("read", since=mark, outbox=True, chat=reader.id, max_id=sent["id"])
        mine, theirs = dialog(await reader.dialogs(page=20), author), dialog(await author.dialogs(page=20), reader)
        assert (mine["unread"], mine["read_inbox"]) == (0, got["id"])
        assert theirs["read_outbox"] == sent["id"]


def dialog(dialogs, other):
    return next(it for it in dialogs if it["chat"] == other.id)


async def test_typing(talk):
    """typing"""
    for author, reader in talk.both_ways():
        # TDLib tells it only to people it sees online.
        await reader.set_online(online=True)
        await talk.say(reader, author)
        seen = await talk.until(reader.journal, lambda: author.typing(chat=reader.id), "typing", user=author.id)
        assert seen["action"] == "sendMessageTypingAction"


async def test_forward(talk):
    """forward"""
    for author, reader in talk.both_ways():
        sent, got = await talk.say(author, reader)
        mark = author.journal.mark()
        (copy,) = await reader.forward(from_chat=author.id, ids=[got["id"]], to_chat=author.id)
        assert (copy["text"], copy["forwarded_from"]) == (sent["text"], author.id)
        seen = (await author.journal.expect("message", since=mark, message_text=sent["text"]))["message"]
        assert (seen["forwarded_from"], seen["sender"]) == (author.id, reader.id)
        (kept,) = await reader.forward(from_chat=author.id, ids=[got["id"]], to_chat="me")
        assert (kept["text"], kept["chat"]) == (sent["text"], reader.id)


async def test_pinned(talk):
    """pin and unpin, on both screens"""
    for author, reader in talk.both_ways():
        sent, got = await talk.say(author, reader)
        mark = reader.journal.mark()
        await author.pin(chat=reader.id, id=sent["id"])
        await reader.journal.expect("pinned", since=mark, chat=author.id, ids=[got["id"]], pinned=True)
        assert got["id"] in await reader.pinned(chat=author.id)
        assert sent["id"] in await author.pinned(chat=reader.id)
        await author.unpin(chat=reader.id, id=sent["id"])
        await reader.journal.expect("pinned", since=mark, chat=author.id, ids=[got["id"]], pinned=False)
        assert got["id"] not in await reader.pinned(chat=author.id)


async def test_saved(talk):
    """Saved Messages"""
    text = words("to buy: rice")
    sent = await talk.a.send("me", text)
    assert sent["chat"] == talk.a.id
    await talk.a.edit(chat="me", id=sent["id"], text=f"{text}, tea")
    assert (await talk.a.history("me", limit=1))[0]["text"] == f"{text}, tea"
    assert [it["id"] for it in await talk.a.search(chat="me", query=text)] == [sent["id"]]
    await talk.a.remove(chat="me", ids=[sent["id"]], revoke=True)
    assert sent["id"] not in {it["id"] for it in await talk.a.history("me")}


async def test_search(talk):
    """search in a chat"""
    needle = f"durian{words('').strip()}x"
    _, got = await talk.say(talk.a, talk.b, f"there is {needle} at the market")
    await talk.say(talk.a, talk.b)
    found = await talk.b.search(chat=talk.a.id, query=needle.upper())
    assert [it["id"] for it in found] == [got["id"]]
    assert await talk.b.search(chat=talk.a.id, query="no such word here") == []


async def test_history(talk):
    """history, whole and by pages, forwards and backwards"""
    await talk.acquainted()
    await talk.settle(talk.a, talk.b)
    for _ in range(5):
        await talk.a.send(talk.b.id, words("one"))
        await talk.b.send(talk.a.id, words("other"))
    for one, other in talk.both_ways():
        whole = await one.whole_history(other.id, page=100)
        ids = [it["id"] for it in whole]
        assert ids == sorted(set(ids), reverse=True) and len(ids) >= 10
        assert await one.whole_history(other.id, page=3) == whole
        assert [it["id"] for it in await one.history(other.id, limit=4, offset_id=ids[3])] == ids[4:8]
        oldest = await one.history(other.id, limit=5, reverse=True)
        assert [it["id"] for it in oldest] == list(reversed(ids))[:5]
        wanted = [ids[0], ids[4]]
        assert [it["id"] for it in await one.messages(chat=other.id, ids=wanted)] == wanted


async def test_dialogs(talk):
    """dialogs, by pages and with one pinned on top"""
    await talk.acquainted()
    for bystander in await talk.world.bystanders():
        await bystander.add_phone(phone=talk.a.phone, first_name="Ayu")
        await bystander.send(talk.a.id, words("hello"))
    _, last = await talk.say(talk.b, talk.a)
    dialogs = await talk.a.dialogs(page=100)
    assert await talk.a.dialogs(page=2) == dialogs
    assert (dialogs[0]["chat"], dialogs[0]["top"], dialogs[0]["text"]) == (talk.b.id, last["id"], last["text"])
    chats = [it["chat"] for it in dialogs]
    assert len(set(chats)) == len(chats) and {it.id for it in await talk.world.bystanders()} < set(chats)
    await talk.a.pin_dialog(chat=chats[2], pinned=True)
    pinned = await talk.a.dialogs(page=3)
    assert (pinned[0]["chat"], pinned[0]["pinned"]) == (chats[2], True)
    assert sorted(it["chat"] for it in pinned) == sorted(chats)
    await talk.a.pin_dialog(chat=chats[2], pinned=False)


async def test_retry(talk):
    """a send repeated under the same random_id is one message"""
    await talk.acquainted()
    text, mark = words("once"), talk.b.journal.mark()
    random_id = 7_000_000_000_000_000_000 + talk.a.id
    first = await talk.a.send_with_id(talk.b.id, text, random_id)
    assert await talk.a.send_with_id(talk.b.id, text, random_id) == first
    await talk.settle(talk.a, talk.b)
    assert len(talk.b.journal.all("message", since=mark, message_text=text)) == 1
    assert [it["text"] for it in await talk.a.history(talk.b.id)].count(text) == 1
