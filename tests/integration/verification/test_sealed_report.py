"""A citizen takes the report home: a PDF that others can check without asking us."""

import re
from datetime import UTC, datetime, timedelta

import pypdfium2
import pytest
from cryptography import x509

from backend.certificates.authority import current
from backend.certificates.kinds import AuthorityKind
from backend.certificates.revocation import make_ready
from backend.core.version import VERSION
from backend.verification.anchors import installation_trust
from backend.verification.judge import judge
from backend.verification.sealed import findings
from backend.verification.verdicts import Verdict
from mobile_api.cli import main
from mobile_api.public import throttle, uploads
from tests.factories import judges, people
from tests.factories.authorities import House
from tests.factories.signed import prepared, sign
from tests.fakes.sandbox import InProcessSandbox
from tests.integration.verification.test_public_pages import text_of
from tests.integration.verification.test_uploads import send

PATH = "/v/laporan"


@pytest.fixture(autouse=True)
def agency(services, monkeypatch):
    """An agency with the embedded authority; judged without a process of its own."""
    monkeypatch.setattr(uploads, "Sandbox", InProcessSandbox)
    with services.work() as work:
        people.agency(work.session)
        make_ready(work, issuer=services.issuer)


def package_of(answer) -> str:
    return re.search(r'name="laporan" value="([^"]+)"', answer.get_data(as_text=True))[1]


def give_back(client, package: str, **query):
    kind = "multipart/form-data"
    return client.post(PATH, data={"laporan": package}, query_string=query, content_type=kind)


def read(data: bytes) -> str:
    """All that stands on the sheets, on one line."""
    document = pypdfium2.PdfDocument(data)
    text = " ".join(page.get_textpage().get_text_range() for page in document)
    return " ".join(text.split())


def foreign(clock) -> bytes:
    return sign(prepared(1), House("Lain", clock.now()).issue("Orang Lain, S.H."))


def test_the_report_says_what_was_found_and_how_far_it_goes(client, clock):
    data = foreign(clock) + b"tambahan"
    answer = send(client, data, "Surat (final).pdf")
    assert "Unduh laporan bersegel (PDF)" in text_of(answer)
    taken = give_back(client, package_of(answer))
    assert taken.status_code == 200
    assert taken.content_type == "application/pdf"
    assert re.search(
        r'attachment; filename="laporan-20260302-\w{4}-\w{4}\.pdf"', str(taken.headers)
    )
    said = read(taken.data)
    for wanted in (
        "Laporan verifikasi berkas",
        "Berubah setelah ditandatangani",
        "Surat (final).pdf menurut pengirimnya",
        f"{len(data):,} bita".replace(",", "."),
        "2 Maret 2026, 09.00 WIB",
        "TOTAL-FAILED / FORMAT_FAILURE",
        "Ada data yang ditambahkan di belakang berkas",
        "Berkas ini tidak ada di antara naskah yang kami terbitkan.",
        "Orang Lain, S.H. pengakuan sertifikatnya, tidak terbukti",
        "Lain CA",
        "menurut komputer penanda tangan, tidak terbukti",
        "Tingkat B-B bidang ttd1",
        "1 akar dipercaya",
        f"Centang {VERSION}",
        "tidak menilai benar tidaknya isi berkas",
    ):
        assert wanted in said
    english = read(give_back(client, package_of(answer), lang="en").data)
    assert "Changed after signing" in english
    assert "does not judge whether the file's content is true" in english


def test_other_programs_accept_the_seal_and_so_do_we(client, clock, services, tmp_path, capsys):
    clock.set(datetime.now(UTC) - timedelta(minutes=10))  # the judges' own time
    with services.work() as work:
        make_ready(work, issuer=services.issuer)
        trust = installation_trust(work)
        known = {
            kind: x509.load_der_x509_certificate(current(work.session, kind).certificate)
            for kind in (AuthorityKind.ROOT, AuthorityKind.ISSUING)
        }
    made = give_back(client, package_of(send(client, foreign(clock)))).data
    root = known[AuthorityKind.ROOT]
    file, pem = tmp_path / "laporan.pdf", tmp_path / "akar.cer"
    file.write_bytes(made)
    pem.write_bytes(trust.anchors[0].certificate)

    report = judge(made, trust, clock.now() + timedelta(minutes=1))
    assert (report.verdict, report.certified) == (Verdict.VALID, False)
    (seal,) = report.signatures
    assert (seal.level, seal.is_seal) == ("B-LT", True)
    assert seal.signer == "Laporan Verifikasi Kabupaten Contoh"
    nss = judges.trust_in_nss(tmp_path / "nss", root, known[AuthorityKind.ISSUING])
    for verdict in (*judges.pyhanko(made, root), *judges.pdfsig(file, nss)):
        assert verdict.intact, verdict
        assert verdict.trusted, verdict
    assert judges.qpdf_complains(file) is None
    assert main(["verify", str(file), "--trust", str(pem)]) == 0
    assert "laporan.pdf: valid" in capsys.readouterr().out
    assert "Utuh, tidak tersertifikasi" in text_of(send(client, made))


def test_a_changed_report_is_called_changed(client, clock, services):
    made = give_back(client, package_of(send(client, foreign(clock)))).data
    with services.work() as work:
        trust = installation_trust(work)
    torn = bytearray(made)
    torn[made.index(b"stream") + 40] ^= 1
    assert judge(bytes(torn), trust, clock.now()).verdict is Verdict.TAMPERED


def test_nobody_gets_a_report_about_what_was_not_found_here(client, clock, services):
    package = package_of(send(client, foreign(clock)))
    middle = len(package) // 2
    changed = package[:middle] + ("A" if package[middle] != "A" else "B") + package[middle + 1 :]
    for wrong in (changed, package[:-8], "", "x", package + "AAAA", "€"):
        answer = give_back(client, wrong)
        assert answer.status_code == 410
        assert "Kirim berkasnya sekali lagi" in text_of(answer)
    stranger = services.master_key.seal("another purpose", b"{}", b"")
    assert give_back(client, stranger.hex()).status_code == 410
    assert client.post(PATH, data={"laporan": package}).status_code == 410
    assert give_back(client, "A" * (findings.LONGEST + 9)).status_code == 410


def test_after_an_hour_the_file_has_to_be_checked_again(client, clock):
    package = package_of(send(client, foreign(clock)))
    clock.advance(minutes=60)
    assert give_back(client, package).status_code == 200
    clock.advance(seconds=1)
    assert give_back(client, package).status_code == 410


def test_the_same_for_programs(client, clock):
    judged = client.post(
        "/api/v1/public/verifications",
        data=foreign(clock),
        content_type="application/pdf",
        headers={"X-Filename": "Surat%20%C3%A9dit.pdf"},
    )
    body = {"package": judged.json["package"], "language": "en"}
    made = client.post("/api/v1/public/verifications/report", json=body)
    assert made.content_type == "application/pdf"
    assert "Surat édit.pdf" in read(made.data)
    assert "Intact, issuer unknown to us" in read(made.data)
    body["package"] = body["package"][:-4]
    refused = client.post("/api/v1/public/verifications/report", json=body)
    assert (refused.status_code, refused.json["code"]) == (410, "verification/report-over")


def test_a_flood_of_reports_is_slowed(client, clock, monkeypatch):
    monkeypatch.setattr(throttle, "SEALED", (2, 20))
    package = package_of(send(client, foreign(clock)))
    answers = [give_back(client, package) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert "Tunggu sebentar" in text_of(answers[-1])
