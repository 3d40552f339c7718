"""A service's file has one signature more than ours, and nothing that could be seen or meant."""

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from backend.signing.bsre.additions import NotThisFileError, only_signature
from tests.factories.pdfs import make_pdf

Change = Callable[[IncrementalPdfFileWriter, Any], None]


def note(words: str) -> generic.DictionaryObject:
    return generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/FreeText"),
            pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (60, 60, 300, 90))),
            pdf_name("/Contents"): generic.pdf_string(words),
        }
    )


def answered(sent: bytes, change: Change = lambda _writer, _page: None) -> bytes:
    """The file with an invisible signature field, and with whatever else is changed beside it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(sent))
    field = writer.add_object(
        generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Annot"),
                pdf_name("/Subtype"): pdf_name("/Widget"),
                pdf_name("/FT"): pdf_name("/Sig"),
                pdf_name("/T"): generic.pdf_string("sig_1"),
                pdf_name("/Rect"): generic.ArrayObject([generic.NumberObject(0)] * 4),
                pdf_name("/V"): writer.add_object(
                    generic.DictionaryObject({pdf_name("/Type"): pdf_name("/Sig")})
                ),
            }
        )
    )
    form = {pdf_name("/Fields"): generic.ArrayObject([field])}
    writer.root["/AcroForm"] = generic.DictionaryObject(form)
    writer.update_root()
    page = writer.find_page_for_modification(0)[0].get_object()
    page["/Annots"] = generic.ArrayObject([*page.get("/Annots", []), field])
    writer.update_container(page)
    change(writer, page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def add_note(writer: IncrementalPdfFileWriter, page: Any) -> None:
    page["/Annots"].append(writer.add_object(note("Disetujui dengan syarat")))


def only_note(writer: IncrementalPdfFileWriter, page: Any) -> None:
    page["/Annots"] = generic.ArrayObject([writer.add_object(note("Disetujui dengan syarat"))])


def other_form(writer: IncrementalPdfFileWriter, _page: Any) -> None:
    writer.root["/AcroForm"]["/XFA"] = writer.add_object(generic.StreamObject(stream_data=b"<x/>"))


def refused(sent: bytes, change: Change) -> str:
    with pytest.raises(NotThisFileError) as raised:
        only_signature(sent, answered(sent, change), None, None)
    return raised.value.reason


def test_one_invisible_field_is_all_there_may_be() -> None:
    sent = make_pdf()
    assert only_signature(sent, answered(sent), None, None) == "sig_1"


@pytest.mark.parametrize("change", [add_note, only_note, other_form])
def test_nothing_comes_along_with_an_invisible_signature(change: Change) -> None:
    assert refused(make_pdf(), change) == "changed-content"


def test_a_remark_that_stood_on_the_page_still_says_the_same() -> None:
    with pikepdf.open(io.BytesIO(make_pdf())) as pdf:
        remark = {"/Type": pikepdf.Name.Annot, "/Subtype": pikepdf.Name.FreeText}
        place = {"/Rect": [60, 60, 300, 90], "/Contents": pikepdf.String("Rp 1.000")}
        pdf.pages[0].obj["/Annots"] = pikepdf.Array([pikepdf.Dictionary(remark | place)])
        out = io.BytesIO()
        pdf.save(out)
    sent = out.getvalue()

    def reword(_writer: IncrementalPdfFileWriter, page: Any) -> None:
        page["/Annots"][0]["/Contents"] = generic.pdf_string("Rp 9.000")

    assert only_signature(sent, answered(sent), None, None) == "sig_1"
    assert refused(sent, reword) == "changed-content"
