"""TDLib: an adopted copy of its library, in a process whose network holds nothing but loopback."""

import functools
import importlib.util
import subprocess
import sys
from pathlib import Path

from .library import Library

# What TDLib says at the level of a warning, or of information, and is no fault of the server: its own diary of keys,
# sessions and closing; slow moments of this machine; its own cancelling (2xx) and the way home from the DC it dials first;
# links whose address has a port, which it takes for none; and the refusals that scenarios provoke.
OWN_FAULTS = (
    "TdDb.cpp", "AuthDataShared.cpp", "Generate new session_id", "Update auth key in session_id", "Have tmp_auth_key",
    "auth_dropTempAuthKeys except keys", "Td in state",
    "Destroy auth key", "on_destroy_auth_key", "Logging out by user request", "No auth key",
    "Lost key in DcId{", "[Error : 500 : Request aborted]", "SLOW:", "Slow query",
    "Unsupported invite link http://127.0.0.1:", "[Error : 202 :", "[Error : 203 :", "[Error : 204 :", "PHONE_MIGRATE_",
    "PHONE_CODE_INVALID", "USER_IS_BLOCKED", "AUTH_KEY_UNREGISTERED", "SESSION_REVOKED")

DRIVER = str(Path(__file__).resolve().parent.parent / "driver" / "tdlib")


def original():
    """The shared library inside the package, found without loading it."""
    (package,) = importlib.util.find_spec("tdjson").submodule_search_locations
    return next(Path(package).parent.glob("tdjson.libs/libtdjson*.so*"))


@functools.cache
def impossible():
    if importlib.util.find_spec("tdjson") is None:
        return "the package tdjson is for Linux"
    tried = subprocess.run([sys.executable, DRIVER, "--probe"], capture_output=True, check=False)
    return None if tried.returncode == 0 else "a network namespace needs root or user namespaces"


TDLIB = Library(
    "TDLib", "1.8.66", 228, "C++", command=lambda: [sys.executable, DRIVER], adopts=original, impossible=impossible,
    remarks=("the copy that `kentong adopt` writes of the library in PyPI's `tdjson` 1.8.66",),
    own_faults=OWN_FAULTS,
    lacks={"test_retry": "it chooses each `random_id` itself, so nobody can repeat one",
           "test_file_reference": "it renews references by itself, so nobody can keep an old one"})
