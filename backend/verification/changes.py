"""What was added to a file after a signature, and whether that was allowed.

Stricter than pyHanko's default policy: form values may never change after a signature, the form may
not ask to be redrawn, and a signature drawn later may not stand on words that were already there
(«evil annotation», «sneaky signature»: Rohlmann et al. 2021). The appearances of further signers
belong before the first signature, and ours are.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, IndirectObject, Reference
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DiffResult,
    DocInfoRule,
    DSSCompareRule,
    FormUpdatingRule,
    MetadataUpdateRule,
    ModificationLevel,
    ObjectStreamRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    SuspiciousModification,
    XrefStreamRule,
)
from pyhanko.sign.diff_analysis.rules_api import ReferenceUpdate, WhitelistRule
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from backend.verification import descriptions
from backend.verification.covering import Box, hides
from backend.verification.descriptions import entry
from backend.verification.report import Reason


class _SpareNumbersRule(WhitelistRule):
    """Object numbers may be set free that were never used: iText keeps such a spare one."""

    def apply(self, old: HistoricalResolver, new: HistoricalResolver) -> Iterator[ReferenceUpdate]:
        for ref in new.refs_freed_in_revision():
            first = Reference(ref.idnum, 0, ref.pdf)
            if not (old.is_ref_unassignable(ref) and old.is_ref_unassignable(first)):
                raise SuspiciousModification("an object was set free")
            yield ReferenceUpdate(ref)


POLICY = StandardDiffPolicy(
    reject_object_freeing=False,
    global_rules=[
        _SpareNumbersRule().as_qualified(ModificationLevel.LTA_UPDATES),
        CatalogModificationRule(),
        DocInfoRule().as_qualified(ModificationLevel.LTA_UPDATES),
        XrefStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
        ObjectStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
        DSSCompareRule().as_qualified(ModificationLevel.LTA_UPDATES),
        MetadataUpdateRule().as_qualified(ModificationLevel.LTA_UPDATES),
    ],
    form_rule=FormUpdatingRule(
        field_rules=[
            SigFieldCreationRule(),
            SigFieldModificationRule(),
        ],
        ignored_acroform_keys=frozenset({"/Fields", "/DR", "/DA", "/Q", "/SigFlags"}),
    ),
)


@dataclass(frozen=True)
class Changes:
    allowed: tuple[Reason, ...]
    """What was legitimately added, for the report."""
    forbidden: tuple[Reason, ...]


def after(signature: EmbeddedPdfSignature, data: bytes, end: int) -> Changes:
    """Judges every revision after the signed one. `end` is where the signed bytes end."""
    reader = signature.reader
    last = reader.xrefs.total_revisions - 1
    if signature.signed_revision == last:
        return Changes((), ())
    result = signature.evaluate_modifications(POLICY)
    if not isinstance(result, DiffResult):
        return Changes((), (Reason(code="content-changed"),))
    allowed_level = signature.docmdp_level
    if allowed_level is not None and result.modification_level.value > allowed_level.value:
        return Changes((), (Reason(code="certification-broken"),))
    forbidden = (
        *descriptions.changed(reader, signature.signed_revision),
        *_drawn_later(reader, signature.signed_revision, data, end),
    )
    return Changes(tuple(_additions(reader, signature.signed_revision)), forbidden)


def _additions(reader: PdfFileReader, revision: int) -> Iterator[Reason]:
    signatures = stamps = 0
    for _, value, _ in enumerate_sig_fields(reader, filled_status=True):
        if reader.xrefs.get_last_change(value.reference) > revision:
            if entry(value.get_object(), "/Type") == "/DocTimeStamp":
                stamps += 1
            else:
                signatures += 1
    if signatures:
        yield Reason(code="later-signatures", params={"count": signatures})
    if stamps:
        yield Reason(code="later-time-stamps", params={"count": stamps})
    if not signatures and not stamps:
        yield Reason(code="later-evidence")


@dataclass(frozen=True)
class _Widget:
    field: str
    kind: str
    """`/Type` of its value: empty while unsigned, and of some signatures."""
    filled: bool
    page: int
    box: Box
    appearance: object
    """The reference of its drawing, and the revision that last wrote it."""


def _drawn_later(reader: PdfFileReader, revision: int, data: bytes, end: int) -> Iterator[Reason]:
    """Signature boxes that got or changed their drawing after the signed revision."""
    before = {(w.field, w.page): w for w in _widgets(reader.get_historical_resolver(revision))}
    for widget in _widgets(reader.get_historical_resolver(reader.xrefs.total_revisions - 1)):
        old = before.get((widget.field, widget.page))
        if old is not None and old.appearance == widget.appearance and old.box == widget.box:
            continue
        if not widget.filled or widget.kind == "/DocTimeStamp":
            # A time stamp needs no picture (ISO 32000-2 §12.8.5), and a stranger's counts for nothing.
            yield Reason(code="field-drawn-later", params={"field": widget.field[:80]})
            continue
        place = old.box if old is not None and not old.filled else None
        hidden = hides(data[:end], data, widget.page, widget.box, place)
        if hidden == "words":
            yield Reason(code="signature-over-text", params={"page": widget.page + 1})
        elif hidden:
            yield Reason(code="signature-over-drawing", params={"page": widget.page + 1})


def _widgets(resolver: HistoricalResolver) -> Iterator[_Widget]:
    """Visible signature boxes of one revision that have a drawing."""
    for page, annotation in _annotations(resolver):
        drawing = entry(annotation, "/AP")
        field = annotation if "/T" in annotation else entry(annotation, "/Parent")
        if drawing is None or not isinstance(field, DictionaryObject):
            continue
        if "/Sig" not in {entry(annotation, "/FT"), entry(field, "/FT")}:
            continue
        x1, y1, x2, y2 = (float(n) for n in annotation["/Rect"])
        box = (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
        if box[0] == box[2] or box[1] == box[3]:
            continue
        value = entry(field, "/V")
        kind = str(entry(value, "/Type") or "") if isinstance(value, DictionaryObject) else ""
        identity = _identity(resolver, drawing)
        yield _Widget(str(entry(field, "/T")), kind, value is not None, page, box, identity)


def _identity(resolver: HistoricalResolver, drawing: object) -> object:
    if not isinstance(drawing, DictionaryObject) or "/N" not in drawing:
        return None
    normal = drawing.raw_get("/N")
    if not isinstance(normal, IndirectObject):
        return repr(normal)
    xrefs = resolver.reader.xrefs
    return normal.reference, xrefs.get_historical_ref(normal.reference, resolver.revision)


def _annotations(resolver: HistoricalResolver) -> Iterator[tuple[int, DictionaryObject]]:
    for number, page in enumerate(_pages(resolver.root["/Pages"], set())):
        annotations = entry(page, "/Annots")
        if not isinstance(annotations, ArrayObject):
            continue
        for index in range(len(annotations)):
            annotation = annotations[index]
            if isinstance(annotation, DictionaryObject):
                yield number, annotation


def _pages(node: DictionaryObject, seen: set[Reference]) -> Iterator[DictionaryObject]:
    if "/Kids" not in node:
        yield node
        return
    for kid in node["/Kids"]:
        if kid.reference in seen:
            raise ValueError("page tree with a loop")
        seen.add(kid.reference)
        yield from _pages(kid.get_object(), seen)
