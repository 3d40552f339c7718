"""Nothing that acts, hides, deceives or explodes passes the preflight; ordinary papers do.

Most run the preflight in this process for speed; what is meant to exhaust a process runs in the
sandbox.
"""

import io
import zlib
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String

from backend.core.errors import Problem
from backend.core.sandbox import Limits, Sandbox, SandboxMemory, SandboxTimeout
from backend.core.settings import Settings
from backend.documents import problems  # noqa: F401 (declares the codes)
from backend.documents.pdf import bombs, clean
from tests.factories import hostile, signed
from tests.factories.authorities import House
from tests.factories.hostile import (
    action,
    add_object,
    annotate,
    appearance,
    content,
    field,
    image,
    layers,
    letter,
    script,
    set_page,
    set_root,
)
from tests.factories.pdfs import bomb, make_pdf
from tests.support.clock import START

MIB = 1024 * 1024


@pytest.fixture
def preflight(tmp_path: Path):
    def run(data: bytes, max_pages: int = 2000):
        (tmp_path / "in.pdf").write_bytes(data)
        answer = clean.main({"max_pages": max_pages}, tmp_path)
        if "refused" in answer:
            assert answer["refused"]["code"] in Problem.registry
            return answer["refused"]["code"], None
        return answer["findings"], pikepdf.open(tmp_path / "clean.pdf")

    return run


@pytest.fixture
def signed_letter() -> bytes:
    return signed.sign(signed.prepared(), House("Contoh", START).issue("Pejabat Contoh"))


HELVETICA = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
JPEG = b"\xff\xd8\xff\xe0" + bytes(2000)
DOCX = b"PK\x03\x04" + bytes(500)


def _embedded_file(pdf: Pdf) -> Dictionary:
    return Dictionary(
        Type=Name.Filespec,
        F=String("program.exe"),
        EF=Dictionary(F=pdf.make_stream(b"MZ", Type=Name.EmbeddedFile)),
    )


def _attach(pdf: Pdf) -> None:
    spec = pdf.make_indirect(_embedded_file(pdf))
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=[String("a"), spec]))


def _indirect_kind(pdf: Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=pdf.make_indirect(Name.JavaScript), X=String("app.alert()"))


def _chained(pdf: Pdf) -> None:
    link = action("URI", URI=String("https://contoh.test"), Next=pdf.make_indirect(script()))
    annotate("Link", A=link)(pdf)


def _outline(pdf: Pdf) -> None:
    item = pdf.make_indirect(Dictionary(Title=String("Bab"), A=script()))
    pdf.Root.Outlines = Dictionary(First=item, Last=item, Count=1)


def _external_stream(pdf: Pdf) -> None:
    stream = pdf.make_stream(b"")
    stream.F = String("/etc/passwd")
    pdf.pages[0].obj.Contents = stream


def _reference(pdf: Pdf) -> pikepdf.Stream:
    form = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 1, 1])
    form.Ref = Dictionary(F=Dictionary(Type=Name.Filespec, F=String("lain.pdf")), Page=0)
    return form


def _no_pages(pdf: Pdf) -> None:
    del pdf.pages[0]


