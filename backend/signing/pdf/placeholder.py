"""Files ready to be signed: every field and appearance, and the next signer's empty signature.

Everything is an incremental update: the bytes that were ticked stay the file's prefix.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Self

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.signers.pdf_byterange import PdfSignedData

from backend.signing.pdf import evidence
from backend.signing.pdf.appearance import Wording, draw, form
from backend.signing.pdf.evidence import Tail
from backend.signing.pdf.foot import Foot
from backend.signing.pdf.geometry import PageBox, Rect
from backend.signing.pdf.lettering import Lettering
from backend.signing.pdf.reader import Reader

# Print and Locked (ISO 32000-1 Table 165).
_ANNOTATION_FLAGS = 4 | 128
# SignaturesExist and AppendOnly (ISO 32000-1 Table 219).
_SIG_FLAGS = 3
_NO_TIME = b"00000000000000"
_FOOT = "/CentangFoot"
SEAL_FIELD = "Segel"


Free = Callable[[int, Rect], bool]


@dataclass(frozen=True)
class Block:
    """One signer's field and where its appearance stands."""

    field: str
    page: int
    """From 1."""
    rect: Rect
    words: Wording
    anchor: str | None = None
    """The character whose place it took."""


@dataclass(frozen=True)
class Slots:
    """Byte offsets of what is filled in later (ends are exclusive), and where the file goes on."""

    field: str
    contents_start: int
    """Of the «<» before the signature's hexadecimal digits."""
    contents_end: int
    """After the «>»."""
    m_start: int
    """Of the fourteen digits of the signing time."""
    m_end: int
    byte_range: tuple[int, int, int, int]
    tail: Tail

    @property
    def room(self) -> int:
        """The longest signature that fits, in bytes."""
        return (self.contents_end - self.contents_start - 2) // 2

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        nested = {
            "byte_range": tuple(stored["byte_range"]),
            "tail": Tail.from_json(stored["tail"]),
        }
        return cls(**{**stored, **nested})


@dataclass(frozen=True)
class Placeholder:
    """A file with an empty signature: /Contents and the digits of /M are zeros."""

    data: bytes
    slots: Slots


class _Revision(IncrementalPdfFileWriter):
    """An incremental update that leaves the document's metadata alone."""

    def _update_meta(self) -> None:
        """Title, author and dates are the ticked version's; nothing of ours belongs there."""


class _TimeSlot(generic.PdfObject):
    """A signing time of fixed width, to be written when the signature is accepted."""

    def __init__(self) -> None:
        self.start = 0

    def write_to_stream(self, stream: Any, handler: Any = None, container_ref: Any = None) -> None:
        del handler, container_ref
        stream.write(b"(D:")
        self.start = stream.tell()
        stream.write(_NO_TIME + b"Z)")


def open_revision(data: bytes) -> IncrementalPdfFileWriter:
    reader = Reader(data)
    return _Revision(reader.stream, prev=reader)


def page_box(page: generic.DictionaryObject) -> PageBox:
    """The visible part of a page, with inherited attributes (ISO 32000-1 §7.7.3.4)."""
    media = _inherited(page, "/MediaBox")
    box = _inherited(page, "/CropBox") or media
    if media is None or box is None:
        raise ValueError("a page without a MediaBox")
    a, b, c, d = _sorted_box(media)
    e, f, g, h = _sorted_box(box)
    turn = int(_inherited(page, "/Rotate") or 0) % 360
    return PageBox(max(a, e), max(b, f), min(c, g), min(d, h), turn)


def _sorted_box(box: Any) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = (float(v) for v in box)
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _inherited(page: generic.DictionaryObject, key: str) -> Any:
    node: Any = page
    for _ in range(64):
        if key in node:
            return node[key]
        if "/Parent" not in node:
            return None
        node = node["/Parent"]
    return None


