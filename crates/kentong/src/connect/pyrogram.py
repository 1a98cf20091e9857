# Pyrogram 2.0 (pip install pyrogram==2.0.106 tgcrypto) and Kurigram 2.2 (pip install kurigram==2.2.26 tgcrypto): import this
# before the first client connects; nothing else differs. Run, it signs up or in and writes to Saved Messages.
import asyncio

from pyrogram import Client
from pyrogram.connection import Connection
from pyrogram.crypto import rsa

MODULUS = int("%MODULUS_HEX%", 16)
rsa.server_public_keys[%FINGERPRINT_SIGNED%] = rsa.PublicKey(MODULUS, 65537)

_connect = Connection.connect


async def connect_here(self):
    self.address = ("%HOST%", %PORT%)  # Pyrogram
    self.server_address, self.port = "%HOST%", %PORT%  # Kurigram
    await _connect(self)


Connection.connect = connect_here


async def main():
    async with Client("kentong", api_id=1, api_hash="any", workdir=".", ipv6=%IPV6_PYTHON%) as client:
        sent = await client.send_message("me", "hello from Pyrogram")
        print(f"sent message {sent.id} to Saved Messages of {client.me.first_name}")


if __name__ == "__main__":
    asyncio.run(main())
