"""Two people talking: `talk.py PHONE NAME`, beside the file that `connect --for telethon` printed.

Signs up or in, shows what was missed and what comes, and sends lines of the form `+PHONE TEXT`.
"""

import asyncio
import sys

from telethon import events, functions, types
from telethon.errors import PhoneNotOccupiedError, SessionPasswordNeededError

from kentong_client import kentong_client


async def keyboard():
    lines = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(lines)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    return lines


async def ask(lines, question):
    print(question, end="", flush=True)
    return (await lines.readline()).decode().strip()


async def come_in(client, lines, phone, name):
    if await client.is_user_authorized():
        return
    sent = await client.send_code_request(phone)
    code = await ask(lines, "code (from the server's log, or the invite): ")
    try:
        answer = await client(functions.auth.SignInRequest(phone, sent.phone_code_hash, code))
    except SessionPasswordNeededError:
        await client.sign_in(password=await ask(lines, "the account's password: "))
        return
    if isinstance(answer, types.auth.AuthorizationSignUpRequired):
        answer = await client(functions.auth.SignUpRequest(phone, sent.phone_code_hash, name, ""))
    await client._on_login(answer.user)


async def find(client, phone):
    try:
        found = await client(functions.contacts.ResolvePhoneRequest(phone))
    except PhoneNotOccupiedError:
        return None
    return found.users[0]


async def talk(client, lines, phone, name):
    await client.connect()
    await come_in(client, lines, phone, name)
    me = await client.get_me()
    print(f"you are {me.first_name}; write: +PHONE TEXT", flush=True)
    while line := await ask(lines, ""):
        to, _, text = line.partition(" ")
        person = await find(client, to)
        if person is None or not text:
            print("nobody has that number here" if text else "write: +PHONE TEXT")
            continue
        await client.send_message(person, text)


async def main(phone, name):
    client, lines = kentong_client(name, catch_up=True), await keyboard()

    @client.on(events.NewMessage(incoming=True))
    async def show(event):
        sender = await event.get_sender()
        print(f"{sender.first_name}: {event.raw_text}", flush=True)

    try:
        await talk(client, lines, phone, name)
    finally:
        # Notes how far this device has read, so that the next start knows what it missed.
        await client.disconnect()


if len(sys.argv) != 3:
    sys.exit(__doc__)
try:
    asyncio.run(main(*sys.argv[1:]))
except KeyboardInterrupt:
    pass
