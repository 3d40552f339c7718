"""The file with a new document time stamp, judged by code that had no part in making it.

As `selfcheck` does for signatures: nothing is imported from the maker.
"""

from datetime import datetime
from typing import Any

from backend.signing.pdf.proofs import SelfCheckError, Store, check_stamp, demand
from backend.signing.pdf.revisions import Revisions
from backend.signing.pdf.selfcheck import LARGEST_SKEW, contents_of

_STORE = ("/Certs", "/CRLs", "/OCSPs")


def check(data: bytes, before: bytes, field: str, at: datetime) -> datetime:
    """The new time stamp's genTime. Raises SelfCheckError.

    `before`: the file it was added to, which must be its prefix with nothing of its evidence lost.
    """
    try:
        return _check(data, before, field, at)
    except SelfCheckError:
        raise
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise SelfCheckError(f"unreadable: {type(error).__name__}") from error


def _check(data: bytes, before: bytes, field: str, at: datetime) -> datetime:
    demand(data.startswith(before) and len(data) > len(before), "the file is not the prefix")
    file, earlier = Revisions(data, len(data)), Revisions(data, len(before))
    fields, known = _fields(file), _fields(earlier)
    demand(known.items() <= fields.items(), "an earlier signature was replaced")
    demand(set(fields) - set(known) == {field}, "not exactly one time stamp was added")
    stamp = file.resolve(fields[field])
    demand(stamp["/Type"] == "/DocTimeStamp", "not a document time stamp")
    demand(stamp["/SubFilter"] == "/ETSI.RFC3161", "not a document time stamp")
    byte_range = stamp["/ByteRange"]
    token = contents_of(data, byte_range, len(data))
    demand(byte_range[1] > len(before), "the time stamp leaves out earlier bytes")
    demand(stamp["/Contents"].startswith(token), "the field holds another time stamp")
    evidence, old = _evidence(file), _evidence(earlier)
    demand(all(old[key] <= evidence[key] for key in _STORE), "evidence was lost")
    Store(evidence["/Certs"], evidence["/CRLs"], evidence["/OCSPs"])
    stamped_at = check_stamp(token, data[: byte_range[1]] + data[byte_range[2] :], None)
    demand(abs(stamped_at - at) <= LARGEST_SKEW, "the time stamp is of another time")
    return stamped_at


def _fields(file: Revisions) -> dict[str, Any]:
    """Signed field → reference of its signature."""
    form = file.resolve(file.root["/AcroForm"])
    found = [file.resolve(ref) for ref in file.resolve(form["/Fields"])]
    return {field["/T"].decode("latin-1"): field["/V"] for field in found if "/V" in field}


def _evidence(file: Revisions) -> dict[str, frozenset[bytes]]:
    store = file.resolve(file.root.get("/DSS", {}))
    return {
        key: frozenset(file.resolve(ref).data for ref in file.resolve(store.get(key, [])))
        for key in _STORE
    }
