"""A refusal by the server, the same whichever library reported it."""


class ClientError(Exception):
    def __init__(self, code, name, detail=""):
        super().__init__(f"{code} {name}{chr(10) + detail if detail else ''}")
        self.code = code
        self.name = name
