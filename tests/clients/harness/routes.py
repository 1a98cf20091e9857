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
P_ABRIDGED = Route("Pyrogram", "abridged")
P_FULL = Route("Pyrogram", "full")
P_INTERMEDIATE = Route("Pyrogram", "intermediate")
P_ABRIDGED_OBFUSCATED = Route("Pyrogram", "abridged obfuscated")
P_INTERMEDIATE_OBFUSCATED = Route("Pyrogram", "intermediate obfuscated")
K_ABRIDGED = Route("Kurigram", "abridged")
K_FULL = Route("Kurigram", "full")
K_INTERMEDIATE = Route("Kurigram", "intermediate")
K_PADDED = Route("Kurigram", "padded")
K_ABRIDGED_OBFUSCATED = Route("Kurigram", "abridged obfuscated")
K_INTERMEDIATE_OBFUSCATED = Route("Kurigram", "intermediate obfuscated")
G_FULL = Route("GramJS", "full")
G_ABRIDGED = Route("GramJS", "abridged")
G_OBFUSCATED = Route("GramJS", "obfuscated")
G_WS = Route("GramJS", "ws")
R_FULL = Route("grammers", "full")
D_TCP = Route("TDLib", "obfuscated")
D_TCP_PFS = Route("TDLib", "obfuscated", pfs=True)

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
    (P_ABRIDGED, P_ABRIDGED),
    (P_FULL, T_FULL),
    (M_WS, P_INTERMEDIATE),
    (P_ABRIDGED_OBFUSCATED, M_TCP_PFS),
    (T_ABRIDGED, P_INTERMEDIATE_OBFUSCATED),
    (K_ABRIDGED, K_ABRIDGED),
    (K_FULL, M_TCP),
    (T_FULL, K_INTERMEDIATE),
    (K_PADDED, P_ABRIDGED),
    (P_ABRIDGED, K_ABRIDGED_OBFUSCATED),
    (K_INTERMEDIATE_OBFUSCATED, T_OBFUSCATED),
    (G_FULL, G_FULL),
    (G_ABRIDGED, T_FULL),
    (M_WS_PFS, G_OBFUSCATED),
    (G_WS, P_ABRIDGED),
    (K_ABRIDGED, G_WS),
    (R_FULL, R_FULL),
    (R_FULL, T_FULL),
    (T_ABRIDGED, R_FULL),
    (D_TCP, D_TCP),
    (D_TCP_PFS, D_TCP_PFS),
    (D_TCP, T_FULL),
    (T_ABRIDGED, D_TCP_PFS),
]

# One pair across the libraries carries every scenario over the bus that drops, doubles and reorders. The other way round,
# those that show whether news was lost: each signal that is may cost a few seconds, and a whole column costs minutes.
FAULTY_PAIRS = [(T_FULL, M_WS_PFS), (M_TCP, T_ABRIDGED)]
SHORT_FAULTY_PAIR = (M_TCP, T_ABRIDGED)
NEWS = {"test_signs_up", "test_text", "test_edit", "test_delete", "test_in_step", "test_catch_up", "test_catch_up_on_changes",
        "test_no_complaints"}

# The columns that also play the scenarios with files and passwords: each library on two routes, and across to others.
FILE_PAIRS = [
    (T_FULL, T_FULL),
    (T_OBFUSCATED, M_WS_PFS),
    (M_TCP, M_TCP),
    (P_ABRIDGED, P_ABRIDGED),
    (M_WS, P_INTERMEDIATE),
    (K_ABRIDGED, K_ABRIDGED),
    (K_FULL, M_TCP),
    (G_FULL, G_FULL),
    (G_WS, P_ABRIDGED),
    (D_TCP_PFS, D_TCP_PFS),
    (D_TCP, T_FULL),
    (R_FULL, R_FULL),
    (R_FULL, T_FULL),
]

# Those of them that also play what takes long.
HEAVY_PAIRS = [
    (T_FULL, T_FULL), (M_TCP, M_TCP), (P_ABRIDGED, P_ABRIDGED), (K_ABRIDGED, K_ABRIDGED), (G_FULL, G_FULL),
    (R_FULL, R_FULL), (D_TCP, T_FULL)]
