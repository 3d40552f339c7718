"""Incremental saving and shadow attacks: something is appended after the signature."""

import re

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name

from tests.factories.signed import prepared, sign
from tests.security.attacks.cases import (
    EVIL,
    Case,
    attack,
    house,
    long_term,
    page_of,
    second,
    signed,
    signer,
    stream,
    updated,
)


@attack
def new_page_content() -> Case:
    def change(writer):
        page_of(writer)["/Contents"] = writer.add_object(stream(EVIL))

    return Case(updated(long_term(), change), "tampered")


@attack
def page_content_overwritten_in_place() -> Case:
    def change(writer):
        ref = page_of(writer).raw_get("/Contents").reference
        writer.objects[(ref.generation, ref.idnum)] = stream(EVIL)

    return Case(updated(signed(), change), "tampered")


@attack
def font_replaced() -> Case:
    def change(writer):
        fonts = page_of(writer)["/Resources"]["/Font"]
        font = generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Font"),
                pdf_name("/Subtype"): pdf_name("/Type1"),
                pdf_name("/BaseFont"): pdf_name("/ZapfDingbats"),
            }
        )
        fonts["/F1"] = writer.add_object(font)
        writer.update_container(fonts)

    return Case(updated(signed(), change), "tampered")


@attack
def page_turned_and_cropped() -> Case:
    def change(writer):
        page = page_of(writer)
        page["/CropBox"] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 100, 100)))
        page["/Rotate"] = generic.NumberObject(180)

    return Case(updated(signed(), change), "tampered")


@attack
def page_added() -> Case:
    def change(writer):
        pages = writer.root["/Pages"]
        extra = generic.DictionaryObject(page_of(writer))
        extra["/Contents"] = writer.add_object(stream(EVIL))
        pages["/Kids"].append(writer.add_object(extra))
        pages["/Count"] = generic.NumberObject(2)
        writer.update_container(pages)
        writer.update_container(pages["/Kids"])

    return Case(updated(signed(), change), "tampered")


@attack
def script_on_opening() -> Case:
    def change(writer):
        action = generic.DictionaryObject(
            {
                pdf_name("/S"): pdf_name("/JavaScript"),
                pdf_name("/JS"): generic.TextStringObject("this.pageNum = 1"),
            }
        )
        writer.root["/OpenAction"] = writer.add_object(action)
        writer.update_root()

    return Case(updated(signed(), change), "tampered")


@attack
def layers_switched_in_the_catalogue() -> Case:
    def change(writer):
        group = generic.DictionaryObject({pdf_name("/Type"): pdf_name("/OCG")})
        ref = writer.add_object(group)
        writer.root["/OCProperties"] = generic.DictionaryObject(
            {
                pdf_name("/OCGs"): generic.ArrayObject([ref]),
                pdf_name("/D"): generic.DictionaryObject(
                    {pdf_name("/OFF"): generic.ArrayObject([ref])}
                ),
            }
        )
        writer.update_root()

    return Case(updated(signed(), change), "tampered")


@attack
def objects_without_a_table() -> Case:
    evil = b"\n4 0 obj\n<</Evil true>>\nendobj\n%%EOF\n"
    return Case(signed() + evil, "tampered|unreadable")


@attack
def objects_without_an_end() -> Case:
    return Case(signed() + b"\n4 0 obj\n<</Evil true>>\nendobj\n", "tampered")


@attack
def objects_under_the_old_table() -> Case:
    start = re.findall(rb"startxref\s+(\d+)", signed())[-1]
    update = b"\n4 0 obj\n<</Evil true>>\nendobj\nstartxref\n%b\n%%%%EOF\n" % start
    return Case(signed() + update, "tampered")


@attack
def hidden_object_before_an_honest_update() -> Case:
    """Objects in no table, in front of a second signature that is in order itself."""
    smuggled = signed(2) + b"\n4 0 obj\n<</Evil true>>\nendobj\n"
    return Case(sign(smuggled, second(), field="ttd2"), "tampered")


