"""Form fields and what they share with the page: changes that hide in what is allowed."""

import io
from functools import lru_cache

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import DictionaryObject, NumberObject, TextStringObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from tests.factories.authorities import House
from tests.factories.pdfs import make_pdf
from tests.factories.signed import prepared, sign, stamper_of
from tests.security.attacks.cases import (
    EVIL,
    NOW,
    Case,
    attack,
    box,
    drawing,
    letter,
    page_of,
    revision,
    second,
    signed,
    signer,
    stream,
    updated,
)


def _fields(writer):
    return writer.root["/AcroForm"]["/Fields"]


def _base(change, count: int = 2) -> bytes:
    """A letter prepared by a forger, then signed in good faith."""
    return sign(updated(prepared(count), change), signer())


def _form(writer, content: bytes, **entries):
    return writer.add_object(
        stream(
            content,
            Type=pdf_name("/XObject"),
            Subtype=pdf_name("/Form"),
            BBox=box(0, 0, 500, 600),
            **entries,
        )
    )


WHITE = b"1 1 1 rg 0 0 500 600 re f"


@attack
def signature_box_over_a_scan() -> Case:
    """A scanned page has no words for a program to find; hiding them is hiding all the same."""
    scan = sign(prepared(1, make_pdf(scan=True, dpi=72)), signer())
    over = sign(scan, second(), field="baru", box=(60, 400, 400, 640), opaque=True)
    return Case(over, "tampered")


@attack
def signature_box_over_another_signature() -> Case:
    """The first signer's name is covered by the second's."""
    over = sign(signed(), second(), field="baru", box=(60, 120, 250, 200), opaque=True)
    return Case(over, "tampered")


@attack
def time_stamp_that_looks_like_a_signature() -> Case:
    """A stranger's time stamp proves nothing, but the picture it wears may claim anything."""
    liar = House("Bukan Contoh", NOW)
    stamp = stamper_of(liar.stamper(), NOW)
    return Case(_visible_stamp(signed(), stamp), "tampered")


def _visible_stamp(data: bytes, stamper: DummyTimeStamper) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    spec = fields.SigFieldSpec("stempel", box=(320, 120, 510, 200))
    fields.append_signature_field(writer, spec)
    field = _fields(writer)[-1]
    field["/AP"] = DictionaryObject({pdf_name("/N"): drawing(writer, 190, 80)})
    writer.update_container(field)
    out = io.BytesIO()
    signers.PdfTimeStamper(stamper, field_name="stempel").timestamp_pdf(
        writer, "sha256", output=out
    )
    return out.getvalue()


@attack
def hidden_signature_box_shown() -> Case:
    """Shadow attack: a drawing signed while invisible is made visible afterwards."""

    def hide(writer):
        field = _fields(writer)[1]
        field["/F"] = NumberObject(2)
        field["/AP"] = DictionaryObject({pdf_name("/N"): _form(writer, WHITE)})
        field["/Rect"] = box(60, 640, 400, 760)
        writer.update_container(field)

    def show(writer):
        _fields(writer)[1]["/F"] = NumberObject(4)
        writer.update_container(_fields(writer)[1])

    return Case(updated(_base(hide), show), "tampered")


@attack
def drawing_of_a_drawing_replaced() -> Case:
    """The appearance stays the same object; what it refers to does not."""

    def nest(writer):
        field = _fields(writer)[1]
        inner = _form(writer, b"")
        outer = _form(
            writer,
            b"/X0 Do",
            Resources=DictionaryObject(
                {pdf_name("/XObject"): DictionaryObject({pdf_name("/X0"): inner})}
            ),
        )
        field["/AP"] = DictionaryObject({pdf_name("/N"): outer})
        field["/Rect"] = box(60, 640, 400, 760)
        writer.update_container(field)

    def fill(writer):
        outer = _fields(writer)[1]["/AP"]["/N"]
        ref = outer["/Resources"]["/XObject"].raw_get("/X0").reference
        writer.objects[(ref.generation, ref.idnum)] = stream(
            WHITE, Type=pdf_name("/XObject"), Subtype=pdf_name("/Form"), BBox=box(0, 0, 500, 600)
        )

    return Case(updated(_base(nest), fill), "tampered")


