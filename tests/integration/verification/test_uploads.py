"""A citizen sends a file: it is judged in confinement, recognised if ours, and never kept."""

import base64
import contextlib
import io
import json
import re

import pytest
from PIL import Image

from backend.certificates.models import Certificate, CertificateStatus
from backend.documents.models import DocumentState
from backend.verification.verdicts import Verdict
from mobile_api.public import throttle, uploads
from tests.factories.authorities import House
from tests.factories.records import office as make_office
from tests.factories.signed import prepared, sign
from tests.fakes.sandbox import InProcessSandbox
from tests.integration.verification.test_public_pages import WAX, text_of
from tests.security.attacks import appended


@pytest.fixture
def quick(monkeypatch):
    """Judges without a process of its own; confinement has its own tests."""
    monkeypatch.setattr(uploads, "Sandbox", InProcessSandbox)


def send(client, data: bytes, name: str = "surat.pdf", **query):
    return client.post(
        "/v/periksa",
        data={"berkas": (io.BytesIO(data), name)},
        query_string=query,
        content_type="multipart/form-data",
    )


def test_a_file_of_ours_is_recognised_at_once(office, client, blobs, monkeypatch):
    monkeypatch.setattr(uploads, "examine", None)
    document = office.issue(signers=2)
    answer = send(client, blobs.get(document.signed_sha256))
    page = text_of(answer)
    assert answer.status_code == 200
    assert "Utuh, tidak tersertifikasi" in page
    assert "persis sama dengan naskah yang kami terbitkan" in page
    assert document.number in page
    assert "Tanda tangan 1" in page
    assert "Tanda tangan 2" in page
    assert "B-LT" in page
    assert len(answer.data) <= 15 * 1024


def test_a_revoked_file_of_ours_is_intact_and_still_called_revoked(office, client, blobs, clock):
    document = office.issue()
    data = blobs.get(document.signed_sha256)
    office.change(document, state=DocumentState.REVOKED, revoked_at=clock.now())
    page = text_of(send(client, data))
    assert "tidak berlaku lagi sejak 2 Maret 2026" in page
    assert "Sudah dicabut" in page
    assert "kemudian kami cabut" in page


def test_a_file_of_ours_whose_certificate_was_revoked_later_still_counts(
    office, client, blobs, services
):
    document = office.issue()
    with services.work() as work:
        row = work.session.query(Certificate).one()
        row.status, row.status_at = CertificateStatus.REVOKED, work.now
    page = text_of(send(client, blobs.get(document.signed_sha256)))
    assert "Utuh, tidak tersertifikasi" in page
    assert "Sertifikatnya kemudian dicabut. Tanda tangan ini tetap berlaku" in page


def test_a_changed_file_is_called_changed(office, client, blobs, quick):
    document = office.issue()
    answer = send(client, blobs.get(document.signed_sha256) + b"tambahan", "final<b>.pdf")
    page = text_of(answer)
    assert "Berubah setelah ditandatangani" in page
    assert "Ada data yang ditambahkan di belakang berkas" in page
    assert "<b>.pdf" not in answer.get_data(as_text=True)


def test_what_was_changed_is_shown_on_the_page_it_was_changed_on(office, client, quick):
    answer = send(client, appended.new_page_content().data, lang="en")
    page = text_of(answer)
    assert "What changed" in page
    assert "As it was signed" in page
    assert answer.get_data(as_text=True).count('src="data:image/webp;base64,') == 2
    assert "img-src 'self' data:;" in answer.headers["Content-Security-Policy"]
    found = re.search(r'href="data:application/json;base64,([^"]+)"', answer.get_data(as_text=True))
    report = json.loads(base64.b64decode(found[1]))["report"]
    assert report["verdict"] == "tampered"
    assert report["sub_indication"] == "FORMAT_FAILURE"
    plain = send(client, prepared(0))
    assert "data:;" not in plain.headers["Content-Security-Policy"]


def test_a_strangers_signature_is_intact_and_its_issuer_unknown(office, client, quick, clock):
    foreign = sign(prepared(1), House("Lain", clock.now()).issue("Orang Lain"))
    answer = send(client, foreign)
    assert "Utuh, penerbit tidak kami kenal" in text_of(answer)
    assert WAX not in answer.get_data(as_text=True)


def test_a_psres_signature_on_any_file_wears_the_seal(services, client, quick):
    office = make_office(services, psre=True)
    data = sign(
        prepared(1),
        office.house.issue("Dra. Contoh"),
        stamp=office.stamper,
        house=office.house,
        crls=office.house.crls(),
    )
    answer = send(client, data)
    assert "Asli dan utuh" in text_of(answer)
    assert WAX in answer.get_data(as_text=True)


def test_a_scan_is_not_signed_and_the_citizen_learns_what_to_do(office, client, quick):
    page = text_of(send(client, prepared(0)))
    assert "Belum ditandatangani" in page
    assert "kode QR pada kertasnya" in page


def test_what_cannot_be_read_is_not_called_false(office, client, quick):
    page = text_of(send(client, b"bukan PDF"))
    assert "Belum dapat kami pastikan" in page
    assert "Itu belum berarti palsu" in page
    assert "Berubah setelah ditandatangani" not in page


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_photo_from_the_camera_roll_leads_to_the_code_on_the_paper(office, client, quick, kind):
    photo = io.BytesIO()
    Image.new("RGB", (40, 60), "white").save(photo, kind)
    page = text_of(send(client, photo.getvalue()))
    assert "Ini foto" in page
    assert "ketik kode di bawah QR" in page
    assert 'accept="application/pdf,.pdf,image/*"' in client.get("/v/periksa").text


