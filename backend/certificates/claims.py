"""What a QR on paper claims: a CWT (RFC 8392) in a COSE_Sign1, packed into decimal digits.

Paper is kept for decades, so every version ever printed is read for ever: `tests/unit/certificates/
golden/` holds one of each. The address is `<origin>/v/<code>#<digits>`; the first digit is the
version of the packing, and the first element of the claim is the version of its fields.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec

from backend.certificates import cose
from backend.certificates.cose import CoseError, PublicKey

PACKING = "1"
FIELDS = 1
_ISSUED_AT = 6
"""RFC 8392 §3.1.6."""
_CLAIM = -65537
"""Private use (RFC 8392 §9.1.1): the array of fields, in the order of `Claim`."""
_EPOCH = date(1970, 1, 1)
_CHUNK, _DIGITS = 7, 17
_WIDTH = {0: 0, 1: 3, 2: 5, 3: 8, 4: 10, 5: 13, 6: 15, _CHUNK: _DIGITS}
"""Digits that so many bytes need; they differ, so that the length says how many bytes there were."""
_LENGTH = {digits: count for count, digits in _WIDTH.items()}
_DECIMALS = frozenset("0123456789")
_SOME_MOMENT = 1_700_000_000
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Claim:
    """What is printed on the paper, and the file it was printed from."""

    number: str | None
    subject: str | None
    """None where it is secret, or there was no room."""
    signer: str
    """Of several, the last on the route."""
    position: str
    dated: date | None
    length: int
    """How many bytes of the file the digest is of: the version that went in, which all signatures
    were added to."""
    digest: bytes
    """SHA-256."""
    index: int
    """In the status list."""

    @property
    def fields(self) -> list[Any]:
        return [
            *(FIELDS, self.number, self.subject, self.signer, self.position),
            self.dated and (self.dated - _EPOCH).days,
            *(self.length, self.digest, self.index),
        ]

    @classmethod
    def of(cls, fields: list[Any]) -> "Claim":
        """Raises CoseError for fields of a version that is not known."""
        if not isinstance(fields, list) or len(fields) != 9 or fields[0] != FIELDS:
            raise CoseError("a claim of another version")
        number, subject, signer, position, day, length, digest, index = fields[1:]
        dated = None if day is None else _EPOCH + timedelta(days=day)
        return cls(number, subject, signer, position, dated, length, digest, index)


@dataclass(frozen=True)
class Issued:
    """A claim whose signature held."""

    claim: Claim
    at: datetime


def sign(claim: Claim, address: str, key: ec.EllipticCurvePrivateKey, now: datetime) -> bytes:
    """The token for one public address, which it cannot be moved away from."""
    payload = {_ISSUED_AT: int(now.timestamp()), _CLAIM: claim.fields}
    return cose.sign(payload, key, external_aad=canonical(address))


def sized(claim: Claim) -> bytes:
    """As long as the token will be, for finding out how large its code becomes."""
    return cose.unsigned({_ISSUED_AT: _SOME_MOMENT, _CLAIM: claim.fields})


def read(address: str, keys: Mapping[bytes, PublicKey]) -> Issued:
    """The claim of a scanned address. Raises CoseError: forged, moved, or not one at all."""
    place, _, fragment = address.partition("#")
    token = unpack(fragment)
    payload = cose.verify(token, keys, external_aad=canonical(place), typ=None)
    at = datetime.fromtimestamp(payload[_ISSUED_AT], UTC)
    return Issued(Claim.of(payload[_CLAIM]), at)


def canonical(address: str) -> bytes:
    """Issuer and code as the signature binds them: as the WHATWG URL standard writes an address,
    without query and fragment.
    """
    parts = urlsplit(address)
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    port = "" if parts.port in {None, _DEFAULT_PORTS.get(scheme)} else f":{parts.port}"
    return f"{scheme}://{host}{port}{parts.path}".encode()


def pack(token: bytes) -> str:
    """Decimal digits, seven bytes in seventeen, after the version of this packing."""
    chunks = (token[i : i + _CHUNK] for i in range(0, len(token), _CHUNK))
    return PACKING + "".join(
        str(int.from_bytes(chunk, "big")).zfill(_WIDTH[len(chunk)]) for chunk in chunks
    )


def unpack(fragment: str) -> bytes:
    """The token of a fragment. Raises CoseError."""
    digits = fragment[1:]
    if fragment[:1] != PACKING or not set(digits) <= _DECIMALS:
        raise CoseError("not a claim of this version")
    whole, rest = divmod(len(digits), _DIGITS)
    lengths = [_DIGITS] * whole + ([rest] if rest else [])
    token, at = bytearray(), 0
    try:
        for width in lengths:
            token += int(digits[at : at + width]).to_bytes(_LENGTH[width], "big")
            at += width
    except (KeyError, OverflowError) as error:
        raise CoseError("not whole bytes") from error
    return bytes(token)
