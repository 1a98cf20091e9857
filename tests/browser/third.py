"""A third person on Telethon, driven by the browser scenarios: a line of JSON a request on stdin, a line an answer or an
event on stdout. What it can do is what the client scenarios' Telethon can, and what hostile people do besides."""

import asyncio
import contextlib
import json
import sys
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

from harness import limits  # noqa: E402
from harness.errors import ClientError  # noqa: E402
from harness.routes import T_FULL  # noqa: E402
from harness.telethon import TelethonDevice  # noqa: E402
from harness.telethon_calls import operation  # noqa: E402
from telethon import errors, functions, types  # noqa: E402

SEEDS_IN_FLIGHT = 4
# How often a copy is begun that the server asked to wait with.
SEED_TRIES = 60
BATCH = 100
LOREM = "and a few more words, so that not every bubble is as high as every other "


class Stranger(TelethonDevice):
    """A Telethon client whose events go to the scenario."""

    async def _add(self, event):
        say({"client": self.name, "event": event})

    @property
    def journal(self):
        return SimpleNamespace(add=lambda event: say({"client": self.name, "event": event}))

    @journal.setter
    def journal(self, _):
        pass

    @operation
    async def custom(self, method, params):
        """A method of this server that the protocol has none for."""
        request = functions.bots.SendCustomRequestRequest(method, types.DataJSON(json.dumps(params)))
        return json.loads((await self.client(request)).data)

    @operation
    async def password_proof(self, password, of=None):
        """What proves a password: to the parameters given, or to those of one's own account."""
        from telethon.password import compute_check
        current = await self.client(functions.account.GetPasswordRequest()) if of is None else told_password(of)
        proof = compute_check(current, password)
        return {"srpId": str(proof.srp_id), "a": base64url(proof.A), "m1": base64url(proof.M1)}

    @operation
    async def send_link(self, chat, text, url):
        """A text that is a link to somewhere else, wherever that may be."""
        link = types.MessageEntityTextUrl(0, len(text.encode("utf-16-le")) // 2, url)
        return self._view(await self.client.send_message(chat, text, formatting_entities=[link], link_preview=False))

    @operation
    async def send_named_file(self, chat, name, mime, content, caption):
        """A file with any name and kind."""
        file = await self.client.upload_file(content.encode(), file_name=name)
        media = types.InputMediaUploadedDocument(
            file, mime, [types.DocumentAttributeFilename(name)], force_file=True)
        request = functions.messages.SendMediaRequest(chat, media, caption)
        return bool(await self.client(request))

    @operation
    async def save_contact(self, user, first_name, last_name):
        await self.client(functions.contacts.AddContactRequest(
            await self.client.get_input_entity(user), first_name, last_name, phone=""))

    async def seed(self, chat, count):
        """Many texts, as quickly as can be: a hundred are written, and then copied a hundred at a time."""
        peer = await self.client.get_input_entity(chat)
        written = [(await self.client.send_message(chat, f"message {number} {LOREM * (number % 7)}")).id for number in range(BATCH)]
        gate = asyncio.Semaphore(SEEDS_IN_FLIGHT)

        async def copy():
            async with gate:
                request = functions.messages.ForwardMessagesRequest(peer, written, peer, silent=True, drop_author=True)
                for _ in range(SEED_TRIES):
                    try:
                        return await self.client(request)
                    except errors.FloodWaitError as told:
                        await asyncio.sleep(told.seconds)
                raise ClientError(420, "FLOOD_WAIT", "there is no end of it")

        await asyncio.gather(*(copy() for _ in range(count // BATCH - 1)))


def told_password(of):
    from telethon.tl.types import account
    algo = types.PasswordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow(
        salt1=plain(of["salt1"]), salt2=plain(of["salt2"]), g=of["g"], p=plain(of["p"]))
    return account.Password(
        new_algo=algo, new_secure_algo=types.SecurePasswordKdfAlgoUnknown(), secure_random=b"", has_password=True,
        current_algo=algo, srp_B=plain(of["srpB"]), srp_id=int(of["srpId"]))


def base64url(value):
    import base64
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def plain(value):
    import base64
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))


def say(what):
    print(json.dumps(what, default=str), flush=True)


clients = {}


async def open_client(name, host, port, key, folder):
    server = SimpleNamespace(host=host, port=port, public_key=lambda: key, patience=limits.EVENT)
    clients[name] = Stranger(server, T_FULL, name, Path(folder))
    await clients[name].open()


async def answer(request):
    operation, client, args = request["operation"], request["client"], request["args"]
    number = request["request"]
    try:
        run = open_client(client, **args) if operation == "open" else getattr(clients[client], operation)(**args)
        say({"request": number, "result": await run})
    except ClientError as error:
        say({"request": number, "error": f"{error.code} {error.name}"})
    except Exception as error:  # noqa: BLE001: whatever it is, the scenario has to hear of it
        say({"request": number, "error": f"{type(error).__name__}: {error}"})


async def main():
    reader = asyncio.StreamReader(limit=limits.LINE_BYTES)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    under_way = set()
    async for line in reader:
        task = asyncio.create_task(answer(json.loads(line)))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
    for client in clients.values():
        with contextlib.suppress(Exception):
            await client.close()


asyncio.run(main())
