"""Judges every signature of any PDF. Runs in the confined process; touches no network.

Signatures are judged from the newest to the oldest: each trusted document time stamp proves that
everything before it existed then, and what it covers is judged as of that moment (past signature
validation, EN 319 102-1 clause 5.6).
"""

import hashlib
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils.misc import PdfError, PdfStrictReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from backend.verification import generations, reading, structure
from backend.verification.certs import Shelf
from backend.verification.descriptions import entry
from backend.verification.report import (
    Coverage,
    FileReport,
    Indication,
    Reason,
    SignatureReport,
    conclude,
)
from backend.verification.report import unreadable as unreadable_report
from backend.verification.revocation import Evidence, Statements
from backend.verification.scene import Scene
from backend.verification.signature_check import Item, judge_item
from backend.verification.trust import BOTH, Trust, anchor_of
from backend.verification.verdicts import Verdict

INPUT = "file.pdf"
reading.hasten()

# What pyHanko and asn1crypto were seen to raise on hostile files, besides their own errors.
_STUMBLES = (
    PdfError,
    OSError,
    RecursionError,
    ValueError,
    AssertionError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    NotImplementedError,
    ArithmeticError,
)
_ANYTHING = re.compile(rb"[^\0\t\n\f\r ]")
_CAMERAS = {b"ftyp" + brand for brand in (b"heic", b"heix", b"mif1", b"avif")}
Field = tuple[str, Any, Any]
"""Its full name, its value, and itself."""
_SUBFILTERS = {"/ETSI.CAdES.detached", "/adbe.pkcs7.detached", "/ETSI.RFC3161"}


