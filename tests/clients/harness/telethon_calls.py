"""Calls to Telethon: bounded in time, and refused in the suite's own words."""

import asyncio
import functools

from telethon.errors import RPCError, rpc_errors_dict

from . import limits
from .errors import ClientError

ERROR_NAMES = {error: name for name, error in rpc_errors_dict.items()}


def operation(method):
    """Bounds the call, and turns the library's errors into the suite's."""
    within = limits.TRANSFER if method.__name__ in limits.SLOW_OPERATIONS else limits.CALL

    @functools.wraps(method)
    async def bounded(self, *args, **kwargs):
        try:
            return await asyncio.wait_for(method(self, *args, **kwargs), within)
        except RPCError as error:
            raise ClientError(error.code, ERROR_NAMES.get(type(error), str(error.message))) from None
        except asyncio.TimeoutError:
            raise AssertionError(f"Telethon did not finish {method.__name__} {args} {kwargs} in {within} s") from None

    return bounded
