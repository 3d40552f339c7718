"""The finished file, judged before it replaces anything, by code that had no part in making it.

Its bytes are read by `revisions`, its proofs by `proofs`; nothing is imported from the maker.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from backend.signing.pdf.proofs import SelfCheckError, Store, check_signature, demand, store_of
from backend.signing.pdf.revisions import Revisions

LARGEST_SKEW = timedelta(minutes=10)
"""Between the accepted time in /M and the time stamp; a national service was seen six minutes off."""
_TIME_SLOT = b"(D:00000000000000Z)"


@dataclass(frozen=True)
class Expected:
    """What the finished file must hold."""

    base: bytes | Iterable[bytes]
    """The version that was ticked, whole or in pieces: the file's prefix."""
    before: bytes
    """The prepared file: every byte but the slots of /M and /Contents stays."""
    field: str
    certificate: bytes
    """DER of the signer's certificate."""
    at: datetime
    """Acceptance, whole seconds: what /M says."""
    first: bool
    """The first signature certifies the document (DocMDP, P=2)."""
    evidence: bool = True
    """B-LT: the security store proves both chains. Without, nothing follows the signature (B-T)."""
    stamped: bool = True
    """At least B-T: there is a time stamp."""


def check(data: bytes, expected: Expected) -> datetime:
    """The time stamp's genTime of a file that passes every check. Raises SelfCheckError.

    Where no time stamp is expected, the time in /M.
    """
    try:
        return _check(data, expected)
    except SelfCheckError:
        raise
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise SelfCheckError(f"unreadable: {type(error).__name__}") from error


def _check(data: bytes, expected: Expected) -> datetime:
    _check_prefix(data, expected.base)
    signed = Revisions(data, len(expected.before))
    signature = _signature_of(signed, expected)
    byte_range, moment = signature["/ByteRange"], signature["/M"]
    demand(signature["/SubFilter"] == "/ETSI.CAdES.detached", "not a PAdES signature")
    wanted = f"D:{expected.at.astimezone(UTC):%Y%m%d%H%M%S}Z".encode()
    demand(moment == wanted, "another signing time")
    contents = contents_of(data, byte_range, len(expected.before))
    demand(signature["/Contents"].startswith(contents), "the field holds another signature")
    _check_unchanged(data, expected.before, byte_range, moment)
    if expected.evidence:
        store = _store(Revisions(data, len(data)), signed)
    else:
        store = None
        demand(len(data) == len(expected.before), "something follows the signature")

    def digest(algorithm: str) -> bytes:
        whole = memoryview(data)
        found = hashlib.new(algorithm, whole[: byte_range[1]])
        found.update(whole[byte_range[2] : len(expected.before)])
        return found.digest()

    stamped_at = check_signature(contents, digest, expected.certificate, store)
    demand((stamped_at is not None) is expected.stamped, "not exactly one time stamp")
    if stamped_at is None:
        return expected.at
    demand(abs(stamped_at - expected.at) <= LARGEST_SKEW, "the time stamp is far from acceptance")
    return stamped_at


def _check_prefix(data: bytes, base: bytes | Iterable[bytes]) -> None:
    offset = 0
    for piece in (base,) if isinstance(base, bytes) else base:
        demand(data.startswith(piece, offset), "the ticked version is not the prefix")
        offset += len(piece)
    demand(offset, "the ticked version is not the prefix")


def _signature_of(file: Revisions, expected: Expected) -> dict[str, Any]:
    """The signature dictionary of the field, which certifies the document when it is the first."""
    root = file.root
    for reference in file.resolve(file.resolve(root["/AcroForm"])["/Fields"]):
        field = file.resolve(reference)
        if field["/T"] != expected.field.encode():
            continue
        demand("/V" in field, "the field is not signed")
        signature: dict[str, Any] = file.resolve(field["/V"])
        if expected.first:
            rule = file.resolve(signature["/Reference"][0])
            demand(rule["/TransformMethod"] == "/DocMDP", "the document is not certified")
            demand(rule["/TransformParams"]["/P"] == 2, "other changes would be allowed")
            named = file.resolve(root["/Perms"])["/DocMDP"]
            demand(named == field["/V"], "/Perms names another signature")
        return signature
    raise SelfCheckError("the field is missing")


def contents_of(data: bytes, byte_range: list[int], prepared_size: int) -> bytes:
    """The CMS between the two ranges, which must leave out exactly its hexadecimal string."""
    start, first, second, length = byte_range
    demand(start == 0 and first < second, "ByteRange does not start at the first byte")
    demand(second + length == prepared_size, "ByteRange does not end with the signed revision")
    gap = data[first:second]
    demand(re.fullmatch(rb"<[0-9A-Fa-f]+>", gap), "ByteRange leaves out more than /Contents")
    raw = bytes.fromhex(gap[1:-1].decode())
    size = _size(raw)
    demand(not any(raw[size:]), "the padding of /Contents is not empty")
    return raw[:size]


def _size(raw: bytes) -> int:
    """How long the DER value at the start is (X.690 §8.1.3)."""
    if raw[1] < 0x80:
        return 2 + raw[1]
    more = raw[1] & 0x7F
    return 2 + more + int.from_bytes(raw[2 : 2 + more], "big")


def _check_unchanged(data: bytes, before: bytes, byte_range: list[int], moment: bytes) -> None:
    """Nothing of the prepared file changed but the two slots."""
    _, first, second, _ = byte_range
    time = before.rfind(_TIME_SLOT, second)
    empty = b"<%b>" % (b"0" * (second - first - 2))
    demand(before.startswith(empty, first), "the prepared file has no slot for the signature")
    demand(time >= second, "the prepared file has no slot for the time")
    demand(data.startswith(b"(%b)" % moment, time), "/M stands elsewhere")
    after = time + len(_TIME_SLOT)
    whole = memoryview(before)  # compared in place: a copy of a large file costs its size
    for start, end in ((0, first), (second, time), (after, len(before))):
        same = data.startswith(whole[start:end], start)
        demand(same, "the prepared file was changed outside its slots")


def _store(file: Revisions, signed: Revisions) -> Store:
    """The security store, once the revision that fills it is seen to do nothing else."""
    store = signed.root["/DSS"]
    before, after = signed.newest.trailer, file.newest.trailer
    demand(after["/Prev"] == signed.start, "a revision stands between signature and evidence")
    demand(after["/Root"] == before["/Root"], "the evidence brings another catalog")
    numbers = set(file.newest.offsets) - {store.number}
    demand(min(numbers) >= before["/Size"], "the evidence changes the document")
    found = file.resolve(store)
    parts = (
        tuple(file.resolve(r).data for r in found.get(k, [])) for k in ("/Certs", "/CRLs", "/OCSPs")
    )
    return store_of(*parts)
