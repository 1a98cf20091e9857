# Telethon 1.45 (pip install telethon==1.45.0): everything that differs from talking to Telegram is in this function.
# Import it, or run this file: it signs up or in and writes to Saved Messages.
import asyncio

from telethon import TelegramClient, functions, types
from telethon.crypto import rsa

PUBLIC_KEY = """%PEM%"""


def kentong_client(session_name, **options):
    rsa.add_key(PUBLIC_KEY, old=False)
    client = TelegramClient(session_name, api_id=1, api_hash="any", **options)
    client.session.set_dc(%DC%, "%HOST%", %PORT%)
    return client


async def come_in(client):
    # Telethon's own `start` signs in, and cannot sign up.
    phone = input("phone: ")
    sent = await client.send_code_request(phone)
    request = functions.auth.SignInRequest(phone, sent.phone_code_hash, input("code (from the server's log): "))
    answer = await client(request)
    if isinstance(answer, types.auth.AuthorizationSignUpRequired):
        answer = await client(functions.auth.SignUpRequest(phone, sent.phone_code_hash, input("first name: "), ""))
    await client._on_login(answer.user)


async def main():
    client = kentong_client("kentong")
    await client.connect()
    if not await client.is_user_authorized():
        await come_in(client)
    sent = await client.send_message("me", "hello from Telethon")
    print(f"sent message {sent.id} to Saved Messages of {(await client.get_me()).first_name}")
    await client.disconnect()


if __name__ == "__main__":
    asyncio.run(main())