@attack
def table_that_reaches_back() -> Case:
    """Shadow attack, hide and replace: the table points an object to bytes signed elsewhere."""
    data = signed()
    offsets = [(m.start(1), int(m[1])) for m in re.finditer(rb"(?m)^(\d+) 0 obj", data)]
    (place, _), (_, victim) = offsets[1], offsets[3]
    start = len(data) + 1
    previous = re.findall(rb"startxref\s+(\d+)", data)[-1]
    trailer = re.findall(rb"/Root (\d+ \d+ R)", data)[-1]
    size = max(number for _, number in offsets) + 1
    update = (
        b"\nxref\n%d 1\n%010d 00000 n \ntrailer\n<< /Size %d /Root %b /Prev %b >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (victim, place, size, trailer, previous, start)
    )
    return Case(data + update, "tampered|unreadable")


@attack
def object_set_free() -> Case:
    data = signed()
    offsets = [int(m[1]) for m in re.finditer(rb"(?m)^(\d+) 0 obj", data)]
    previous = re.findall(rb"startxref\s+(\d+)", data)[-1]
    root = re.findall(rb"/Root (\d+ \d+ R)", data)[-1]
    update = (
        b"\nxref\n%d 1\n0000000000 00001 f \ntrailer\n<< /Size %d /Root %b /Prev %b >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (offsets[2], max(offsets) + 1, root, previous, len(data) + 1)
    )
    return Case(data + update, "tampered|unreadable|not-signed")


@attack
def archive_behind_the_end() -> Case:
    """A polyglot: the same file is a ZIP archive for whoever opens it as one."""
    return Case(long_term() + b"PK\x05\x06" + bytes(18), "tampered")


@attack
def page_of_markup_before_the_start() -> Case:
    return Case(b"<html><body>Surat lain</body></html>\n" + signed(), "tampered|unreadable")


@attack
def signature_field_removed() -> Case:
    """Signature exclusion: what remains must not pass as signed."""

    def change(writer):
        form = writer.root["/AcroForm"]
        form["/Fields"] = generic.ArrayObject()
        writer.update_container(form)
        page_of(writer)["/Contents"] = writer.add_object(stream(EVIL))

    return Case(updated(signed(), change), "not-signed")


def _form_letter() -> bytes:
    """A letter with a text field, as a form is."""

    def change(writer):
        field = generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Annot"),
                pdf_name("/Subtype"): pdf_name("/Widget"),
                pdf_name("/FT"): pdf_name("/Tx"),
                pdf_name("/T"): generic.TextStringObject("jumlah"),
                pdf_name("/V"): generic.TextStringObject("Rp 1.000"),
                pdf_name("/Rect"): generic.ArrayObject(
                    map(generic.NumberObject, (60, 400, 200, 420))
                ),
            }
        )
        ref = writer.add_object(field)
        writer.root["/AcroForm"]["/Fields"].append(ref)
        writer.update_container(writer.root["/AcroForm"]["/Fields"])
        page = page_of(writer)
        page["/Annots"].append(ref)
        writer.update_container(page["/Annots"])

    return updated(prepared(1), change)


@attack
def form_value_changed() -> Case:
    def change(writer):
        field = writer.root["/AcroForm"]["/Fields"][1]
        field["/V"] = generic.TextStringObject("Rp 9.000.000")
        writer.update_container(field)

    return Case(updated(sign(_form_letter(), signer()), change), "tampered")


@attack
def form_drawing_changed() -> Case:
    """Shadow attack on a form: the value stays, what is shown does not."""

    def change(writer):
        field = writer.root["/AcroForm"]["/Fields"][1]
        look = writer.add_object(stream(EVIL, Type=pdf_name("/XObject"), Subtype=pdf_name("/Form")))
        field["/AP"] = generic.DictionaryObject({pdf_name("/N"): look})
        writer.update_container(field)

    return Case(updated(sign(_form_letter(), signer()), change), "tampered")


@attack
def form_asked_to_redraw_itself() -> Case:
    def change(writer):
        form = writer.root["/AcroForm"]
        form["/NeedAppearances"] = generic.BooleanObject(value=True)
        writer.update_container(form)

    return Case(updated(sign(_form_letter(), signer()), change), "tampered")


@attack
def trusted_second_signer_changes_the_page_too() -> Case:
    def change(writer):
        page_of(writer)["/Contents"] = writer.add_object(stream(EVIL))

    changed = updated(signed(2), change)
    return Case(sign(changed, house().issue("Drs. Contoh Ketiga"), field="ttd2"), "tampered")
