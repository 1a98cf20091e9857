# Telethon 1.45: everything that differs from talking to Telegram is in this function.
from telethon import TelegramClient
from telethon.crypto import rsa

PUBLIC_KEY = """%PEM%"""


def kentong_client(session_name, **options):
    rsa.add_key(PUBLIC_KEY, old=False)
    client = TelegramClient(session_name, api_id=1, api_hash="any", **options)
    client.session.set_dc(%DC%, "%HOST%", %PORT%)
    return client