REFUSED = {
    "nothing": (lambda: b"", "empty"),
    "only blanks": (lambda: b" \r\n\x00", "empty"),
    "a picture": (lambda: JPEG, "not-a-pdf"),
    "a word processor's file": (lambda: DOCX, "not-a-pdf"),
    "a page of the web": (lambda: b"<html><script>1</script></html>", "not-a-pdf"),
    "a program before the header": (lambda: b"#!/bin/sh\n" + make_pdf(), "disguised"),
    "a zip behind the end": (hostile.with_zip_behind, "disguised"),
    "a zip in a comment": (hostile.with_zip_in_a_comment, "disguised"),
    "a script behind the end": (lambda: make_pdf() + b"<script>alert(1)</script>", "disguised"),
    "half a file": (lambda: make_pdf()[:6000], "cut-short"),
    "an unknown version": (lambda: make_pdf().replace(b"%PDF-1.", b"%PDF-7."), "malformed"),
    "a wrong table": (lambda: make_pdf().replace(b"startxref\n", b"startxref\n9"), "malformed"),
    "no objects": (lambda: b"%PDF-1.7\nxxxx\nstartxref\n0\n%%EOF\n", "malformed"),
    "a page tree in a circle": (hostile.circular_pages, "malformed"),
    "an endless nest": (lambda: hostile.nested_arrays(20_000), "malformed"),
    "a broken stream": (
        lambda: letter(content(b"x\x9cnothing deflated", Name.FlateDecode)),
        "malformed",
    ),
    "no page": (lambda: letter(_no_pages), "empty"),
    "a password": (lambda: hostile.encrypted("rahasia"), "encrypted"),
    "an owner's password": (lambda: hostile.encrypted(""), "encrypted"),
    "script at opening": (lambda: letter(set_root("OpenAction", script())), "javascript"),
    "script with a number for its kind": (lambda: letter(_indirect_kind), "javascript"),
    "script by name": (
        lambda: letter(
            set_root("Names", Dictionary(JavaScript=Dictionary(Names=[String("a"), script()])))
        ),
        "javascript",
    ),
    "script before printing": (
        lambda: letter(set_root("AA", Dictionary(WP=script()))),
        "javascript",
    ),
    "script on a page": (lambda: letter(set_page("AA", Dictionary(O=script()))), "javascript"),
    "script in a note": (lambda: letter(annotate("Link", A=script())), "javascript"),
    "script in a field": (lambda: letter(field(AA=Dictionary(K=script()))), "javascript"),
    "script after a link": (lambda: letter(_chained), "javascript"),
    "script in an outline": (lambda: letter(_outline), "javascript"),
    "script as an address": (
        lambda: letter(annotate("Link", A=action("URI", URI=String(" JavaScript:alert(1)")))),
        "javascript",
    ),
    "script under a disguised name": (
        lambda: hostile.by_hand(b"/OpenAction << /S /J#61vaScript /J#53 (app.alert\\(1\\)) >>"),
        "javascript",
    ),
    "a program to launch": (
        lambda: letter(annotate("Link", A=action("Launch", F=String("cmd.exe")))),
        "launch-action",
    ),
    "another file to open": (lambda: letter(annotate("Link", A=action("GoToR"))), "outward-action"),
    "an embedded file to open": (
        lambda: letter(annotate("Link", A=action("GoToE"))),
        "outward-action",
    ),
    "a form to send": (lambda: letter(field(A=action("SubmitForm"))), "outward-action"),
    "data to fetch": (
        lambda: letter(set_root("OpenAction", action("ImportData"))),
        "outward-action",
    ),
    "an XFA form": (lambda: letter(set_root("AcroForm", Dictionary(XFA=String("<xdp/>")))), "xfa"),
    "an attachment": (lambda: letter(_attach), "embedded-files"),
    "an attached note": (
        lambda: letter(lambda pdf: annotate("FileAttachment", FS=_embedded_file(pdf))(pdf)),
        "embedded-files",
    ),
    "a portfolio": (lambda: letter(set_root("Collection", Dictionary())), "embedded-files"),
    "a film": (lambda: letter(annotate("RichMedia")), "multimedia"),
    "a solid": (lambda: letter(annotate("3D")), "multimedia"),
    "a sound": (lambda: letter(annotate("Sound")), "multimedia"),
    "a screen": (lambda: letter(annotate("Screen")), "multimedia"),
    "a page from elsewhere": (lambda: letter(add_object("R", _reference)), "external-content"),
    "a stream from elsewhere": (lambda: letter(_external_stream), "external-content"),
    "content that unfolds": (lambda: letter(content(bomb(32), Name.FlateDecode)), "bomb"),
    "content that unfolds twice": (
        lambda: letter(content(zlib.compress(bomb(40)), [Name.FlateDecode, Name.FlateDecode])),
        "bomb",
    ),
    "too many coatings": (lambda: letter(content(b"00", [Name.ASCIIHexDecode] * 5)), "bomb"),
    "an image larger than it says": (
        lambda: letter(add_object("I", lambda pdf: image(pdf, bomb(8), 100, 100))),
        "bomb",
    ),
    "an image too large": (
        lambda: letter(add_object("I", lambda pdf: image(pdf, b"", 60_000, 60_000))),
        "too-many-pixels",
    ),
    "an image without a size": (
        lambda: letter(add_object("I", lambda pdf: image(pdf, b"", 0, 10))),
        "malformed",
    ),
    "a page like a strip": (lambda: letter(set_page("MediaBox", [0, 0, 10, 9000])), "odd-page"),
    "a page like a field": (lambda: letter(set_page("MediaBox", [0, 0, 14400, 14400])), "odd-page"),
    "a page in other units": (lambda: letter(set_page("UserUnit", 10)), "odd-page"),
    "a layer that is off": (lambda: letter(layers(off=True)), "hidden-layers"),
    "a layer for the printer": (lambda: letter(layers(usage=True)), "hidden-layers"),
    "a layer that depends": (lambda: letter(layers(membership=True)), "hidden-layers"),
    "a font left at home": (
        lambda: letter(
            add_object("T", lambda pdf: hostile.drawn_text(pdf, "BT /F9 9 Tf (x) Tj ET", HELVETICA))
        ),
        "fonts-not-embedded",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_refuses(preflight, name):
    make, code = REFUSED[name]
    assert preflight(make())[0] == f"documents/{code}"


def test_it_refuses_more_pages_than_the_ceiling(preflight):
    assert preflight(make_pdf(pages=3), max_pages=2)[0] == "documents/too-many-pages"


class TestOrdinary:
    @pytest.mark.parametrize(
        "facts",
        [
            {"size": "A4"},
            {"size": "F4", "landscape": True},
            {"pages": 4, "size": ["A4", "F4", "A3", "letter"]},
            {"rotate": 90},
            {"scan": True, "dpi": 100},
        ],
    )
    def test_papers_pass(self, preflight, facts):
        findings, pdf = preflight(make_pdf(**facts))
        assert {f["code"] for f in findings} <= {"pages-turned"}
        assert len(pdf.pages) == facts.get("pages", 1)

    def test_white_space_around_the_file_is_no_disguise(self, preflight):
        assert preflight(b"\r\n" + make_pdf() + b"\r\n\x00\x00")[0] in ([], "documents/malformed")

    def test_a_blank_scan_is_no_bomb(self, preflight):
        white = zlib.compress(b"\xff" * (2480 * 3508), 9)
        data = letter(add_object("I", lambda pdf: image(pdf, white, 2480, 3508)))
        assert preflight(data)[0] == []

    def test_invisible_text_over_a_scan_may_name_any_font(self, preflight):
        ocr = "BT 3 Tr /F9 9 Tf (x) Tj ET"
        data = letter(add_object("T", lambda pdf: hostile.drawn_text(pdf, ocr, HELVETICA)))
        assert preflight(data)[0] == []

    def test_plain_links_stay(self, preflight):
        link = action("URI", URI=String("https://contoh.test/peraturan"))
        _, pdf = preflight(letter(annotate("Link", A=link)))
        assert str(pdf.pages[0].obj.Annots[0].A.URI) == "https://contoh.test/peraturan"


class TestOneMeaning:
    """What is drawn is all there is."""

    def test_forms_are_drawn_into_the_page(self, preflight):
        def change(pdf: Pdf) -> None:
            field(V=String("Rp 1.000"), AP=appearance(pdf))(pdf)

        findings, pdf = preflight(letter(change))
        assert findings == [{"code": "forms-flattened", "params": {"count": 1}}]
        assert "/AcroForm" not in pdf.Root
        assert "/Annots" not in pdf.pages[0].obj

    def test_visible_notes_are_drawn_and_hidden_ones_removed(self, preflight):
        def change(pdf: Pdf) -> None:
            annotate("Stamp", AP=appearance(pdf), F=4)(pdf)
            annotate("FreeText", AP=appearance(pdf, "0 g 0 0 100 30 re f"), F=2)(pdf)
            annotate("Text", Contents=String("komentar"), AP=appearance(pdf))(pdf)

        findings, pdf = preflight(letter(change))
        assert {f["code"]: f["params"]["count"] for f in findings} == {
            "annotations-flattened": 1,
            "annotations-removed": 2,
        }
        assert "/Annots" not in pdf.pages[0].obj

    def test_layers_that_everybody_sees_become_plain(self, preflight):
        findings, pdf = preflight(letter(layers()))
        assert findings == [{"code": "layers-merged", "params": {}}]
        assert "/OCProperties" not in pdf.Root

    def test_what_an_earlier_save_left_behind_is_gone(self, preflight):
        def change(pdf: Pdf) -> None:
            pdf.Root.PieceInfo = Dictionary(X=pdf.make_stream(b"RAHASIA LAMA"))
            pdf.pages[0].obj.Thumb = pdf.make_stream(b"gambar lain")

        first = letter(change)
        _, pdf = preflight(first)
        assert "/PieceInfo" not in pdf.Root
        assert "/Thumb" not in pdf.pages[0].obj
        streams = [o.read_bytes() for o in pdf.objects if isinstance(o, pikepdf.Stream)]
        assert b"RAHASIA LAMA" not in streams

    def test_another_picture_for_the_printer_is_gone(self, preflight):
        def change(pdf: Pdf) -> None:
            shown = image(pdf, zlib.compress(bytes(100)), 10, 10)
            other = image(pdf, zlib.compress(b"\xff" * 100), 10, 10)
            shown.Alternates = Array([Dictionary(Image=other, DefaultForPrinting=True)])
            pdf.pages[0].add_resource(shown, Name.XObject, Name.I)
            pdf.pages[0].contents_add(b"q 50 0 0 50 60 60 cm /I Do Q")

        _, pdf = preflight(letter(change))
        assert not any("/Alternates" in o.stream_dict for o in pdf.objects if _is_stream(o))

    def test_what_lies_outside_the_visible_part_stays_outside(self, preflight, tmp_path):
        before = make_pdf()
        data = letter(set_page("CropBox", [100, 200, 500, 800]))
        _, pdf = preflight(data)
        page = pdf.pages[0]
        assert [float(v) for v in page.mediabox] == [0, 0, 400, 600]
        assert "/CropBox" not in page.obj
        whole, part = (_picture(d) for d in (before, (tmp_path / "clean.pdf").read_bytes()))
        # Points from the top left: 841.89 − 800 = 41.89.
        assert _alike(whole.crop((100, 42, 500, 642)), part)

    def test_no_unreachable_object_is_written(self, preflight):
        def change(pdf: Pdf) -> None:
            pdf.make_indirect(Dictionary(Orphan=String("tersembunyi")))

        _, pdf = preflight(letter(change))
        assert not any(isinstance(o, Dictionary) and "/Orphan" in o for o in pdf.objects)

    def test_the_result_is_plain_for_any_signer(self, preflight, tmp_path):
        preflight(make_pdf(pages=2))
        data = (tmp_path / "clean.pdf").read_bytes()
        assert data.startswith(b"%PDF-1.7")
        assert b"/ObjStm" not in data
        assert b"/XRef" not in data
        preflight(data)
        assert (tmp_path / "clean.pdf").read_bytes() == data


class TestSigned:
    def test_a_signature_that_holds_is_not_broken(self, preflight, signed_letter):
        assert preflight(signed_letter)[0] == "documents/already-signed"

    def test_a_signature_that_fails_is_named(self, preflight, signed_letter):
        at = signed_letter.index(b"/MediaBox")
        forged = signed_letter[:at] + signed_letter[at:].replace(b"595.28", b"595.29", 1)
        assert preflight(forged)[0] == "documents/signature-fails"


class TestInTheSandbox:
    @pytest.fixture
    def sandbox(self, tmp_path) -> Sandbox:
        return Sandbox(Settings(home=tmp_path))

    def run(self, sandbox: Sandbox, module: str, data: bytes, request, **limits):
        with sandbox.run(
            f"backend.documents.pdf.{module}",
            request,
            inputs={"in.pdf": data},
            limits=Limits(**limits),
        ) as result:
            return result.answer

    def test_a_bomb_that_bursts_at_opening_meets_the_ceiling(self, sandbox):
        data = hostile.object_stream_bomb(160)
        try:
            answer = self.run(sandbox, "clean", data, {"max_pages": 9}, memory_bytes=224 * MIB)
        except SandboxMemory:
            return
        # qpdf may take the lack of memory for damage.
        assert answer["refused"]["code"] == "documents/malformed"

    def test_a_page_that_never_ends_meets_the_ceiling(self, sandbox):
        data = hostile.deep_forms(8, 30)
        with pytest.raises(SandboxTimeout):
            self.run(
                sandbox,
                "render",
                data,
                {"first": 1, "last": 1, "seconds": 9, "long": False},
                seconds=1.0,
            )


class TestFilters:
    """The measures taken before anything unfolds."""

    def test_lengths_of_lzw_are_counted_not_made(self):
        # «-----A---B», the example of ISO 32000-1, 7.4.4.2.
        coded = bytes.fromhex("800B6050220C0C8501")
        assert sum(map(len, bombs._lzw(coded))) == 10

    def test_run_lengths(self):
        assert b"".join(bombs._run_lengths(bytes([2, 1, 2, 3, 254, 9, 128]))) == b"\1\2\3\t\t\t"

    def test_text_codings(self):
        assert bombs._hex(b"48 61 6C6>") == b"Hal`"
        assert bombs._ascii85(b"<~87cURDZ~>") == b"Hello"


def _is_stream(item: object) -> bool:
    return isinstance(item, pikepdf.Stream)


def _picture(data: bytes):
    return pypdfium2.PdfDocument(io.BytesIO(data))[0].render(scale=1).to_pil().convert("L")


def _alike(one, other) -> bool:
    from PIL import ImageChops, ImageStat

    return one.size == other.size and ImageStat.Stat(ImageChops.difference(one, other)).mean[0] < 4