@attack
def page_that_draws_a_signatures_box() -> Case:
    """A drawing shared by the page and an empty field changes when the field is signed."""

    def share(writer):
        shared = _form(writer, b"")
        field = _fields(writer)[1]
        field["/AP"] = DictionaryObject({pdf_name("/N"): shared})
        writer.update_container(field)
        page = page_of(writer)
        page["/Resources"]["/XObject"] = DictionaryObject({pdf_name("/Fm0"): shared})
        writer.update_container(page["/Resources"])
        old = page["/Contents"].data
        page["/Contents"] = writer.add_object(stream(old + b"\nq /Fm0 Do Q"))

    def replace(writer):
        ref = _fields(writer)[1]["/AP"].raw_get("/N").reference
        writer.objects[(ref.generation, ref.idnum)] = stream(
            WHITE, Type=pdf_name("/XObject"), Subtype=pdf_name("/Form"), BBox=box(0, 0, 500, 600)
        )

    changed = updated(_base(share), replace)
    return Case(sign(changed, second(), field="ttd2"), "tampered")


XMP = (
    b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    b'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt><rdf:li xml:lang="x-default">'
    b'%b</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)


def _described(data: bytes, words: bytes) -> bytes:
    """Writes the description anew, under the number it has."""
    said = XMP % words
    head = b"<< /Type /Metadata /Subtype /XML /Length %d >>" % len(said)
    number = PdfFileReader(io.BytesIO(data)).root.raw_get("/Metadata").idnum
    return revision(data, {number: head + b"\nstream\n" + said + b"\nendstream"})


@attack
def title_changed_in_the_metadata() -> Case:
    return Case(_described(signed(), b"Keputusan Rp 9.000.000"), "tampered")


@attack
def title_changed_in_the_information() -> Case:
    def name(title: str):
        def change(writer):
            info = DictionaryObject({pdf_name("/Title"): TextStringObject(title)})
            writer.set_info(writer.add_object(info))

        return change

    return Case(updated(_base(name("Rp 1.000")), name("Rp 9.000.000")), "tampered")


def _shown_as_well(number: int) -> bytes:
    """A letter whose page also draws an object that signing will make: the file's metadata."""

    def share(writer):
        page = page_of(writer)
        both = [page.raw_get("/Contents"), generic.IndirectObject(number, 0, writer)]
        page["/Contents"] = generic.ArrayObject(both)

    return sign(updated(letter(), share), signer())


@attack
def metadata_that_is_the_page_as_well() -> Case:
    """One stream, read as a description and as the page's content."""
    drawn = _shown_as_well(99)
    number = PdfFileReader(io.BytesIO(drawn)).root.raw_get("/Metadata").idnum
    words = b"\nBT /F1 40 Tf 60 500 Td (Rp 9.000) Tj ET\n"
    remark = b"</rdf:li><!--" + words + b"--><rdf:li>"
    return Case(_described(_shown_as_well(number), remark), "tampered")


@attack
def information_that_is_the_font_as_well() -> Case:
    """The file's information and the page's font are one dictionary."""

    def share(writer):
        writer.set_info(page_of(writer)["/Resources"]["/Font"].raw_get("/F1"))

    def replace(writer):
        info = page_of(writer)["/Resources"]["/Font"]["/F1"]
        info["/BaseFont"] = pdf_name("/ZapfDingbats")
        writer.update_container(info)

    return Case(updated(_base(share, 1), replace), "tampered|unreadable")


@attack
def default_font_of_the_form_replaced() -> Case:
    """Readers that redraw a text field take the font from the form's own resources."""

    def with_font(kind: str):
        def change(writer):
            font = DictionaryObject(
                {
                    pdf_name("/Type"): pdf_name("/Font"),
                    pdf_name("/Subtype"): pdf_name("/Type1"),
                    pdf_name("/BaseFont"): pdf_name(kind),
                }
            )
            fonts = DictionaryObject({pdf_name("/Helv"): writer.add_object(font)})
            form = writer.root["/AcroForm"]
            form["/DR"] = DictionaryObject({pdf_name("/Font"): fonts})
            form["/DA"] = TextStringObject("/Helv 11 Tf 0 g")
            writer.update_container(form)

        return change

    return Case(updated(_base(with_font("/Helvetica")), with_font("/ZapfDingbats")), "tampered")


@attack
def default_appearance_of_the_form_replaced() -> Case:
    """White letters, or letters of no size, for readers that redraw a field."""

    def with_colour(words: str):
        def change(writer):
            form = writer.root["/AcroForm"]
            form["/DA"] = TextStringObject(words)
            writer.update_container(form)

        return change

    base = _base(with_colour("/Helv 11 Tf 0 g"))
    return Case(updated(base, with_colour("/Helv 11 Tf 1 g")), "tampered")


def _with_action(writer, key: str, kind: str, **entries):
    action = DictionaryObject(
        {pdf_name("/S"): pdf_name(kind)} | {pdf_name(f"/{k}"): v for k, v in entries.items()}
    )
    field = DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Widget"),
            pdf_name("/FT"): pdf_name("/Sig"),
            pdf_name("/T"): TextStringObject("tambahan"),
            pdf_name("/Rect"): box(60, 640, 400, 760),
            pdf_name("/F"): NumberObject(4),
            pdf_name(key): writer.add_object(action),
        }
    )
    ref = writer.add_object(field)
    _fields(writer).append(ref)
    writer.update_container(_fields(writer))
    page = page_of(writer)
    page["/Annots"].append(ref)
    writer.update_container(page["/Annots"])


