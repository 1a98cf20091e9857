"""One device of the suite: a TDLib client on a folder of its own, closed and opened again when a scenario takes it away."""

import asyncio

import views
from td import Client, TdError

PARAMETERS = {
    "use_file_database": True, "use_chat_info_database": True, "use_message_database": True, "use_secret_chats": False,
    "api_id": 1, "api_hash": "0" * 32, "system_language_code": "en", "device_model": "suite", "application_version": "1",
}
CHATS = 1000
MAIN = {"@type": "chatListMain"}
STARTED = ("authorizationStateWaitPhoneNumber", "authorizationStateReady")


class Device:
    def __init__(self, library, name, folder, pfs, emit):
        self._library, self.name, self._folder, self._pfs, self._emit = library, name, folder, pfs, emit
        self.client = None

    async def open(self):
        self.client = Client(self._library, self.name, self._heard)
        await self.ask("setTdlibParameters", database_directory=self._folder, files_directory=self._folder, **PARAMETERS)
        await self.ask("setOption", name="use_pfs", value={"@type": "optionValueBoolean", "value": self._pfs})
        if await self.client.until_state(*STARTED) == "authorizationStateReady":
            await self.settle_in()

    async def settle_in(self):
        """Signed in: connected, up to date, and every chat known, as an app would have it."""
        await self.client.until(lambda: self.client.connection == "connectionStateReady")
        # After a start TDLib does not know its own user until it is asked.
        await self.me()
        await self.load_chats(CHATS)

    async def load_chats(self, page):
        try:
            while True:
                await self.ask("loadChats", chat_list=MAIN, limit=page)
        except TdError as error:
            if error.code != 404:
                raise

    async def close(self):
        if self.client.state() != "authorizationStateClosed":
            await self.ask("close")
            await self.client.until_state("authorizationStateClosed")

    async def ask(self, kind, **fields):
        return await self.client.ask(kind, **fields)

    async def me(self):
        return await self.ask("getMe")

    async def view_user(self, id):
        return views.user(await self.ask("getUser", user_id=id), (await self.me())["id"])

    async def chat(self, peer):
        """The number of a chat, which TDLib has to know before anything is done in it."""
        id = (await self.me())["id"] if peer == "me" else peer
        if id < 0:
            return (await self.ask("createBasicGroupChat", basic_group_id=-id, force=False))["id"]
        return (await self.ask("createPrivateChat", user_id=id, force=False))["id"]

    async def sent(self, message):
        """The message as the server has it."""
        key = message["chat_id"], message["id"]
        if message.get("sending_state"):
            await self.client.until(lambda: key in self.client.sent)
            outcome = self.client.sent.pop(key)
            if outcome["@type"] == "updateMessageSendFailed":
                raise TdError(outcome["error"])
            message = outcome["message"]
        return views.message(message)

    def _heard(self, update):
        kind = update["@type"]
        if kind == "updateNewMessage" and not update["message"].get("sending_state"):
            self._emit({"kind": "message", "message": views.message(update["message"])})
        elif kind == "updateMessageEdited":
            asyncio.get_running_loop().create_task(self._edited(update))
        elif kind == "updateDeleteMessages" and (event := views.deleted(update)):
            self._emit(event)
        elif kind in views.EVENTS:
            self._emit(views.EVENTS[kind](update))

    async def _edited(self, update):
        changed = await self.ask("getMessage", chat_id=update["chat_id"], message_id=update["message_id"])
        self._emit({"kind": "edit", "message": views.message(changed)})
