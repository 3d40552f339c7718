"""Games with the cross-reference: what an index names, hides, or points to."""

import re
from functools import lru_cache

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from tests.factories.signed import sign
from tests.security.attacks.cases import (
    EVIL,
    Case,
    attack,
    house,
    letter,
    long_term,
    page_of,
    revision,
    second,
    signed,
    signer,
    stamper,
    updated,
)

EVIL_STREAM = b"<< /Length %d >>\nstream\n%b\nendstream" % (len(EVIL), EVIL)
HIDDEN = b"4\t0\tobj " + EVIL_STREAM + b"\nendobj\n"


def _last_table(data: bytes) -> int:
    return int(re.findall(rb"startxref\s+(\d+)", data)[-1])


def _number(data: bytes) -> int:
    """The first object number that is free."""
    return max(int(n) for n in re.findall(rb"/Size (\d+)", data))


@attack
def hidden_object_with_other_spaces() -> Case:
    """Between an honest end and its repetition, written so that a simple search passes by."""
    data = long_term()
    return Case(data + HIDDEN + b"startxref\n%d\n%%%%EOF\n" % _last_table(data), "tampered")


@attack
def hidden_object_behind_another() -> Case:
    """Without any space before its number."""
    data = long_term()
    hidden = b"4 0 obj" + EVIL_STREAM + b"endobj"
    tail = b"%%endobj%b\nstartxref\n%d\n%%%%EOF\n" % (hidden, _last_table(data))
    return Case(data + tail, "tampered")


@attack
def remarks_after_the_end() -> Case:
    data = long_term()
    return Case(data + b"%% Surat lain\nstartxref\n%d\n%%%%EOF\n" % _last_table(data), "tampered")


@attack
def hidden_object_inside_an_honest_revision() -> Case:
    """An update whose table leaves out one of the objects it carries."""
    data = signed()
    return Case(revision(data, {_number(data): b"(contoh)"}, before=HIDDEN), "tampered")


@attack
def hidden_object_between_table_and_end() -> Case:
    data = signed()
    return Case(revision(data, {_number(data): b"(contoh)"}, after=HIDDEN), "tampered")


@attack
def revision_that_nobody_counts() -> Case:
    """A whole update, with its own table, that the next one's /Prev passes over."""
    data = signed()
    skipped = revision(data, {4: EVIL_STREAM})
    return Case(
        revision(skipped, {_number(data): b"(contoh)"}, previous=_last_table(data)), "tampered"
    )


PROMISED = 60_000
"""An offset beyond the end of any signed letter."""


@lru_cache
def _promising() -> tuple[bytes, int]:
    """A signed letter whose page also shows an object that is not there yet, and its number."""
    base = letter()
    where = _number(base)
    start = base.rindex(b"3 0 obj")
    page = base[start + 7 : base.index(b"endobj", start)].replace(
        b"/Contents 4 0 R", b"/Contents [4 0 R %d 0 R]" % where
    )
    promised = revision(base, {3: page.strip()}, pointing={where: PROMISED})
    data = sign(promised, signer(), stamp=stamper(), house=house(), crls=house().crls())
    assert len(data) < PROMISED
    return data, where


@attack
def object_promised_before_signing() -> Case:
    """Shadow attack: the signed table points beyond the signed bytes, where words come later."""
    data, where = _promising()
    kept = b"%d 0 obj\n%b\nendobj\n" % (where, EVIL_STREAM)
    return Case(
        revision(data, {_number(data): b"(x)"}, padded_to=PROMISED, before=kept), "tampered"
    )


@attack
def object_promised_before_signing_comes_in_a_stream() -> Case:
    """The same, inside an object that an honest table names."""
    data, where = _promising()
    kept = b"%d 0 obj\n%b\nendobj\n" % (where, EVIL_STREAM)
    number = _number(data)
    head = b"%d 0 obj\n<< /Length %d >>\nstream\n" % (number, len(kept))
    holder = head[head.index(b"<<") :] + kept + b"endstream"
    made = revision(data, {number: holder}, padded_to=PROMISED - len(head))
    assert made.index(kept) == PROMISED
    return Case(made, "tampered")


@attack
def entry_into_a_stream_of_the_same_revision() -> Case:
    """The table points into the middle of a stream, where another object is written."""
    data = signed()
    inner = b"4 0 obj\n" + EVIL_STREAM + b"\nendobj"
    number = _number(data)
    holder = b"<< /Length %d >>\nstream\n%b\nendstream" % (len(inner), inner)
    made = revision(data, {number: holder})
    place = made.rindex(b"4 0 obj")
    return Case(revision(data, {number: holder}, pointing={4: place}), "tampered|unreadable")


@attack
def entry_into_another_objects_bytes() -> Case:
    """A new object is said to stand inside the bytes of an older, signed one."""
    data = signed()
    place = data.index(b"4 0 obj")
    return Case(revision(data, {}, pointing={_number(data): place}), "tampered|unreadable")


@attack
def two_tables_in_one_update() -> Case:
    """One table for readers that go by /Prev, another for those that take the last they find."""
    data = signed()
    first = revision(data, {4: EVIL_STREAM})
    end = first[: first.rindex(b"startxref")]
    return Case(end + b"startxref\n%d\n%%%%EOF\n" % _last_table(data), "tampered")


@attack
def one_object_listed_twice() -> Case:
    """One table names two places for an object; readers differ in which they take."""
    data = signed()
    number = _number(data)
    made = revision(data, {number: b"(contoh)", 4: EVIL_STREAM})
    entry = re.search(rb"\n4 1\n\d{10} 00000 n \n", made)
    assert entry
    honest = b"\n4 1\n%010d 00000 n \n" % data.index(b"\n4 0 obj")
    return Case(made[: entry.end() - 1] + honest + made[entry.end() :], "tampered|unreadable")


@attack
def second_signers_file_with_a_skipped_revision() -> Case:
    """The same, sealed in by a trusted second signature over everything."""
    data = signed(2)
    skipped = revision(data, {4: EVIL_STREAM})
    ended = revision(skipped, {_number(data): b"(contoh)"}, previous=_last_table(data))
    return Case(sign(ended, second(), field="ttd2"), "tampered")


def _awaiting(number: int) -> bytes:
    """A signed letter whose page names an object that is not there yet, by generation 0."""
    data = letter()

    def change(writer: IncrementalPdfFileWriter) -> None:
        page = page_of(writer)
        old = page.raw_get("/Contents")
        awaited = generic.IndirectObject(number, 0, writer)
        page[generic.pdf_name("/Contents")] = generic.ArrayObject([old, awaited])

    return sign(updated(data, change), signer())


@attack
def object_born_with_a_generation_that_the_page_does_not_name() -> Case:
    """Whoever looks at numbers alone shows it; poppler's own new objects look the same."""
    number = 4711
    return Case(
        revision(_awaiting(number), {number: EVIL_STREAM}, generation=1), "tampered|unreadable"
    )


@attack
def object_with_two_generations() -> Case:
    data = revision(signed(), {_number(signed()): b"(contoh)"}, generation=1)
    again = revision(data, {_number(signed()): EVIL_STREAM}, generation=2)
    return Case(again, "tampered|unreadable")