@attack
def link_laid_over_the_page_as_a_signature_field() -> Case:
    def change(writer):
        _with_action(writer, "/A", "/URI", URI=TextStringObject("https://naskah-contoh.test/v/1"))

    return Case(updated(signed(), change), "tampered")


@attack
def script_in_a_new_signature_field() -> Case:
    def change(writer):
        _with_action(writer, "/A", "/JavaScript", JS=TextStringObject("this.pageNum = 1"))

    return Case(updated(signed(), change), "tampered")


@attack
def two_drawings_in_one_new_field() -> Case:
    """A second widget of a signed field repeats its picture on words."""

    def change(writer):
        field = _fields(writer)[0]
        look = field["/AP"].raw_get("/N")
        widget = DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Annot"),
                pdf_name("/Subtype"): pdf_name("/Widget"),
                pdf_name("/Parent"): _fields(writer).raw_get(0),
                pdf_name("/Rect"): box(60, 640, 400, 760),
                pdf_name("/F"): NumberObject(4),
                pdf_name("/AP"): DictionaryObject({pdf_name("/N"): look}),
            }
        )
        ref = writer.add_object(widget)
        page = page_of(writer)
        page["/Annots"].append(ref)
        writer.update_container(page["/Annots"])

    return Case(updated(signed(), change), "tampered")


@attack
def value_of_the_signature_restated() -> Case:
    """The signature dictionary is written again: the same words under the same number."""

    def change(writer):
        value = _fields(writer)[0].raw_get("/V").reference
        writer.objects[(value.generation, value.idnum)] = _fields(writer)[0]["/V"]

    return Case(updated(signed(), change), "tampered|invalid")


@attack
def signers_name_restated() -> Case:
    """The signed field points to a copy of its signature that names somebody else."""

    def change(writer):
        field = _fields(writer)[0]
        copy = DictionaryObject(field["/V"])
        copy["/Name"] = TextStringObject("Bupati Contoh")
        field["/V"] = writer.add_object(copy)
        writer.update_container(field)

    return Case(updated(signed(), change), "tampered|invalid")


@attack
def another_catalogue_from_the_signed_bytes() -> Case:
    """A second catalogue lay unused in the signed file; only the trailer changes afterwards."""
    prepared_letter, number = _two_catalogues()
    return Case(
        revision(prepared_letter, {}, trailer={"Root": b"%d 0 R" % number}), "tampered|unreadable"
    )


@lru_cache
def _two_catalogues() -> tuple[bytes, int]:
    numbers = []

    def change(writer):
        page = DictionaryObject(page_of(writer))
        page["/Contents"] = writer.add_object(stream(EVIL))
        pages = DictionaryObject(writer.root["/Pages"])
        pages["/Kids"] = generic.ArrayObject([writer.add_object(page)])
        root = DictionaryObject(writer.root)
        root["/Pages"] = writer.add_object(pages)
        numbers.append(writer.add_object(root).idnum)

    return sign(updated(letter(), change), signer()), numbers[0]
