"""The ways in: which library, over which transport, with perfect forward secrecy or without."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Route:
    library: str
    transport: str
    pfs: bool = False

    @property
    def way(self):
        return f"{self.transport}{' PFS' if self.pfs else ''}"

    def __str__(self):
        return f"{self.library} {self.way}"


T_FULL = Route("Telethon", "full")
T_ABRIDGED = Route("Telethon", "abridged")
T_INTERMEDIATE = Route("Telethon", "intermediate")
T_OBFUSCATED = Route("Telethon", "obfuscated")
M_TCP = Route("mtcute", "tcp")
M_TCP_PFS = Route("mtcute", "tcp", pfs=True)
M_PADDED = Route("mtcute", "padded")
M_WS = Route("mtcute", "ws")
M_WS_PFS = Route("mtcute", "ws", pfs=True)

# Who writes to whom. Each library on each of its routes, and the two across each other in both directions.
PAIRS = [
    (T_FULL, T_FULL),
    (T_ABRIDGED, T_ABRIDGED),
    (T_INTERMEDIATE, T_INTERMEDIATE),
    (T_OBFUSCATED, T_OBFUSCATED),
    (M_TCP, M_TCP),
    (M_TCP_PFS, M_TCP_PFS),
    (M_PADDED, M_PADDED),
    (M_WS, M_WS),
    (M_WS_PFS, M_WS_PFS),
    (T_FULL, M_TCP),
    (M_TCP_PFS, T_ABRIDGED),
    (T_OBFUSCATED, M_WS_PFS),
    (M_WS, T_INTERMEDIATE),
]

# One pair across the libraries carries every scenario over the bus that drops, doubles and reorders.
FAULTY_PAIRS = [(T_FULL, M_WS_PFS), (M_TCP, T_ABRIDGED)]
