"""Files made to exhaust, confuse or break whoever opens them."""

import io
import zlib

import pikepdf

from tests.factories.pdfs import bomb, make_pdf
from tests.security.attacks.cases import Case, attack, letter, signed


@attack
def empty() -> Case:
    return Case(b"", "unreadable")


@attack
def zeros() -> Case:
    return Case(bytes(4096), "unreadable")


@attack
def markup_named_pdf() -> Case:
    return Case(b"<html><body>%PDF</body></html>", "unreadable")


@attack
def header_alone() -> Case:
    return Case(b"%PDF-1.7\n%%EOF\n", "unreadable")


@attack
def encrypted() -> Case:
    pdf = pikepdf.open(io.BytesIO(letter()))
    out = io.BytesIO()
    pdf.save(out, encryption=pikepdf.Encryption(owner="contoh", user="contoh"))
    return Case(out.getvalue(), "unreadable")


def _raw(objects: list[bytes], trailer: bytes = b"") -> bytes:
    data, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(data)
    size = len(objects) + 1
    data += b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, table)
    data += b"trailer\n<< /Size %d /Root 1 0 R %b >>\n" % (size, trailer)
    return data + b"startxref\n%d\n%%%%EOF\n" % start


@attack
def deep_nesting() -> Case:
    deep = b"[" * 60_000 + b"]" * 60_000
    root = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields 3 0 R >> >>"
    return Case(_raw([root, b"<< /Type /Pages /Kids [] /Count 0 >>", deep]), "unreadable")


@attack
def field_that_contains_itself() -> Case:
    root = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [3 0 R] >> >>"
    field = b"<< /T (a) /FT /Sig /Kids [3 0 R] >>"
    data = _raw([root, b"<< /Type /Pages /Kids [] /Count 0 >>", field])
    return Case(data, "unreadable|not-signed")


@attack
def table_that_precedes_itself() -> Case:
    data = _raw([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"])
    start = data.rindex(b"xref\n0 ")
    return Case(data.replace(b"/Root", b"/Prev %d /Root" % start), "unreadable|not-signed")


@attack
def decompression_bomb_in_the_table() -> Case:
    packed = bomb(300)
    table = (
        b"<< /Type /XRef /W [1 4 2] /Size 50000000 /Root 1 0 R /Filter /FlateDecode "
        b"/Length %d >>\nstream\n%b\nendstream" % (len(packed), packed)
    )
    data = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
    start = len(data)
    data += b"2 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, start)
    return Case(data, "unreadable")


@attack
def decompression_bomb_in_the_form() -> Case:
    packed = bomb(300)
    holder = (
        b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream"
        % (len(packed), packed)
    )
    rows = b"".join(
        kind + place.to_bytes(4) + index.to_bytes(2)
        for kind, place, index in [
            (b"\0", 0, 65535),
            (b"\1", 9, 0),
            (b"\1", 9 + 60, 0),
            (b"\2", 2, 0),
        ]
    )
    root = b"<< /Type /Catalog /AcroForm 3 0 R >>"
    data = (b"%PDF-1.7\n1 0 obj\n" + root + b"\nendobj\n").ljust(69)
    data += b"2 0 obj\n%b\nendobj\n" % holder
    start = len(data)
    rows += b"\1" + start.to_bytes(4) + b"\0\0"
    packed_rows = zlib.compress(rows)
    data += (
        b"4 0 obj\n<< /Type /XRef /W [1 4 2] /Size 5 /Root 1 0 R /Filter /FlateDecode /Length %d >>"
        b"\nstream\n%b\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n"
        % (len(packed_rows), packed_rows, start)
    )
    return Case(data, "unreadable|not-signed")


@attack
def a_hundred_thousand_pages() -> Case:
    kids = b" ".join(b"3 0 R" for _ in range(100_000))
    pages = b"<< /Type /Pages /Count 100000 /Kids [%b] >>" % kids
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9000000 9000000] >>"
    root = b"<< /Type /Catalog /Pages 2 0 R >>"
    return Case(_raw([root, pages, page]), "not-signed|unreadable")


@attack
def unsigned_letter() -> Case:
    return Case(make_pdf(), "not-signed")


@attack
def noise_in_the_middle() -> Case:
    data = bytearray(signed())
    for place in range(200, len(data), 97):
        data[place] ^= 0x55
    return Case(bytes(data), "unreadable|tampered|invalid")
