"""What is read a token at a time is what pyHanko reads a byte at a time."""

import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import DictionaryObject, Reference, StreamObject
from pyhanko.pdf_utils.reader import PdfFileReader

from backend.verification import objects, reading
from backend.verification.judge import judge
from backend.verification.verdicts import Verdict
from tests.factories.pdfs import make_pdf
from tests.security.attacks.cases import NOW, house, long_term

FILE = PdfFileReader(io.BytesIO(make_pdf()))
HOLDER = Reference(7, 0, FILE)

SPACES = st.sampled_from([b" ", b"\n", b"\r\n", b"\t", b"", b"\0", b"\f", b"%a remark\n", b"\v"])
WORDS = (
    rb"true|false|null|nul|truefalse|12 0 R|12 0 Rx|0 0 R|12  0 R|1 2|+5|-|--5|4.|.5|.|1.2.3|1e5|007"
    rb"|123456789012 0 R|1234567 12345 R|5,5|stream|<4a 4B4>|<4g>|<>|<FEFF00e9>|(\072\5\n\q)|(a(b)c)"
    rb"|(\400)|(\101\1012)|(|/|/A#20B|/A/B|/Name!*|>>|]"
)
SINGLE = st.one_of(
    st.sampled_from(WORDS.split(b"|")),
    st.sampled_from([b"12\x0b0 R", b"12\x000 R", b"(\xff\r\n)", b"(\\\n)", b"/\xe9", b"(\\\\\\))"]),
    st.integers(-(10**20), 10**20).map(lambda n: b"%d" % n),
    st.binary(max_size=6).map(lambda raw: b"(" + raw + b")"),
    st.binary(max_size=6).map(lambda raw: b"/" + raw),
    st.binary(max_size=6).map(lambda raw: b"<" + raw.hex().encode() + b">"),
)


def _nested(inner):
    spaced = st.tuples(SPACES, inner, SPACES).map(b"".join)
    key = st.sampled_from([b"/A", b"/B", b"/Length", b"/C#41", b"(C)"])
    pairs = st.lists(st.tuples(key, spaced).map(b"".join), max_size=3).map(b"".join)
    return st.one_of(
        st.lists(spaced, max_size=4).map(lambda parts: b"[" + b" ".join(parts) + b"]"),
        pairs.map(lambda parts: b"<<" + parts + b">>"),
    )


WRITTEN = st.recursive(SINGLE, _nested, max_leaves=6)
BEHIND = st.sampled_from([b" endobj", b"", b"\nstream\nabc\nendstream\nendobj", b"endobj", b"%"])


def _seen(read, raw: bytes):
    """What was read, down to its types and where reading stopped, or what was raised."""
    stream = io.BytesIO(raw)
    try:
        found = read(stream, HOLDER)
    except Exception as error:  # noqa: BLE001 (whatever it raises is its answer)
        return type(error)
    return _shape(found), stream.tell()


def _shape(found):
    kind = type(found)
    holder = getattr(found, "container_ref", None)
    if isinstance(found, dict):
        inside = {key: _shape(found.raw_get(key)) for key in found}
        data = found.encoded_data if isinstance(found, StreamObject) else None
        return kind, holder, inside, data
    if isinstance(found, list):
        return kind, holder, [_shape(found.raw_get(n)) for n in range(len(found))]
    if isinstance(found, str | bytes) and not isinstance(found, generic.NameObject):
        return kind, holder, str(found), found.original_bytes
    return kind, holder, None if isinstance(found, generic.NullObject) else repr(found)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(WRITTEN, BEHIND)
@example(b"[" * 60 + b"]" * 60, b" ")
@example(b"<</A 1/A 2>>", b" ")
@example(b"<</Length 3>>", b"\nstream\nabc\nendstream\nendobj")
@example(b"<</Length 3/A<</B 1>>\nstream\nabc\nendstream>>", b" ")
@example(b" 5", b" ")
@example(b"12  0 R", b" endobj")
@example(b"[12\n\n0 R]", b" ")
@example(b"+12  0 R", b" ")
def test_an_object_is_read_as_pyhanko_reads_it(written, behind):
    reading.hasten()
    ours, theirs = objects.read_object, objects._read_object
    assert _seen(ours, written + behind) == _seen(_slowly(theirs), written + behind)
    if written.startswith(b"<<"):
        ours, theirs = objects.read_dictionary, objects._read_dictionary
        assert _seen(ours, written + behind) == _seen(_slowly(theirs), written + behind)


def _slowly(read):
    """Only pyHanko's own reading, all the way down."""

    def alone(stream, holder):
        generic.read_object = objects._read_object
        DictionaryObject.read_from_stream = staticmethod(objects._read_dictionary)
        try:
            return read(stream, holder)
        finally:
            reading.hasten()

    return alone


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"/Index": [0, 2, 5, 1]},
        {"/Index": [5, 1, 0, 2]},
        {"/Index": [0]},
        {"/Index": [0, 99]},
        {"/W": [1, 8, 1]},
        {"/W": [0, 2, 0]},
        {"/W": [0, 0, 0]},
        {"/W": [1, 2]},
        {"/W": [1, -2, 1]},
    ],
)
def test_an_index_is_read_as_pyhanko_reads_it(odd):
    def stream():
        plain = {"/Size": 3, "/W": [1, 2, 1]} | odd
        raw = {
            generic.pdf_name(key): generic.ArrayObject(map(generic.NumberObject, value))
            if isinstance(value, list)
            else generic.NumberObject(value)
            for key, value in plain.items()
        }
        return StreamObject(raw, stream_data=bytes.fromhex("00000101001000020003020700ff")[:12])

    def read(how):
        try:
            return list(how(stream(), strict=True))
        except Exception as error:  # noqa: BLE001 (whatever it raises is its answer)
            return type(error)

    assert read(reading._entries) == read(reading._slow_entries)


@pytest.mark.parametrize(
    "head", [b"12 0 obj\n<<", b"12 0 obj<<", b" 12 0 obj <<", b"12 0 obj%a\n<<", b"x 0 obj"]
)
def test_a_head_is_read_as_pyhanko_reads_it(head):
    def read(how):
        stream = io.BytesIO(head)
        try:
            return how(stream, False), stream.tell()
        except Exception as error:  # noqa: BLE001 (whatever it raises is its answer)
            return type(error)

    assert read(reading._header) == read(reading._slow_header)


def test_a_signed_file_needs_the_slow_way_nowhere(monkeypatch):
    def never(*_, **__):
        raise AssertionError("read a byte at a time")

    signed = long_term()
    for place, name in (
        (objects, "_read_object"),
        (objects, "_read_dictionary"),
        (reading, "_slow_header"),
        (reading, "_slow_entries"),
    ):
        monkeypatch.setattr(place, name, never)
    assert judge(signed, house().trust(), NOW).verdict is Verdict.VALID
