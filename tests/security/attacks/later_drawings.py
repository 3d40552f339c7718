"""Attacks on certified files and by drawing over what was signed."""

from unittest.mock import patch

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.sign.signers import PdfSigner

from tests.factories.authorities import House
from tests.factories.signed import sign
from tests.security.attacks.cases import (
    NOW,
    Case,
    attack,
    box,
    certified,
    drawing,
    page_of,
    second,
    signed,
    updated,
)

OVER_THE_TEXT = (60, 640, 400, 760)


def _annotate(writer, subtype: str, **entries) -> None:
    look = drawing(writer, 340, 120)
    annotation = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name(subtype),
            pdf_name("/Rect"): box(*OVER_THE_TEXT),
            pdf_name("/F"): generic.NumberObject(4),
            pdf_name("/AP"): generic.DictionaryObject({pdf_name("/N"): look}),
            **{pdf_name(f"/{key}"): value for key, value in entries.items()},
        }
    )
    ref = writer.add_object(annotation)
    page = page_of(writer)
    page["/Annots"].append(ref)
    writer.update_container(page["/Annots"])
    if "FT" in entries:
        writer.root["/AcroForm"]["/Fields"].append(ref)
        writer.update_container(writer.root["/AcroForm"]["/Fields"])


@attack
def evil_annotation_on_a_certified_file() -> Case:
    return Case(updated(certified(3), lambda w: _annotate(w, "/FreeText")), "tampered")


@attack
def stamp_where_only_signatures_may_be_added() -> Case:
    return Case(updated(certified(2), lambda w: _annotate(w, "/Stamp")), "tampered")


@attack
def redaction_on_a_signed_file() -> Case:
    return Case(updated(signed(), lambda w: _annotate(w, "/Square")), "tampered")


@attack
def empty_signature_field_that_hides_words() -> Case:
    def change(writer):
        name = generic.TextStringObject("tambahan")
        _annotate(writer, "/Widget", FT=pdf_name("/Sig"), T=name)

    return Case(updated(signed(), change), "tampered")


@attack
def appearance_given_to_an_empty_field() -> Case:
    """A field that was there and invisible gets a drawing without being signed."""

    def change(writer):
        field = writer.root["/AcroForm"]["/Fields"][1]
        field["/AP"] = generic.DictionaryObject({pdf_name("/N"): drawing(writer, 190, 80)})
        writer.update_container(field)

    return Case(updated(signed(2), change), "tampered")


@attack
def sneaky_signature_by_a_stranger() -> Case:
    stranger = House("Bukan Contoh", NOW).issue("Orang Lain")
    over = sign(signed(), stranger, field="baru", box=OVER_THE_TEXT, opaque=True)
    return Case(over, "tampered")


@attack
def sneaky_signature_on_a_certified_file() -> Case:
    stranger = House("Bukan Contoh", NOW).issue("Orang Lain")
    over = sign(certified(2), stranger, field="baru", box=OVER_THE_TEXT, opaque=True)
    return Case(over, "tampered")


@attack
def trusted_second_signature_over_words() -> Case:
    over = sign(signed(), second(), field="baru", box=OVER_THE_TEXT, opaque=True)
    return Case(over, "tampered")


@attack
def second_signature_where_no_change_is_allowed() -> Case:
    # pyHanko refuses to make it; an attacker's program would not.
    with patch.object(PdfSigner, "_enforce_certification_constraints"):
        return Case(sign(certified(1), second(), field="ttd2"), "tampered")


@attack
def signatures_appearance_redrawn() -> Case:
    """The drawing of a finished signature is replaced: another name appears to have signed."""

    def change(writer):
        field = writer.root["/AcroForm"]["/Fields"][0]
        field["/AP"] = generic.DictionaryObject({pdf_name("/N"): drawing(writer, 190, 80)})
        writer.update_container(field)

    return Case(updated(signed(), change), "tampered")
