"""One server, the people on it and their devices: signing up, signing in, and closing everything at the end."""

import itertools
import re

from .errors import ClientError
from .libraries import LIBRARIES, DrivenDevice, Driver, TelethonDevice
from .routes import T_FULL

SERVICE_ACCOUNT = 777000
BYSTANDERS = ["Citra", "Dewi", "Eko", "Fajar"]

# Phone numbers are given out once a run, whichever server they are for.
_phones = itertools.count(1)


def new_phone():
    return f"+1555{next(_phones):07}"


class World:
    def __init__(self, server, folder):
        self.server, self.folder = server, folder
        self.drivers = {}
        self._names = itertools.count(1)
        self._devices = []
        self._bystanders = []

    async def device(self, route, name):
        """A client that is connected and nothing more."""
        unique = f"{name}{next(self._names)}{'-faulty' if self.server.bus else ''}"
        made = await self._make(route, unique)
        self._devices.append(made)
        await made.open()
        return made

    async def _make(self, route, name):
        library = LIBRARIES[route.library]
        if library.command is None:
            return TelethonDevice(self.server, route, name, self.folder)
        return DrivenDevice(await self._driver(library), self.server, route, name, self.folder)

    async def _driver(self, library):
        if library.name not in self.drivers:
            self.drivers[library.name] = Driver(library)
            await self.drivers[library.name].start()
        return self.drivers[library.name]

    async def sign_up(self, route, name):
        """A new person with one device, which carries the person's `id`, `phone` and `first_name`."""
        device = await self.device(route, name)
        device.phone, device.first_name = new_phone(), name
        hash = await self.prove(device)
        me = await device.sign_up(phone=device.phone, hash=hash, first_name=name, last_name="")
        device.id = me["id"]
        return device

    async def prove(self, device):
        """Asks for a code and gives it back; the number is new, so the answer is to sign up."""
        seen = self.server.codes_seen(device.phone)
        sent = await device.send_code(phone=device.phone)
        code = await self.server.code(device.phone, after=seen)
        assert await device.sign_in(phone=device.phone, code=code, hash=sent["hash"]) is None
        return sent["hash"]

    async def sign_in(self, route, person):
        """Another device of this person, by the code that the service account sends to the devices there already are."""
        device, proof = await self._with_code(route, person)
        me = await device.sign_in(**proof)
        assert me["id"] == person.id
        return device

    async def asked_for_password(self, route, person):
        """The same of a person with a second password: the code alone does not let in."""
        device, proof = await self._with_code(route, person)
        try:
            await device.sign_in(**proof)
        except ClientError as refusal:
            assert (refusal.code, refusal.name) == (401, "SESSION_PASSWORD_NEEDED"), refusal
            return device
        raise AssertionError("the code alone let in")

    async def _with_code(self, route, person):
        """A device that asked for a code and has it: phone, code and hash."""
        device = await self.device(route, person.first_name)
        device.phone, device.first_name, device.id = person.phone, person.first_name, person.id
        mark = person.journal.mark()
        sent = await device.send_code(phone=person.phone)
        told = await person.journal.expect("message", since=mark, message_chat=SERVICE_ACCOUNT)
        code = re.search(rf"\b\d{{{sent['length']}}}\b", told["message"]["text"])[0]
        return device, {"phone": person.phone, "code": code, "hash": sent["hash"]}

    async def bystanders(self):
        """A few people with a client each, made once: other dialogs for those whose dialogs a scenario counts."""
        for name in BYSTANDERS[len(self._bystanders):]:
            self._bystanders.append(await self.sign_up(T_FULL, name))
        return self._bystanders

    async def close_column(self):
        """Closes the devices of a column that is done; the bystanders stay for the next one."""
        for device in self._devices:
            if device not in self._bystanders:
                await device.close()
        self._devices = list(self._bystanders)

    async def close(self):
        for device in self._devices:
            await device.close()
        for driver in self.drivers.values():
            await driver.stop()