def main(request: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Answers one request {trust, now} about the file in the folder, for core.sandbox."""
    report = judge(
        (folder / INPUT).read_bytes(),
        Trust.model_validate(request["trust"]),
        datetime.fromisoformat(request["now"]),
    )
    return report.model_dump(mode="json")


def warm_up() -> None:
    """Judges a file of our own, so that whatever is imported or built at first use is there."""
    data = (Path(__file__).parent / "sample.pdf").read_bytes()
    store = _store(PdfFileReader(io.BytesIO(data)))
    found = Shelf().put_all(_certificates(store))
    roots = [c for c in found if c.subject == c.issuer]
    anchors = tuple(anchor_of("", root.der, BOTH, psre=False) for root in roots)
    judge(data, Trust.model_construct(anchors=anchors), datetime(2026, 3, 2, 3, tzinfo=UTC))


def _is_picture(data: bytes) -> bool:
    """By its first bytes: JPEG, PNG, WebP, or what phones' cameras make (HEIF, AVIF)."""
    return data.startswith((b"\xff\xd8\xff", b"\x89PNG")) or (
        data[8:12] == b"WEBP" or data[4:12] in _CAMERAS
    )


def judge(data: bytes, trust: Trust, now: datetime) -> FileReport:
    """The whole judgement of one file. Never raises for what the file contains."""
    digest, size = hashlib.sha256(data).hexdigest(), len(data)
    if not _ANYTHING.search(data):
        return unreadable_report("empty", sha256=digest, size=size)
    if b"%PDF-" not in data[:1024]:
        if _is_picture(data):
            return unreadable_report("photo", sha256=digest, size=size)
        return unreadable_report("not-a-pdf", sha256=digest, size=size)
    try:
        reader, fields, strictly = _reader(data)
        if reader.encrypted:
            return unreadable_report("encrypted", sha256=digest, size=size)
        signatures = tuple(_signatures(reader, fields, data, trust, now))
        if not strictly:
            signatures = tuple(map(_if_it_covers_all, signatures))
    except _STUMBLES:
        return unreadable_report("structure", sha256=digest, size=size)
    whole = tuple(structure.whole_file(data))
    if whole:
        signatures = tuple(_spoiled(s, whole) for s in signatures)
    return conclude(signatures, sha256=digest, size=size, reasons=whole)


def _reader(data: bytes) -> tuple[PdfFileReader, list[Field], bool]:
    """The file as the standard reads it, or else (False) as forgiving programs do."""
    for read in (_strictly, generations.reader_of):
        try:
            reader = read(data)
            return reader, list(enumerate_sig_fields(reader, filled_status=True)), True
        except PdfStrictReadError:
            continue
    reader = PdfFileReader(io.BytesIO(data), strict=False)
    return reader, list(enumerate_sig_fields(reader, filled_status=True)), False


def _strictly(data: bytes) -> PdfFileReader:
    return PdfFileReader(io.BytesIO(data), strict=True)


def _if_it_covers_all(signature: SignatureReport) -> SignatureReport:
    """Where readers may differ about a file, only a signature over every byte of it says anything."""
    good = signature.verdict in {Verdict.VALID, Verdict.UNTRUSTED}
    if not good or signature.coverage is Coverage.FILE:
        return signature
    return _failed(signature.field, signature.kind, "signature-unreadable", Verdict.UNREADABLE)


def _signatures(
    reader: PdfFileReader, fields: list[Field], data: bytes, trust: Trust, now: datetime
) -> list[SignatureReport]:
    items, reports = _collect(reader, fields)
    store = _store(reader)
    shelf = Shelf()
    scene = Scene(
        trust=trust,
        at=now,
        evidence=Evidence(_carried(store), Statements.read(trust.crls, ())),
        certificates=shelf.put_all(_certificates(store)),
        shelf=shelf,
    )
    for item in sorted(items, key=lambda i: i.signature.signed_revision, reverse=True):
        try:
            judged = judge_item(item, data, scene)
        except _STUMBLES:
            judged = _failed(item.name, item.kind, "signature-unreadable", Verdict.UNREADABLE)
        reports.append(judged)
        if item.kind == "time-stamp" and judged.proven_at and judged.verdict is Verdict.VALID:
            scene = scene.before_stamp(judged.proven_at)
    return reports[::-1]


def _collect(
    reader: PdfFileReader, fields: list[Field]
) -> tuple[list[Item], list[SignatureReport]]:
    """Signatures that can be looked at, and reports on those that cannot."""
    items: list[Item] = []
    broken: list[SignatureReport] = []
    seen = set()
    for name, value, field in fields:
        subfilter = str(entry(value.get_object(), "/SubFilter") or "")
        kind = "time-stamp" if subfilter == "/ETSI.RFC3161" else "signature"
        if value.reference in seen:
            broken.append(_failed(name, kind, "signature-used-twice", Verdict.TAMPERED))
        elif subfilter not in _SUBFILTERS:
            broken.append(_failed(name, kind, "unknown-format", Verdict.UNREADABLE))
        else:
            try:
                signature = EmbeddedPdfSignature(reader, field, name)
                items.append(Item(name, kind, subfilter, signature, value.reference))
            except _STUMBLES:
                broken.append(_failed(name, kind, "signature-malformed", Verdict.INVALID))
        seen.add(value.reference)
    return items, broken


def _failed(name: str, kind: str, code: str, verdict: Verdict) -> SignatureReport:
    unsure = verdict is Verdict.UNREADABLE
    return SignatureReport(
        field=name[:200],
        kind=kind,
        verdict=verdict,
        indication=Indication.INDETERMINATE if unsure else Indication.TOTAL_FAILED,
        sub_indication="GENERIC" if unsure else "FORMAT_FAILURE",
        reasons=(Reason(code=code),),
    )


def _spoiled(signature: SignatureReport, found: tuple[Reason, ...]) -> SignatureReport:
    """Something is wrong with the file as a whole: no signature in it is better than that."""
    if signature.verdict is Verdict.TAMPERED:
        return signature
    return signature.model_copy(
        update={
            "verdict": Verdict.TAMPERED,
            "indication": Indication.TOTAL_FAILED,
            "sub_indication": "FORMAT_FAILURE",
            "certified": False,
            "reasons": found + signature.reasons,
        }
    )


def _store(reader: PdfFileReader) -> DocumentSecurityStore | None:
    try:
        return DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return None


def _certificates(store: DocumentSecurityStore | None) -> Iterator[bytes]:
    if store is not None:
        yield from (ref.get_object().data for ref in store.certs.values())


def _carried(store: DocumentSecurityStore | None) -> Statements:
    """Revocation lists and answers from the file's security store (DSS)."""
    if store is None:
        return Statements()
    lists = [ref.get_object().data for ref in store.crls]
    answers = [ref.get_object().data for ref in store.ocsps]
    return Statements.read(lists, answers)
