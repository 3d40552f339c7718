"""What an attack is made of: one house, one signer, files signed once and shared."""

import io
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from backend.verification.trust import Trust
from tests.factories.authorities import Holder, House
from tests.factories.signed import prepared, sign, stamper_of

logging.getLogger("pyhanko").setLevel(logging.CRITICAL)

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """A file that must not be judged valid, by whom it is judged, and what must be said."""

    data: bytes
    expect: str
    """The verdict, or several with `|`."""
    trust: Trust | None = None
    now: datetime = NOW


Make = Callable[[], Case]


def attack(function: Make) -> Make:
    function.is_attack = True  # type: ignore[attr-defined]
    return function


@lru_cache
def house() -> House:
    return House("Contoh", NOW)


@lru_cache
def signer() -> Holder:
    return house().issue("Dra. Hj. Ratna Contoh, M.Si.")


@lru_cache
def second() -> Holder:
    return house().issue("Drs. Contoh Kedua")


@lru_cache
def stamper() -> Any:
    return stamper_of(house().stamper(), NOW)


@lru_cache
def letter(fields: int = 1) -> bytes:
    return prepared(fields)


@lru_cache
def signed(fields: int = 1) -> bytes:
    """B-B on a letter; the shortest file that is judged valid."""
    return sign(letter(fields), signer())


@lru_cache
def long_term() -> bytes:
    """B-LT."""
    return sign(letter(), signer(), stamp=stamper(), house=house(), crls=house().crls())


@lru_cache
def certified(permissions: int = 2, fields: int = 2) -> bytes:
    return sign(letter(fields), signer(), certify=permissions)


def updated(data: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """A complete incremental update, as any editor writes one."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def revision(
    data: bytes,
    objects: dict[int, bytes],
    *,
    pointing: dict[int, int] | None = None,
    free: tuple[int, ...] = (),
    generation: int = 0,
    before: bytes = b"",
    after: bytes = b"",
    padded_to: int = 0,
    previous: int | None = None,
    trailer: dict[str, bytes] | None = None,
) -> bytes:
    """An incremental update written by hand.

    `free` are numbers set free, `generation` is that of all objects. `pointing` adds entries of the table that name any offset; `before` and `after` are bytes around
    the objects that no table knows; `trailer` replaces entries of the trailer.
    """
    body = bytearray(data if data.endswith(b"\n") else data + b"\n")
    if padded_to:
        body += b" " * (padded_to - len(body) - 1) + b"\n"
    body += before
    places = dict(pointing or {})
    for number, content in objects.items():
        places[number] = len(body)
        body += b"%d %d obj\n%b\nendobj\n" % (number, generation, content)
    body += after
    start = len(body)
    known = [int(n) for n in re.findall(rb"/Size (\d+)", data)]
    entries = {
        "Size": b"%d" % max([*known, *(n + 1 for n in (*places, *free))]),
        "Root": re.findall(rb"/Root (\d+ \d+ R)", data)[-1],
        "Prev": b"%d" % (previous or int(re.findall(rb"startxref\s+(\d+)", data)[-1])),
    } | (trailer or {})
    body += b"xref\n"
    for number, place in sorted(places.items()):
        body += b"%d 1\n%010d %05d n \n" % (number, place, generation)
    for number in free:
        body += b"%d 1\n%010d 65535 f \n" % (number, 0)
    if not places and not free:
        body += b"0 0\n"
    said = b" ".join(b"/%b %b" % (key.encode(), value) for key, value in entries.items())
    return bytes(body) + b"trailer\n<< %b >>\nstartxref\n%d\n%%%%EOF\n" % (said, start)


def page_of(writer: IncrementalPdfFileWriter, index: int = 0) -> generic.DictionaryObject:
    page = writer.find_page_for_modification(index)[0].get_object()
    writer.update_container(page)
    return page


def stream(content: bytes, **entries: Any) -> generic.StreamObject:
    made = generic.StreamObject(stream_data=content)
    for key, value in entries.items():
        made[pdf_name(f"/{key}")] = value
    return made


EVIL = b"BT /F1 40 Tf 60 500 Td (Rp 9.000.000.000) Tj ET"


def drawing(writer: IncrementalPdfFileWriter, width: int, height: int) -> Any:
    """An opaque appearance that hides what is below it."""
    form = stream(
        b"1 1 1 rg 0 0 %d %d re f" % (width, height),
        Type=pdf_name("/XObject"),
        Subtype=pdf_name("/Form"),
        BBox=generic.ArrayObject(map(generic.NumberObject, (0, 0, width, height))),
    )
    return writer.add_object(form)


def box(*corners: int) -> generic.ArrayObject:
    return generic.ArrayObject(map(generic.NumberObject, corners))
