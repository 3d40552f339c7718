"""The document security store: one more revision of a signed file, written as bytes.

ETSI EN 319 142-1 §5.4.2. Where evidence is to follow a signature, the placeholder's revision has the
store already, empty, and so everything about the next revision is known beforehand but for what
fills the store: where the revision starts, its numbers, its trailer. That is the file's `Tail`, kept with it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Any, Self

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from backend.certificates.revocation import Evidence

_STORE = pdf_name("/DSS")
_TRAILER = ("/Root", "/Info", "/ID")


@dataclass(frozen=True)
class Tail:
    """What a further revision needs to know of the file it is added to."""

    xref: int
    """Where the newest cross-references start."""
    size: int
    """The next object's number."""
    streams: bool
    """Cross-references are streams in this file; otherwise tables."""
    trailer: str
    """The trailer's entries that stay: catalog, information, identifier."""
    store: int
    """The security store's object number; 0 where no evidence is to follow."""
    held: Mapping[str, Mapping[str, str]]
    """What the store holds: its entry → SHA-256 → reference."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        return cls(**stored)

    @classmethod
    def after(cls, writer: IncrementalPdfFileWriter, written: bytes) -> Self:
        """Of a revision that a writer just wrote."""
        reference = writer.root.raw_get(_STORE) if _STORE in writer.root else None
        store = reference.get_object() if reference else {}
        trailer = writer.trailer_view
        names = [pdf_name(key) for key in _TRAILER if key in trailer]
        xref = int(written[written.rindex(b"startxref") :].split()[1])
        size = written.index(b"/Size", xref) + len(b"/Size")
        return cls(
            xref=xref,
            size=int(written[size : size + 20].split()[0]),
            streams=writer.stream_xrefs,
            trailer="".join(f"{key} {_text(trailer.raw_get(key))} " for key in names),
            store=reference.idnum if reference else 0,
            held={
                key: {hashlib.sha256(r.get_object().data).hexdigest(): _text(r) for r in store[key]}
                for key in ("/Certs", "/OCSPs", "/CRLs")
                if key in store
            },
        )


def _text(value: generic.PdfObject) -> str:
    out = BytesIO()
    value.write_to_stream(out)
    return out.getvalue().decode("ascii")


def prepare_store(writer: IncrementalPdfFileWriter) -> None:
    """Gives the file a security store, if it has none yet."""
    if _STORE not in writer.root:
        empty = generic.DictionaryObject({pdf_name("/Type"): _STORE})
        writer.root[_STORE] = writer.add_object(empty)
        writer.update_root()


def revision(start: int, tail: Tail, evidence: Evidence) -> bytes:
    """The revision that fills the store of a file of this length and this tail."""
    data = bytearray()
    placed: dict[int, int] = {}
    entries = []
    number = tail.size
    for key, values in (
        ("/Certs", evidence.certificates),
        ("/OCSPs", evidence.ocsps),
        ("/CRLs", evidence.crls),
    ):
        held = dict(tail.held.get(key, {}))
        for der in values:
            digest = hashlib.sha256(der).hexdigest()
            if digest in held:
                continue
            held[digest] = f"{number} 0 R"
            placed[number] = start + len(data)
            data += b"%d 0 obj\n<</Length %d>>\nstream\n" % (number, len(der))
            data += der
            data += b"\nendstream\nendobj\n"
            number += 1
        if held:
            entries.append(f"{key} [{' '.join(held.values())}]")
    placed[tail.store] = start + len(data)
    data += f"{tail.store} 0 obj\n<</Type /DSS {' '.join(entries)}>>\nendobj\n".encode()
    here = start + len(data)
    if tail.streams:
        placed[number] = here
        data += _stream(placed, number, tail)
    else:
        data += _table(placed, number, tail)
    data += b"\nstartxref\n%d\n%%%%EOF\n" % here
    return bytes(data)


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    """Ascending numbers as (first, count) of each run without a gap."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and sum(runs[-1]) == number:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((number, 1))
    return runs


def _table(placed: Mapping[int, int], size: int, tail: Tail) -> bytes:
    """ISO 32000-1 §7.5.4."""
    out = [b"xref\n"]
    for first, count in _runs(sorted(placed)):
        out.append(b"%d %d\n" % (first, count))
        out += [b"%010d 00000 n \n" % placed[first + i] for i in range(count)]
    out.append(f"trailer\n<<{tail.trailer}/Size {size} /Prev {tail.xref}>>".encode())
    return b"".join(out)


def _stream(placed: Mapping[int, int], number: int, tail: Tail) -> bytes:
    """ISO 32000-1 §7.5.8: a byte of type, five of offset, a byte of generation."""
    rows = b"".join(b"\1%b\0" % placed[key].to_bytes(5, "big") for key in sorted(placed))
    index = " ".join(f"{first} {count}" for first, count in _runs(sorted(placed)))
    head = (
        f"{number} 0 obj\n<</Type /XRef /W [1 5 1] /Index [{index}] {tail.trailer}"
        f"/Size {number + 1} /Prev {tail.xref} /Length {len(rows)}>>\nstream\n"
    )
    return b"%b%b\nendstream\nendobj" % (head.encode(), rows)
