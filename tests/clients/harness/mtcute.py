"""mtcute: one Node process holds every client."""

import os
from pathlib import Path

from .library import Library

HERE = Path(__file__).resolve().parent.parent

# What mtcute says of itself. One key in 256 begins with a zero byte, which it drops before hashing: it takes the server's
# hash for wrong and begins anew. A ping written before the connection is open is forgotten once it is. And whoever goes
# offline stops its timer of being online in the middle of what that was doing.
OWN_FAULTS = (
    "Step 4: invalid nonce hash from server", "received pong to unknown ping", "AbortError: This operation was aborted")

MTCUTE = Library(
    "mtcute", "0.30.3", 227, "TypeScript",
    command=lambda: [os.environ.get("NODE", "node"), str(HERE / "driver.mjs")], own_faults=OWN_FAULTS)