def first_placeholder(
    base: bytes,
    blocks: Sequence[Block],
    foot: Foot,
    free: Free,
    reserve: int,
    *,
    sealed: bool = False,
    store: bool = True,
) -> Placeholder:
    """The base version with every signer's field and appearance, feet, and the first signature.

    `store`: evidence will follow the signature.

    `sealed`: that signature is the agency's seal, in a field of its own that shows nothing.

    `free` says whether a place on a page (from 1) is clear, so that no foot covers text. The first signature
    certifies the document (DocMDP, P=2): from then on only the fields made here may be signed.
    A FieldMDP lock would add nothing, for the intake left no other field to fill in.
    """
    writer = open_revision(base)
    writer.register_extension(ESIC_EXTENSION_1)
    letters = Lettering(writer)
    pages = _pages(writer)
    _draw_feet(writer, pages, letters, foot, free)
    fields = [_add_field(writer, pages[block.page - 1], letters, block) for block in blocks]
    first = blocks[0].field
    if sealed:
        fields.insert(0, _add_seal_field(writer))
        first = SEAL_FIELD
    letters.embed()
    _set_form(writer, fields)
    return _with_signature(
        writer, fields[0].get_object(), first, reserve, certify=True, store=store
    )


def seal_placeholder(base: bytes, reserve: int) -> Placeholder:
    """A file of the house's own making with nothing but the empty signature of a seal."""
    writer = open_revision(base)
    writer.register_extension(ESIC_EXTENSION_1)
    field = _add_seal_field(writer)
    _set_form(writer, [field])
    return _with_signature(
        writer, field.get_object(), SEAL_FIELD, reserve, certify=True, store=True
    )


def _set_form(writer: IncrementalPdfFileWriter, fields: Sequence[generic.IndirectObject]) -> None:
    form_dict = generic.DictionaryObject(
        {
            pdf_name("/Fields"): generic.ArrayObject(fields),
            pdf_name("/SigFlags"): generic.NumberObject(_SIG_FLAGS),
        }
    )
    writer.root[pdf_name("/AcroForm")] = writer.add_object(form_dict)


def with_feet(base: bytes, foot: Foot, free: Free) -> bytes:
    """The base version with feet alone, for a service that makes its own field."""
    writer = open_revision(base)
    letters = Lettering(writer)
    _draw_feet(writer, _pages(writer), letters, foot, free)
    letters.embed()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def next_placeholder(signed: bytes, field: str, reserve: int, *, store: bool = True) -> Placeholder:
    """A signed file with the empty signature of its next field, which evidence may follow."""
    writer = open_revision(signed)
    for reference in writer.root["/AcroForm"]["/Fields"]:
        candidate = reference.get_object()
        if candidate["/T"] == field:
            if "/V" in candidate:
                raise ValueError(f"{field} is signed already")
            writer.mark_update(reference.reference)
            return _with_signature(writer, candidate, field, reserve, certify=False, store=store)
    raise ValueError(f"no field {field}")


def _with_signature(
    writer: IncrementalPdfFileWriter,
    field: generic.DictionaryObject,
    name: str,
    reserve: int,
    *,
    certify: bool,
    store: bool,
) -> Placeholder:
    signature = PdfSignedData(
        obj_type=pdf_name("/Sig"), subfilter=SigSeedSubFilter.PADES, bytes_reserved=2 * reserve
    )
    time = _TimeSlot()
    signature[pdf_name("/M")] = time
    reference = writer.add_object(signature)
    field[pdf_name("/V")] = reference
    if certify:
        signature[pdf_name("/Reference")] = generic.ArrayObject([_certification()])
        writer.root[pdf_name("/Perms")] = generic.DictionaryObject({pdf_name("/DocMDP"): reference})
        writer.update_root()
    if store:
        evidence.prepare_store(writer)
    out = io.BytesIO()
    writer.write(out)
    end = out.tell()
    start, stop = signature.contents.offsets
    signature.byte_range.fill_offsets(out, start, stop, end)
    data = out.getvalue()
    slots = Slots(
        field=name,
        contents_start=start,
        contents_end=stop,
        m_start=time.start,
        m_end=time.start + len(_NO_TIME),
        byte_range=(0, start, stop, end - stop),
        tail=Tail.after(writer, data),
    )
    return Placeholder(data, slots)


def _certification() -> generic.DictionaryObject:
    # ISO 32000-1 Tables 253 and 254: P=2 allows signing the fields there are, and nothing else here.
    params = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/TransformParams"),
            pdf_name("/P"): generic.NumberObject(2),
            pdf_name("/V"): pdf_name("/1.2"),
        }
    )
    return generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/SigRef"),
            pdf_name("/TransformMethod"): pdf_name("/DocMDP"),
            pdf_name("/TransformParams"): params,
        }
    )


