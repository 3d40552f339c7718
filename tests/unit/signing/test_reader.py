"""Packed objects are read as pyHanko reads them, and what is packed wrongly is refused."""

import io
import re

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader

from backend.signing.pdf.reader import Reader
from tests.factories.sheets import Sheet, paper


def written(value: generic.PdfObject) -> bytes:
    out = io.BytesIO()
    value.write_to_stream(out, None)
    return out.getvalue()


def packed(data: bytes) -> bytes:
    """The same file with its packs readable, so that they can be spoilt."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(
            out,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
            compress_streams=False,
        )
    return out.getvalue()


def test_every_object_is_read_as_pyhanko_reads_it():
    data = paper(*[Sheet()] * 130)
    theirs, ours = PdfFileReader(io.BytesIO(data)), Reader(data)
    numbers = range(1, int(theirs.trailer["/Size"]))
    references = [generic.Reference(number, 0) for number in numbers]
    assert len(ours._packs) == 0
    found = [written(ours.get_object(each)) for each in references]
    assert len(ours._packs) > 1
    assert found == [written(theirs.get_object(each)) for each in references]


@pytest.mark.parametrize(
    ("part", "spoilt"),
    [
        (rb"/Type /ObjStm", b"/Type /Object"),
        (rb"stream\n\d+ \d+", None),
    ],
)
def test_what_is_packed_wrongly_is_refused(part, spoilt):
    data = packed(paper())
    start = data.index(b"/Type /ObjStm")
    found = re.compile(part).search(data, start)
    assert found is not None
    wrong = spoilt or re.sub(rb"\d", b"x", found[0])
    broken = data[: found.start()] + wrong + data[found.end() :]
    with pytest.raises(PdfReadError):
        Reader(broken).root["/Pages"]["/Kids"][0].get_object()


def test_another_object_than_the_references_is_refused():
    data = packed(paper())
    found = re.compile(rb"stream\n(\d+) ").search(data, data.index(b"/Type /ObjStm"))
    assert found is not None
    number = int(found[1])
    other = b"%0*d" % (len(found[1]), number + 1)
    broken = data[: found.start(1)] + other + data[found.end(1) :]
    with pytest.raises(PdfReadError):
        Reader(broken).get_object(generic.Reference(number, 0))
