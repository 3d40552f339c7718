"""A signer's block as a picture, for a service that draws no text of its own."""

import io
import threading

import pypdfium2
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter

from backend.signing.pdf.appearance import Wording, draw, form
from backend.signing.pdf.lettering import Lettering

DOTS_PER_POINT = 300 / 72
_pdfium = threading.Lock()
"""PDFium works for one thread at a time."""


def picture(words: Wording, width: float, height: float) -> bytes:
    """The block that local signatures show, as PNG at 300 dpi. Raises what `appearance.draw` does."""
    writer = PdfFileWriter()
    letters = Lettering(writer)
    block = form(writer, letters, draw(letters, words, width, height), (width, height))
    letters.embed()
    contents = writer.add_object(generic.StreamObject(stream_data=b"/Block Do"))
    page = PageObject(contents=contents, media_box=(0, 0, width, height))
    page[pdf_name("/Resources")] = generic.DictionaryObject(
        {pdf_name("/XObject"): generic.DictionaryObject({pdf_name("/Block"): block})}
    )
    writer.insert_page(page)
    pdf = io.BytesIO()
    writer.write(pdf)
    out = io.BytesIO()
    with _pdfium:
        document = pypdfium2.PdfDocument(pdf.getvalue())
        try:
            image = document[0].render(scale=DOTS_PER_POINT).to_pil().convert("L")
        finally:
            document.close()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
