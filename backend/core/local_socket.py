"""Messages between processes of one machine: CBOR over a Unix socket, each after its length."""

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cbor2

LONGEST = 64 * 1024 * 1024
"""A revocation list of half a million entries still fits."""
_LENGTH = struct.Struct(">I")
_PEER = struct.Struct("3i")
"""struct ucred: process, user and group id."""


@contextmanager
def short_address(path: Path) -> Iterator[str]:
    """A short name for a socket: the kernel takes 107 bytes, homes may lie deeper."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


@contextmanager
def connected(path: Path, timeout: float) -> Iterator[socket.socket]:
    """A connection to whoever listens there. Raises OSError."""
    with short_address(path) as address, socket.socket(socket.AF_UNIX) as channel:
        channel.settimeout(timeout)
        channel.connect(address)
        yield channel


def peer_uid(channel: socket.socket) -> int:
    """The user id of the other end, which the kernel vouches for."""
    credentials = channel.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    uid: int = _PEER.unpack(credentials)[1]
    return uid


def send(channel: socket.socket, message: Any) -> None:
    data = cbor2.dumps(message)
    channel.sendall(_LENGTH.pack(len(data)) + data)


def receive(channel: socket.socket) -> Any:
    """The next message. Raises OSError when the other end hung up."""
    (length,) = _LENGTH.unpack(_exactly(channel, _LENGTH.size))
    if length > LONGEST:
        raise OSError("message too long")
    return cbor2.loads(_exactly(channel, length))


def _exactly(channel: socket.socket, length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        piece = channel.recv(min(length - len(data), 65536))
        if not piece:
            raise OSError("hung up")
        data += piece
    return bytes(data)
