"""TDLib: an adopted copy of its library, in a process whose network holds nothing but loopback."""

import functools
import importlib.util
import subprocess
import sys
from pathlib import Path

from .library import Library

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
    lacks={"test_retry": "it chooses each `random_id` itself, so nobody can repeat one"})
