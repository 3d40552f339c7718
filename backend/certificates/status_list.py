"""What became of every paper with a claim, two bits each: a Token Status List.

draft-ietf-oauth-status-list (as of -12), CWT form. A claim exists before the signature does, so an
index starts as «suspended», which there means not valid for now; a reader who knows nothing of us
takes no paper for valid that is not.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from backend.certificates import cose
from backend.certificates.cose import PublicKey

MEDIA_TYPE = "application/statuslist+cwt"
TTL_SECONDS = 900
BITS = 2
A_BYTE = 8 // BITS
"""Papers in a byte."""
# RFC 8392 §3.1 and the draft's §5.2.
_SUBJECT, _ISSUED_AT, _STATUS_LIST, _TTL = 2, 6, 65533, 65534


class Status(IntEnum):
    """The draft's §7.1, and its value for the application's own use."""

    VALID = 0
    REVOKED = 1
    NOT_ISSUED = 2
    SUPERSEDED = 3


UNUSED = sum(Status.NOT_ISSUED << BITS * slot for slot in range(A_BYTE))
"""A byte of indexes that nobody has, or whose papers are not signed yet."""


@dataclass(frozen=True)
class StatusList:
    """A list whose signature held."""

    at: datetime
    statuses: bytes

    def __getitem__(self, index: int) -> Status | None:
        """None beyond its end: it was made before that index was given."""
        byte, slot = divmod(index, A_BYTE)
        if byte >= len(self.statuses):
            return None
        return Status(self.statuses[byte] >> BITS * slot & (1 << BITS) - 1)


def put(statuses: bytearray, index: int, status: Status) -> None:
    """Sets one, making the list longer where need be."""
    byte, slot = divmod(index, A_BYTE)
    if byte >= len(statuses):
        statuses.extend([UNUSED] * (byte + 1 - len(statuses)))
    mask = (1 << BITS) - 1 << BITS * slot
    statuses[byte] = statuses[byte] & ~mask | status << BITS * slot


def pack(statuses: bytes) -> bytes:
    """DEFLATE with ZLIB's header, as tight as it goes (the draft's §4.1)."""
    return zlib.compress(statuses, 9)


def sign(packed: bytes, address: str, key: ec.EllipticCurvePrivateKey, now: datetime) -> bytes:
    payload = {
        _SUBJECT: address,
        _ISSUED_AT: int(now.timestamp()),
        _TTL: TTL_SECONDS,
        _STATUS_LIST: {"bits": BITS, "lst": packed},
    }
    return cose.sign(payload, key, typ=MEDIA_TYPE)


def read(message: bytes, address: str, keys: Mapping[bytes, PublicKey]) -> StatusList:
    """Raises cose.CoseError."""
    payload: dict[int, Any] = cose.verify(message, keys, typ=MEDIA_TYPE)
    listed = payload[_STATUS_LIST]
    if payload[_SUBJECT] != address or listed["bits"] != BITS:
        raise cose.CoseError("another list")
    at = datetime.fromtimestamp(payload[_ISSUED_AT], UTC)
    return StatusList(at, zlib.decompress(listed["lst"]))