def test_nothing_of_the_file_stays(office, client, settings, blobs, quick):
    before = set(blobs.digests())
    send(client, prepared(1))
    assert set(blobs.digests()) == before
    left = [p for p in settings.scratch_dir.rglob("*") if p.is_file() and p.parent.name != "slots"]
    assert left == []


def test_a_form_without_a_file_says_what_to_do(office, client):
    answer = client.post("/v/periksa", data={}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "Pilih berkas PDF-nya dulu" in text_of(answer)


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(office, client, monkeypatch):
    monkeypatch.setattr(uploads, "_ENVELOPE", 1000 - 50 * 1024 * 1024)
    answer = send(client, b"%PDF-" + b"x" * 5000)
    assert answer.status_code == 413
    assert "lebih dari 50 MB" in text_of(answer)


def test_the_same_as_json(office, client, blobs, quick):
    document = office.issue()
    data = blobs.get(document.signed_sha256)
    ours = client.post("/api/v1/public/verifications", data=data, content_type="application/pdf")
    assert ours.status_code == 200
    assert ours.json["registry"] == {
        "status": "final",
        "code": document.public_code,
        "number": document.number,
        "ended_at": None,
    }
    assert ours.json["report"]["verdict"] == Verdict.VALID
    changed = client.post(
        "/api/v1/public/verifications", data=data + b"x", content_type="application/pdf"
    )
    assert changed.json["registry"] is None
    assert changed.json["report"]["verdict"] == Verdict.TAMPERED
    assert changed.json["report"]["reasons"][0]["text"]["id"]
    empty = client.post("/api/v1/public/verifications", content_type="application/pdf")
    assert empty.json["code"] == "verification/no-file"


def test_a_flood_of_uploads_is_slowed(office, client, monkeypatch):
    monkeypatch.setattr(throttle, "UPLOADS", (5, 50))
    answers = [client.post("/v/periksa") for _ in range(7)]
    assert [a.status_code for a in answers] == [422] * 5 + [429] * 2
    assert "Tunggu sebentar" in text_of(answers[-1])
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_a_flood_of_strange_files_leaves_room_for_ours(office, client, blobs, quick, monkeypatch):
    monkeypatch.setattr(throttle, "JUDGED", (2, 20))
    document = office.issue()
    assert [send(client, b"bukan PDF").status_code for _ in range(4)] == [200, 200, 429, 429]
    ours = send(client, blobs.get(document.signed_sha256))
    assert "persis sama dengan naskah yang kami terbitkan" in text_of(ours)


def test_who_brings_many_files_at_once_leaves_room_for_others(office, client, services):
    door = services.strangers_files
    with door.enter("127.0.0.1"), door.enter("127.0.0.1"):
        turned_away = send(client, b"bukan PDF")
        elsewhere = {"REMOTE_ADDR": "127.0.0.2"}
        neighbour = client.post("/v/periksa", environ_overrides=elsewhere)
    assert turned_away.status_code == 503
    assert "Sedang ramai" in text_of(turned_away)
    assert neighbour.status_code == 422
    assert client.post("/v/periksa").status_code == 422


def test_a_full_house_takes_no_more_files(office, client, services):
    door = services.strangers_files
    with contextlib.ExitStack() as inside:
        for number in range(services.settings.web_threads // 2):
            inside.enter_context(door.enter(f"192.0.2.{number}"))
        assert send(client, b"bukan PDF").status_code == 503
        assert client.get("/v/periksa").status_code == 200


def test_guessing_codes_is_slowed_and_who_has_a_code_is_served(office, client):
    document = office.issue()
    guesses = [client.get(f"/v/{n:020d}").status_code for n in range(20)]
    most = throttle.UNKNOWN[0]
    assert guesses == [404] * most + [429] * (20 - most)
    assert client.get("/api/v1/public/records/00000000000000000000").status_code == 429
    assert client.get(f"/api/v1/public/records/{document.public_code}").status_code == 200
    assert client.get(f"/v/{document.public_code}/halaman.webp").status_code == 200


def test_a_network_of_guessers_is_slowed_and_others_are_not(office, client, monkeypatch):
    monkeypatch.setattr(throttle, "UNKNOWN", (3, 6))

    def guess(address: str) -> int:
        path = f"/v/{'0' * 20}"
        return client.get(path, environ_overrides={"REMOTE_ADDR": address}).status_code

    crowd = [guess(f"192.0.2.{n // 2}") for n in range(10)]
    assert crowd == [404] * 6 + [429] * 4
    assert guess("198.51.100.7") == 404


def test_an_office_may_look_at_real_codes_all_day(office, client):
    document = office.issue()
    statuses = {client.get(f"/v/{document.public_code}").status_code for _ in range(100)}
    assert statuses == {200}


def test_the_report_names_what_each_signature_covers(office, client, blobs):
    document = office.issue(signers=2)
    page = text_of(send(client, blobs.get(document.signed_sha256), lang="en"))
    assert re.search(r"Signature 1 .*Covers The whole file as it was signed", page)
    assert "1 more signatures were added later" in page
    assert "Contoh CA" in page
    assert "time stamp by Contoh TSA" in page


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain"])
def test_no_other_form_is_read_into_memory(office, client, monkeypatch, kind):
    """`a&a&a&…` of 50 MB would become millions of pairs."""
    monkeypatch.setattr("werkzeug.formparser.parse_qsl", None)
    answer = client.post("/v/periksa", data=b"a&" * 100_000, content_type=kind)
    assert answer.status_code == 422
    assert "Pilih berkas" in text_of(answer)


def test_a_form_may_carry_no_large_text(office, client, quick):
    answer = client.post(
        "/v/periksa",
        data={"catatan": "x" * 200_000, "berkas": (io.BytesIO(b"%PDF-1.7"), "surat.pdf")},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 413
