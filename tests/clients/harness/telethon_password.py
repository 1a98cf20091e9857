"""The operations of a Telethon client around a second password and a login by QR code."""

import asyncio
import base64

from telethon import functions

from . import limits
from . import telethon_views as views
from .telethon_calls import operation


class Password:
    @operation
    async def set_password(self, password, hint):
        assert await self.client.edit_2fa(new_password=password, hint=hint)

    @operation
    async def remove_password(self, password):
        assert await self.client.edit_2fa(current_password=password)

    @operation
    async def password_hint(self):
        return (await self.client(functions.account.GetPasswordRequest())).hint

    @operation
    async def check_password(self, password):
        return views.user(await self.client.sign_in(password=password))

    @operation
    async def show_qr(self):
        self.qr = await self.client.qr_login()
        self.waiting = asyncio.create_task(self.qr.wait(limits.CALL))
        return base64.b64encode(self.qr.token).decode()

    @operation
    async def await_qr(self):
        return views.user(await self.waiting)

    @operation
    async def accept_qr(self, token):
        await self.client(functions.auth.AcceptLoginTokenRequest(base64.b64decode(token)))
