"""A network of its own, with nothing in it but loopback: what is built into the library can reach nobody else.

The process that runs the library leaves the machine's network; a child that stayed behind carries what arrives at the
ports of the namespace to the server under test. Sockets belong to the namespace they were made in, whoever accepts on them.
"""

import asyncio
import ctypes
import fcntl
import json
import os
import socket
import struct

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SIOCGIFFLAGS, SIOCSIFFLAGS = 0x8913, 0x8914
IFF_UP = 1
INTERFACE = struct.Struct("16sh14x")
MESSAGE_BYTES = 1024
PIECE_BYTES = 64 * 1024
BACKLOG = 64


def leave_network():
    """Leaves for a namespace of its own: as root directly, else through a user namespace. One thread only."""
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.geteuid(), os.getegid()
    if libc.unshare(CLONE_NEWNET) != 0:
        if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "neither root nor user namespaces")
        be_oneself(user, group)
    raise_loopback()


def be_oneself(user, group):
    for name, line in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(line)


def raise_loopback():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        _, flags = INTERFACE.unpack(fcntl.ioctl(any_socket, SIOCGIFFLAGS, INTERFACE.pack(b"lo", 0)))
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, INTERFACE.pack(b"lo", flags | IFF_UP))


class Gate:
    """The way from this namespace to the server, by a child that stays outside. Make it before leaving."""

    def __init__(self):
        self._asking, carrier = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        if os.fork() == 0:
            self._asking.close()
            asyncio.run(carry(carrier))
            os._exit(0)
        carrier.close()

    def open(self, ports, server_port):
        """Whoever dials one of these ports here reaches the server."""
        for port in ports:
            with socket.socket() as listener:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind(("127.0.0.1", port))
                listener.listen(BACKLOG)
                listener.setblocking(False)
                socket.send_fds(self._asking, [json.dumps({"port": server_port}).encode()], [listener.fileno()])


async def carry(carrier):
    """Takes listening sockets until the one who asks is gone."""
    loop, ended, kept = asyncio.get_running_loop(), asyncio.Event(), []

    def take():
        message, sockets, _, _ = socket.recv_fds(carrier, MESSAGE_BYTES, 1)
        if not message:
            loop.remove_reader(carrier)
            ended.set()
            return
        port = json.loads(message)["port"]
        kept.append(loop.create_task(asyncio.start_server(towards(port), sock=socket.socket(fileno=sockets[0]))))

    loop.add_reader(carrier, take)
    await ended.wait()


def towards(port):
    async def connected(reader, writer):
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(pour(reader, far_writer), pour(far_reader, writer))
    return connected


async def pour(reader, writer):
    try:
        while piece := await reader.read(PIECE_BYTES):
            writer.write(piece)
            await writer.drain()
    except OSError:
        pass
    writer.close()