def _add_field(
    writer: IncrementalPdfFileWriter,
    page_ref: generic.IndirectObject,
    letters: Lettering,
    block: Block,
) -> generic.IndirectObject:
    box = page_box(page_ref.get_object())
    size = (block.rect.width, block.rect.height)
    look = form(writer, letters, draw(letters, block.words, *size), size, box.turn)
    widget = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Widget"),
            pdf_name("/FT"): pdf_name("/Sig"),
            pdf_name("/T"): generic.TextStringObject(block.field),
            pdf_name("/TU"): generic.TextStringObject(
                f"Tanda tangan elektronik {block.words.name}"
            ),
            pdf_name("/F"): generic.NumberObject(_ANNOTATION_FLAGS),
            pdf_name("/P"): page_ref,
            pdf_name("/Rect"): generic.ArrayObject(
                generic.FloatObject(f"{v:.3f}") for v in box.to_pdf(block.rect)
            ),
            pdf_name("/AP"): generic.DictionaryObject({pdf_name("/N"): look}),
        }
    )
    reference = writer.add_object(widget)
    writer.register_annotation(page_ref, reference)
    return reference


def _add_seal_field(writer: IncrementalPdfFileWriter) -> generic.IndirectObject:
    """A field without extent (ISO 32000-1 §12.7.4.5): the seal is in the file, not on the paper."""
    page_ref, _ = writer.find_page_for_modification(0)
    widget = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Widget"),
            pdf_name("/FT"): pdf_name("/Sig"),
            pdf_name("/T"): generic.TextStringObject(SEAL_FIELD),
            pdf_name("/TU"): generic.TextStringObject("Segel elektronik instansi"),
            pdf_name("/F"): generic.NumberObject(_ANNOTATION_FLAGS),
            pdf_name("/P"): page_ref,
            pdf_name("/Rect"): generic.ArrayObject([generic.NumberObject(0)] * 4),
        }
    )
    reference = writer.add_object(widget)
    writer.register_annotation(page_ref, reference)
    return reference


def _pages(writer: IncrementalPdfFileWriter) -> list[generic.IndirectObject]:
    """Every page, in order. pyHanko would walk there anew for each, from the first."""
    pages, nodes = [], [writer.root.raw_get("/Pages")]
    while nodes:
        reference = nodes.pop()
        node = reference.get_object()
        if "/Kids" in node:
            nodes += reversed(node["/Kids"])
        else:
            pages.append(reference)
    return pages


def _draw_feet(
    writer: IncrementalPdfFileWriter,
    pages: Sequence[generic.IndirectObject],
    letters: Lettering,
    foot: Foot,
    free: Free,
) -> None:
    """Draws the foot on every page that has room for it; equal pages share one drawing."""
    opening = writer.add_object(generic.StreamObject(stream_data=b"q\n"))
    made: dict[tuple[PageBox, Rect], tuple[Any, Any]] = {}
    for index, page_ref in enumerate(pages):
        page = page_ref.get_object()
        box = page_box(page)
        spot = foot.place(box, partial(free, index + 1))
        if spot is None:
            continue
        if (box, spot) not in made:
            drawing = form(
                writer, letters, foot.draw(letters, spot, box.width), (spot.width, spot.height + 1)
            )
            closing = b"Q\n/Artifact <</Type /Pagination /Subtype /Footer>> BDC\n"
            closing += b"q %g %g %g %g %g %g cm " % box.matrix
            closing += b"1 0 0 1 %g %g cm %s Do Q\nEMC\n" % (spot.x, spot.y, _FOOT.encode())
            made[box, spot] = drawing, writer.add_object(generic.StreamObject(stream_data=closing))
        _overlay(writer, page_ref, opening, *made[box, spot])


def _overlay(
    writer: IncrementalPdfFileWriter, page_ref: Any, opening: Any, drawing: Any, closing: Any
) -> None:
    page = page_ref.get_object()
    old = page.raw_get("/Contents") if "/Contents" in page else None
    streams = [] if old is None else [old]
    if old is not None and isinstance(page["/Contents"], generic.ArrayObject):
        streams = list(page["/Contents"])
    page[pdf_name("/Contents")] = generic.ArrayObject([opening, *streams, closing])
    resources = generic.DictionaryObject(_inherited(page, "/Resources") or {})
    forms = resources.get("/XObject", {})
    resources[pdf_name("/XObject")] = generic.DictionaryObject(
        {**dict(forms), pdf_name(_FOOT): drawing}
    )
    page[pdf_name("/Resources")] = resources
    writer.mark_update(page_ref)
