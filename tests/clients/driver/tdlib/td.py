"""TDLib's JSON interface: one library, many clients, one thread that receives for all of them."""

import asyncio
import ctypes
import itertools
import json
import os
import re
import sys
import threading

WHOLE_LOG = bool(os.environ.get("KENTONG_CLIENT_LOG_LEVEL"))
# What TDLib says at the level of information and yet means that the server wrote what it cannot read.
QUIET_COMPLAINTS = ("Can't parse", "Receive error", "Failed to parse", "Unexpected")
VERBOSITY = 3
NAMES = {0: "ERR", 1: "ERR", 2: "WRN"}
WHOSE = re.compile(r"\[#(\d+)\]")
RECEIVE_SECONDS = 1.0
WAIT_SECONDS = 18.0
LOG_CALLBACK = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p)


class TdError(Exception):
    def __init__(self, error):
        super().__init__(f"{error['code']} {error['message']}")
        self.code, self.message = error["code"], error["message"]


class Library:
    """The adopted copy, loaded once a process."""

    def __init__(self, path):
        self._td = ctypes.CDLL(path)
        self._td.td_receive.restype = self._td.td_execute.restype = ctypes.c_char_p
        self._td.td_receive.argtypes = [ctypes.c_double]
        self._td.td_send.argtypes = [ctypes.c_int, ctypes.c_char_p]
        self._loop = asyncio.get_running_loop()
        self._clients = {}
        self._log = LOG_CALLBACK(self._logged)
        self._td.td_set_log_message_callback(VERBOSITY, self._log)
        for request in ({"@type": "setLogStream", "log_stream": {"@type": "logStreamEmpty"}},
                        {"@type": "setLogVerbosityLevel", "new_verbosity_level": VERBOSITY}):
            self._td.td_execute(json.dumps(request).encode())
        threading.Thread(target=self._receive, daemon=True).start()

    def add(self, client):
        number = self._td.td_create_client_id()
        self._clients[number] = client
        return number

    def send(self, number, request):
        self._td.td_send(number, json.dumps(request).encode())

    def _receive(self):
        while True:
            if said := self._td.td_receive(RECEIVE_SECONDS):
                self._loop.call_soon_threadsafe(self._take, json.loads(said))

    def _take(self, said):
        client = self._clients.get(said.pop("@client_id", None))
        if client is not None:
            client.take(said)

    def _logged(self, level, text):
        text = text.decode(errors="replace").rstrip().replace("\n", " / ")
        whose = WHOSE.search(text)
        client = self._clients.get(int(whose[1])) if whose else None
        name = "WRN" if any(it in text for it in QUIET_COMPLAINTS) else NAMES.get(level)
        if name or WHOLE_LOG:
            print(f"{name or 'INF'} {client.name if client else '-'} {text}", file=sys.stderr, flush=True)


class Client:
    """One instance of TDLib: its requests, what it said of its state, and who listens to its updates."""

    def __init__(self, library, name, listen):
        self.name, self._library, self._listen = name, library, listen
        self._numbers = itertools.count(1)
        self._answers, self._waiting = {}, []
        self.authorization = self.connection = None
        self.sent, self.users = {}, {}
        self._number = library.add(self)
        library.send(self._number, {"@type": "getOption", "name": "version"})

    async def ask(self, kind, **fields):
        number = next(self._numbers)
        future = self._answers[number] = asyncio.get_running_loop().create_future()
        self._library.send(self._number, {"@type": kind, "@extra": number, **fields})
        return await asyncio.wait_for(future, WAIT_SECONDS)

    async def until(self, happened):
        """Waits until this is true of the client; it is asked again after every update."""
        if happened():
            return
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((happened, future))
        await asyncio.wait_for(future, WAIT_SECONDS)

    async def until_state(self, *kinds):
        await self.until(lambda: self.state() in (*kinds, "authorizationStateClosed"))
        return self.state()

    def state(self):
        return self.authorization and self.authorization["@type"]

    def take(self, said):
        if "@extra" in said:
            self._answered(self._answers.pop(said.pop("@extra")), said)
            return
        self._note(said)
        self._listen(said)
        for happened, future in list(self._waiting):
            if not future.done() and happened():
                future.set_result(None)
        self._waiting = [waiting for waiting in self._waiting if not waiting[1].done()]

    def _answered(self, future, said):
        if future.done():
            return
        if said["@type"] == "error":
            future.set_exception(TdError(said))
        else:
            future.set_result(said)

    def _note(self, said):
        kind = said["@type"]
        if kind == "updateAuthorizationState":
            self.authorization = said["authorization_state"]
        elif kind == "updateConnectionState":
            self.connection = said["state"]["@type"]
        elif kind == "updateUser":
            self.users[said["user"]["id"]] = said["user"]
        elif kind in ("updateMessageSendSucceeded", "updateMessageSendFailed"):
            self.sent[said["message"]["chat_id"], said["old_message_id"]] = said
