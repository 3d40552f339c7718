"""Files that try something: each built from a real letter with one thing changed."""

import io
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from tests.factories.pdfs import make_pdf, saved

Change = Callable[[Pdf], Any]


def letter(change: Change | None = None, **facts: Any) -> bytes:
    """A letter after `change` touched its objects."""
    pdf = Pdf.open(io.BytesIO(make_pdf(**facts)))
    if change:
        change(pdf)
    return saved(pdf)


def action(kind: str, **facts: Any) -> Dictionary:
    return Dictionary(S=Name(f"/{kind}"), **facts)


def script() -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String("app.alert('halo')"))


def annotate(subtype: str, **facts: Any) -> Change:
    """Adds one annotation to the first page."""

    def change(pdf: Pdf) -> None:
        note = Dictionary(
            Type=Name.Annot, Subtype=Name(f"/{subtype}"), Rect=[60, 60, 160, 90], **facts
        )
        page = pdf.pages[0].obj
        page.Annots = Array([*page.get("/Annots", []), pdf.make_indirect(note)])

    return change


def set_root(key: str, value: Any) -> Change:
    def change(pdf: Pdf) -> None:
        pdf.Root[f"/{key}"] = value

    return change


def set_page(key: str, value: Any) -> Change:
    def change(pdf: Pdf) -> None:
        pdf.pages[0].obj[f"/{key}"] = value

    return change


def raw(text: bytes) -> Any:
    return pikepdf.Object.parse(text)


def field(**facts: Any) -> Change:
    """A form field on the first page; `facts` are further entries of the widget."""

    def change(pdf: Pdf) -> None:
        annotate("Widget", FT=Name.Tx, T=String("isian"), F=4, **facts)(pdf)
        widget = pdf.pages[0].obj.Annots[-1]
        pdf.Root.AcroForm = Dictionary(Fields=Array([widget]))

    return change


def drawn_text(pdf: Pdf, operators: str, font: Dictionary) -> Stream:
    """A form XObject that prints with this font."""
    return pdf.make_stream(
        operators.encode(),
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=[0, 0, 200, 50],
        Resources=Dictionary(Font=Dictionary(F9=font)),
    )


def appearance(pdf: Pdf, content: str = "0.8 g 0 0 100 30 re f") -> Dictionary:
    stream = pdf.make_stream(
        content.encode(), Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 100, 30]
    )
    return Dictionary(N=stream)


def add_object(name: str, make: Callable[[Pdf], Any]) -> Change:
    """Puts an XObject into the first page's resources and draws it."""

    def change(pdf: Pdf) -> None:
        page = pdf.pages[0]
        page.add_resource(make(pdf), Name.XObject, Name(f"/{name}"))
        page.contents_add(f"q 100 0 0 100 60 60 cm /{name} Do Q".encode())

    return change


def image(
    pdf: Pdf, data: bytes, width: int, height: int, filters: Any = Name.FlateDecode
) -> Stream:
    return pdf.make_indirect(
        Stream(
            pdf,
            data,
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=width,
            Height=height,
            ColorSpace=Name.DeviceGray,
            BitsPerComponent=8,
            Filter=filters,
        )
    )


def content(data: bytes, filters: Any) -> Change:
    def change(pdf: Pdf) -> None:
        pdf.pages[0].obj.Contents = pdf.make_indirect(Stream(pdf, data, Filter=filters))

    return change


def layers(*, off: bool = False, usage: bool = False, membership: bool = False) -> Change:
    def change(pdf: Pdf) -> None:
        group = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Lapisan")))
        default = Dictionary(Order=[group])
        if off:
            default.OFF = Array([group])
        if usage:
            default.AS = Array([Dictionary(Event=Name.Print, OCGs=[group], Category=[Name.Print])])
        pdf.Root.OCProperties = Dictionary(OCGs=[group], D=default)
        if membership:
            pdf.make_indirect(Dictionary(Type=Name.OCMD, OCGs=group))
            pdf.Root.OCProperties.Keep = pdf.make_indirect(Dictionary(Type=Name.OCMD, OCGs=group))
        page = pdf.pages[0]
        page.add_resource(group, Name.Properties, Name.MC0)
        page.contents_add(b"/OC /MC0 BDC 0.9 g 60 60 50 20 re f EMC")

    return change


def encrypted(user: str) -> bytes:
    out = io.BytesIO()
    Pdf.open(io.BytesIO(make_pdf())).save(
        out, encryption=pikepdf.Encryption(owner="pemilik", user=user, R=6)
    )
    return out.getvalue()


def with_zip_behind() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("program.exe", b"MZ")
    return make_pdf() + archive.getvalue()


def with_zip_in_a_comment() -> bytes:
    """A ZIP archive before the last line, which ZIP readers find all the same."""
    data = make_pdf()
    at = data.rindex(b"startxref")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("program.exe", b"MZ")
        file.comment = b"\n" + data[at:]
    inside = archive.getvalue()
    return data[:at] + b"%" + inside


def object_stream_bomb(megabytes: int) -> bytes:
    """The catalog lies in an object stream that unfolds a thousandfold when the file is opened."""
    body = b"1 0 2 50 << /Type /Catalog /Pages 2 0 R >>".ljust(60) + b"<< /Type /Pages /Kids [] >>"
    packed = zlib.compressobj(9)
    data = packed.compress(body)
    for _ in range(megabytes):
        data += packed.compress(bytes(1 << 20))
    data += packed.flush()
    head = b"%PDF-1.5\n"
    stream = (
        b"3 0 obj\n<< /Type /ObjStm /N 2 /First 8 /Filter /FlateDecode /Length %d >>\nstream\n"
        % len(data)
        + data
        + b"\nendstream\nendobj\n"
    )
    at = len(head) + len(stream)
    rows = b"".join(
        kind.to_bytes(1) + where.to_bytes(4) + index.to_bytes(1)
        for kind, where, index in ((0, 0, 0), (2, 3, 0), (2, 3, 1), (1, len(head), 0), (1, at, 0))
    )
    xref = (
        b"4 0 obj\n<< /Type /XRef /Size 5 /W [1 4 1] /Root 1 0 R /Length %d >>\nstream\n"
        % len(rows)
        + rows
        + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % at
    )
    return head + stream + xref


def circular_pages() -> bytes:
    def change(pdf: Pdf) -> None:
        pdf.Root.Pages.Kids.append(pdf.Root.Pages)

    return letter(change)


def deep_forms(levels: int, copies: int) -> bytes:
    """Forms that draw forms: `copies` to the power of `levels` rectangles."""

    def change(pdf: Pdf) -> None:
        form = pdf.make_stream(
            b"0 0 1 1 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 600, 900]
        )
        for _ in range(levels):
            form = pdf.make_stream(
                b"/X Do " * copies,
                Type=Name.XObject,
                Subtype=Name.Form,
                BBox=[0, 0, 600, 900],
                Resources=Dictionary(XObject=Dictionary(X=form)),
            )
        pdf.pages[0].add_resource(form, Name.XObject, Name.X)
        pdf.pages[0].contents_add(b"/X Do")

    return letter(change)


def nested_arrays(depth: int) -> bytes:
    data = make_pdf()
    at = data.index(b"/Type /Catalog")
    return data[:at] + b"/Deep " + b"[" * depth + b"]" * depth + b" " + data[at:]


def by_hand(catalog: bytes = b"") -> bytes:
    """A file of one page written byte by byte, with `catalog` as further entries of the catalog."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>",
    ]
    out = b"%PDF-1.7\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % at for at in offsets)
    return out + (
        b"xref\n0 4\n0000000000 65535 f \n%strailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (table, len(out))
    )
