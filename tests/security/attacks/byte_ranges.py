"""Wrapping, universal forgery, and games with /ByteRange and /Contents."""

import re

from pyhanko.pdf_utils.generic import DictionaryObject, TextStringObject, pdf_name

from tests.factories.signed import sign
from tests.security.attacks.cases import (
    EVIL,
    Case,
    attack,
    letter,
    long_term,
    page_of,
    second,
    signed,
    stream,
    updated,
)


def _gap(data: bytes) -> tuple[int, int]:
    """Offsets of `<` and after `>` of the first signature's /Contents."""
    numbers = re.search(rb"/ByteRange\s*\[\s*0\s+(\d+)\s+(\d+)", data)
    assert numbers
    return int(numbers[1]), int(numbers[2])


def _with_contents(data: bytes, value: bytes) -> bytes:
    start, end = _gap(data)
    assert len(value) == end - start
    return data[:start] + value + data[end:]


def _with_range(data: bytes, text: bytes) -> bytes:
    """The padding that signers leave behind the range keeps every offset as it was."""
    found = re.search(rb"/ByteRange\s*\[[^\]]*\] *", data)
    assert found
    made = b"/ByteRange " + text
    assert len(made) <= len(found[0])
    return data[: found.start()] + made.ljust(len(found[0])) + data[found.end() :]


@attack
def contents_zeroed() -> Case:
    start, end = _gap(signed())
    zeros = b"<" + b"0" * (end - start - 2) + b">"
    return Case(_with_contents(signed(), zeros), "invalid|tampered")


@attack
def contents_emptied() -> Case:
    start, end = _gap(signed())
    return Case(_with_contents(signed(), b"<>".ljust(end - start)), "invalid|tampered")


@attack
def contents_null() -> Case:
    start, end = _gap(signed())
    return Case(_with_contents(signed(), b"null".ljust(end - start)), "invalid|tampered")


@attack
def contents_padded_with_a_message() -> Case:
    start, end = _gap(signed())
    gap = signed()[start:end]
    hidden = b"deadbeef" * 4
    return Case(_with_contents(signed(), gap[: -len(hidden) - 1] + hidden + b">"), "tampered")


@attack
def contents_with_one_stray_digit_at_the_end() -> Case:
    start, end = _gap(signed())
    return Case(_with_contents(signed(), signed()[start : end - 2] + b"1>"), "tampered")


@attack
def contents_of_another_file() -> Case:
    other = sign(letter(), second(), reason="lain")
    start, end = _gap(other)
    mine, to = _gap(signed())
    value = other[start + 1 : end - 1][: to - mine - 2].ljust(to - mine - 2, b"0")
    return Case(_with_contents(signed(), b"<" + value + b">"), "tampered|invalid")


@attack
def range_missing() -> Case:
    return Case(signed().replace(b"/ByteRange", b"/ByteRangX", 1), "invalid|tampered")


@attack
def range_of_nothing() -> Case:
    return Case(_with_range(signed(), b"[0 0 0 0]"), "tampered|invalid")


@attack
def range_negative() -> Case:
    start, end = _gap(signed())
    return Case(_with_range(signed(), b"[0 %d -%d 9]" % (start, end)), "tampered|invalid")


@attack
def range_not_from_the_start() -> Case:
    start, end = _gap(signed())
    rest = len(signed()) - end
    return Case(_with_range(signed(), b"[9 %d %d %d]" % (start - 9, end, rest)), "tampered")


@attack
def range_that_stops_short() -> Case:
    start, end = _gap(signed())
    return Case(_with_range(signed(), b"[0 %d %d 9]" % (start, end)), "tampered")


@attack
def range_beyond_the_file() -> Case:
    start, end = _gap(signed())
    return Case(_with_range(signed(), b"[0 %d %d 9999999]" % (start, end)), "tampered")


@attack
def range_that_is_a_name() -> Case:
    return Case(_with_range(signed(), b"/Semua"), "invalid|tampered|unreadable")


@attack
def gap_widened() -> Case:
    """The unsigned gap swallows what follows, where anything may be written."""
    start, end = _gap(signed())
    rest = len(signed()) - end - 40
    return Case(_with_range(signed(), b"[0 %d %d %d]" % (start, end + 40, rest)), "tampered")


@attack
def one_letter_changed() -> Case:
    data = bytearray(signed())
    place = data.index(b"stream") + 40
    data[place] ^= 1
    return Case(bytes(data), "tampered|unreadable")


@attack
def signature_wrapped() -> Case:
    """The signed tail is kept as a copy behind new content; the range is bent around it."""
    data = signed()
    start, end = _gap(data)
    tail = data[end:]

    def change(writer):
        page_of(writer)["/Contents"] = writer.add_object(stream(EVIL))
        value = writer.root["/AcroForm"]["/Fields"][0]["/V"]
        value["/ByteRange"] = TextStringObject("RANGE" + "X" * 60)
        writer.update_container(value)

    wrapped = updated(data, change)
    made = re.search(rb"\(RANGEX+\)", wrapped)
    assert made
    text = b"[0 %d %d %d]" % (start, len(wrapped) + 1, len(tail))
    wrapped = wrapped[: made.start()] + text.ljust(len(made[0])) + wrapped[made.end() :]
    return Case(wrapped + b"\n" + tail, "tampered|unreadable")


@attack
def one_signature_in_two_fields() -> Case:
    def change(writer):
        fields = writer.root["/AcroForm"]["/Fields"]
        copy = DictionaryObject(
            {
                pdf_name("/FT"): pdf_name("/Sig"),
                pdf_name("/T"): TextStringObject("salinan"),
                pdf_name("/V"): fields[0].raw_get("/V"),
            }
        )
        fields.append(writer.add_object(copy))
        writer.update_container(fields)

    return Case(updated(signed(), change), "tampered")


@attack
def end_of_file_cut_off() -> Case:
    return Case(long_term()[:-2000], "tampered|invalid|unreadable")
