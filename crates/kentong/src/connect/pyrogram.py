# Pyrogram 2.0 and Kurigram 2.2: run this before the first client connects; nothing else differs.
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
