"""The security store's revision follows the kind of the file, and keeps what earlier ones held."""

import io
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest

from backend.signing.pdf.selfcheck import check
from tests.factories.authority import AT, Authority
from tests.factories.judges import pyhanko, qpdf_complains
from tests.factories.sheets import paper
from tests.unit.signing.conftest import Signed, sign_paper
from tests.unit.signing.test_selfcheck import expected


def saved(mode: pikepdf.ObjectStreamMode) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(paper())) as pdf:
        pdf.save(out, object_stream_mode=mode)
    return out.getvalue()


def hybrid() -> bytes:
    """A table for old readers, whose trailer names a stream for what they cannot read (§7.5.8.4)."""
    packed = b"7 0 <</Producer (Contoh)>>"
    objects = {
        1: b"<</Type /Catalog /Pages 2 0 R>>",
        2: b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
        3: b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <<>>>>",
        4: b"<</Length 0>>\nstream\n\nendstream",
        5: b"<</Type /ObjStm /N 1 /First 4 /Length %d>>\nstream\n%b\nendstream"
        % (len(packed), packed),
    }
    data, offsets = bytearray(b"%PDF-1.5\n"), {}
    for number, body in objects.items():
        offsets[number] = len(data)
        data += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    stream = len(data)
    row = b"\2\0\5\0"
    data += (
        b"6 0 obj\n<</Type /XRef /Size 8 /W [1 2 1] /Index [7 1] /Length 4>>\nstream\n"
        + row
        + b"\nendstream\nendobj\n"
    )
    table = len(data)
    data += b"xref\n0 8\n0000000000 65535 f \n"
    data += b"".join(b"%010d 00000 n \n" % (offsets | {6: stream})[n] for n in range(1, 7))
    data += b"0000000000 65535 f \n"
    data += b"trailer\n<</Size 8 /Root 1 0 R /Info 7 0 R /XRefStm %d>>\n" % stream
    return bytes(data + b"startxref\n%d\n%%%%EOF\n" % table)


BASES = {
    "table": saved(pikepdf.ObjectStreamMode.disable),
    "stream": saved(pikepdf.ObjectStreamMode.generate),
    "hybrid": hybrid(),
}


def newest_is_stream(data: bytes) -> bool:
    start = int(data.split()[-2])
    assert data.startswith(b"xref", start) or b"/XRef" in data[start:]
    return not data.startswith(b"xref", start)


@pytest.mark.parametrize("kind", BASES)
def test_each_revision_is_of_the_files_own_kind(
    kind: str, authority: Authority, tmp_path: Path
) -> None:
    base = BASES[kind]
    signed = sign_paper(authority, [authority.signer("Satu"), authority.signer("Dua")], base)
    for index, stage in enumerate(signed.stages):
        assert newest_is_stream(stage) is (kind == "stream")
        assert newest_is_stream(signed.prepared[index].data) is (kind == "stream")
        assert check(stage, expected(signed, index)) == AT
        (tmp_path / "signed.pdf").write_bytes(stage)
        assert qpdf_complains(tmp_path / "signed.pdf") is None
    if kind == "hybrid":
        return  # pyHanko judges none in its strict mode; the intake saves them anew
    verdicts = pyhanko(signed.data, authority.root)
    assert [(v.intact, v.trusted) for v in verdicts] == [(True, True)] * 2, verdicts


def store_of(data: bytes) -> dict[str, list[bytes]]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert pdf.Root.DSS.Type == "/DSS"
        return {
            key: [bytes(stream.read_bytes()) for stream in pdf.Root.DSS.get(key, [])]
            for key in ("/Certs", "/OCSPs", "/CRLs")
        }


def test_what_an_earlier_signature_needs_stays_and_is_not_stored_twice(three: Signed) -> None:
    stores = [store_of(stage) for stage in three.stages]
    for earlier, later in pairwise(stores):
        for key, values in later.items():
            assert len(set(values)) == len(values)
            assert values[: len(earlier[key])] == earlier[key]
    certificates = [signer.identity.certificate for signer in three.signers]
    assert set(certificates) <= set(stores[-1]["/Certs"])
    assert len(stores[1]["/Certs"]) == len(stores[0]["/Certs"]) + 1


def test_a_file_that_is_only_prepared_has_an_empty_store(three: Signed) -> None:
    assert not any(store_of(three.prepared[0].data).values())
