"""Two people talking: `talk.py PHONE NAME`, beside the file that `connect --for telethon` printed.

Signs up or in, shows what was missed and what comes, and sends lines of the form `+PHONE TEXT`.
"""

import asyncio
import sys

from telethon import events, functions, types
from telethon.errors import SessionPasswordNeededError

from kentong_client import kentong_client


async def ask(question):
    print(question, end="", flush=True)
    return (await asyncio.to_thread(sys.stdin.readline)).rstrip("\n")


async def come_in(client, phone, name):
    if await client.is_user_authorized():
        return
    sent = await client.send_code_request(phone)
    code = await ask("code (from the server's log, or the invite): ")
    try:
        answer = await client(functions.auth.SignInRequest(phone, sent.phone_code_hash, code))
    except SessionPasswordNeededError:
        sys.exit("this account has a password: use a full client")
    if isinstance(answer, types.auth.AuthorizationSignUpRequired):
        answer = await client(functions.auth.SignUpRequest(phone, sent.phone_code_hash, name, ""))
    await client._on_login(answer.user)


async def find(client, phone):
    contact = types.InputPhoneContact(client_id=0, phone=phone, first_name=phone, last_name="")
    found = await client(functions.contacts.ImportContactsRequest([contact]))
    return found.users[0] if found.users else None


async def main(phone, name):
    client = kentong_client(name)
    await client.connect()
    await come_in(client, phone, name)

    @client.on(events.NewMessage(incoming=True))
    async def show(event):
        sender = await event.get_sender()
        print(f"{sender.first_name}: {event.raw_text}", flush=True)

    me = await client.get_me()
    print(f"you are {me.first_name}; write: +PHONE TEXT", flush=True)
    await client.catch_up()
    while line := await ask(""):
        to, _, text = line.partition(" ")
        person = await find(client, to)
        if person is None or not text:
            print("nobody has that number here" if text else "write: +PHONE TEXT")
            continue
        await client.send_message(person, text)


if len(sys.argv) != 3:
    sys.exit(__doc__)
try:
    asyncio.run(main(*sys.argv[1:]))
except KeyboardInterrupt:
    pass
