"""What a citizen reads under a code, in each state a document can be in."""

import io
import re

import brotli
import pytest
from PIL import Image
from sqlalchemy import select, update

from backend.certificates.models import Certificate, CertificateStatus
from backend.documents.models import DocumentState, Page, Secrecy
from backend.routing.models import EventKind, TimelineEvent
from backend.verification import final_pages
from backend.verification.models import FinalPage
from mobile_api.public import pictures
from mobile_api.public.rendering import CHECKING, POLICY
from tests.factories.records import office as make_office
from tests.factories.signed import BOXES
from tests.fakes.sandbox import InProcessSandbox

BUDGET = 15 * 1024
SCRIPT = '<script src="/klaim.js" defer></script>'
WAX = "verdict valid"


def text_of(answer) -> str:
    """What a reader sees, without marks."""
    html = answer.get_data(as_text=True)
    body = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_a_certified_document_says_so_under_the_seal(services, client):
    document = make_office(services, psre=True).issue(signers=2, subject="Kesiapsiagaan banjir")
    answer = client.get(f"/v/{document.public_code}")
    page = text_of(answer)
    assert answer.status_code == 200
    assert "Asli dan utuh" in page
    assert WAX in answer.get_data(as_text=True)
    assert "Kesiapsiagaan banjir" in page
    assert document.number in page
    assert page.count("Orang Contoh") == 2
    assert "Kepala Dinas Contoh" in page
    assert "2 Maret 2026, 09.01 WIB" in page
    assert "Contoh CA, berlaku saat ditandatangani" in page
    assert "Kode ini membuktikan catatan kami, bukan kertas di tangan Anda" in page


def test_the_embedded_authoritys_document_is_intact_and_never_wears_wax(office, client):
    document = office.issue()
    answer = client.get(f"/v/{document.public_code}")
    assert "Utuh, tidak tersertifikasi" in text_of(answer)
    assert "Asli dan utuh" not in text_of(answer)
    assert WAX not in answer.get_data(as_text=True)


def test_until_the_full_validation_passed_it_is_being_checked(office, client):
    document = office.issue(validate=False, subject="Belum untuk umum")
    answer = client.get(f"/v/{document.public_code}")
    assert "Sedang diperiksa" in text_of(answer)
    assert "Belum untuk umum" not in text_of(answer)
    assert client.get(f"/v/{document.public_code}/berkas").status_code == 404
    assert client.get(f"/v/{document.public_code}/halaman.webp").status_code == 404


@pytest.mark.parametrize("state", [DocumentState.UNDER_REVIEW, DocumentState.READY_TO_SIGN])
def test_an_unfinished_document_shows_nothing_of_itself(office, client, state):
    document = office.issue(validate=False, state=state, subject="Belum untuk umum")
    answer = client.get(f"/v/{document.public_code}")
    assert "Masih diproses" in text_of(answer)
    assert "Belum untuk umum" not in text_of(answer)


def test_a_signature_that_is_not_certain_is_said_to_be_so(office, client):
    document = office.issue(validate=False, state=DocumentState.UNKNOWN, subject="Belum untuk umum")
    answer = client.get(f"/v/{document.public_code}")
    assert "Belum pasti" in text_of(answer)
    assert "Not certain yet" in text_of(client.get(f"/v/{document.public_code}?lang=en"))
    assert "Belum untuk umum" not in text_of(answer)


@pytest.mark.parametrize("state", [DocumentState.REJECTED, DocumentState.CANCELLED])
def test_what_was_never_issued_says_so(office, client, state):
    document = office.issue(validate=False, state=state)
    assert "Tidak diterbitkan" in text_of(client.get(f"/v/{document.public_code}"))


def test_a_certificate_revoked_later_is_told_and_takes_nothing_away(
    office, client, services, clock
):
    document = office.issue(signers=2)
    clock.advance(days=3)
    with services.work() as work:
        row = work.session.query(Certificate).order_by(Certificate.id).first()
        row.status, row.status_at = CertificateStatus.REVOKED, work.now
        row.reason = "keyCompromise"
    page = text_of(client.get(f"/v/{document.public_code}"))
    assert "Utuh, tidak tersertifikasi" in page
    assert page.count("dicabut 5 Maret 2026, sesudah tanda tangan ini dibuat") == 1
    assert "tetap berlaku; waktunya terbukti dengan stempel waktu" in page
    signers = client.get(f"/api/v1/public/records/{document.public_code}").json["signers"]
    assert [s["certificate_revoked_at"] is None for s in signers] in ([False, True], [True, False])
    english = text_of(client.get(f"/v/{document.public_code}?lang=en"))
    assert "The signature still counts" in english


def test_a_revoked_document_says_when_why_and_by_whom_and_gives_no_file(office, client, services):
    document = office.issue(subject="Edaran lama")
    now = services.clock.now()
    office.change(
        document,
        state=DocumentState.REVOKED,
        revoked_at=now,
        revocation_note="Diganti dengan edaran baru",
    )
    with services.work() as work:
        work.session.add(
            TimelineEvent(
                document_id=document.id,
                kind=EventKind.REVOKED,
                at=now,
                person_name="Dra. Hj. Ratna Contoh, M.Si.",
                capacity="Plt. Sekretaris Daerah",
                data={},
            )
        )
    page = text_of(client.get(f"/v/{document.public_code}"))
    assert "Sudah dicabut" in page
    assert "tidak berlaku lagi sejak 2 Maret 2026. Jangan dipakai." in page
    assert "Diganti dengan edaran baru" in page
    assert "Plt. Sekretaris Daerah" in page
    assert "Asli dan utuh" not in page
    assert client.get(f"/v/{document.public_code}/berkas").status_code == 404
    assert client.get(f"/v/{document.public_code}/halaman.webp").status_code == 404


def test_a_superseded_document_leads_to_its_successor(office, client):
    older, newer = office.issue(), office.issue()
    office.change(older, state=DocumentState.SUPERSEDED, superseded_by=newer.id)
    answer = client.get(f"/v/{older.public_code}")
    assert "Sudah diganti" in text_of(answer)
    assert f'href="/v/{newer.public_code}"' in answer.get_data(as_text=True)
    assert newer.number in text_of(answer)


def test_an_unknown_code_is_not_called_false(client, office):
    answer = client.get("/v/7K2MQ4XD00000000000X")
    page = text_of(answer)
    assert answer.status_code == 404
    assert "Kode ini tidak kami kenal" in page
    assert "Belum tentu palsu" in page
    assert "7K2MQ-4XD00-00000-0000X" in page


def test_what_was_typed_never_becomes_markup(client, office):
    answer = client.get("/v/%3Cscript%3Ealert(1)%3C%2Fscript%3E")
    shown = answer.get_data(as_text=True).lower().replace(SCRIPT, "")
    assert "<script" not in shown


def test_a_code_typed_by_hand_is_understood(office, client):
    document = office.issue()
    typed = document.public_code.replace("0", "o").replace("1", "l").lower()
    typed = "-".join(typed[i : i + 5] for i in range(0, 20, 5))
    answer = client.get("/v", query_string={"kode": f" {typed} "}, follow_redirects=True)
    assert document.number in text_of(answer)


@pytest.mark.parametrize("secrecy", [Secrecy.RAHASIA, Secrecy.SANGAT_RAHASIA])
def test_above_terbatas_the_subject_stays_hidden(office, client, secrecy):
    document = office.issue(subject="Perihal rahasia", secrecy=secrecy)
    answer = client.get(f"/v/{document.public_code}")
    assert "Perihal rahasia" not in answer.get_data(as_text=True)
    assert "Tidak ditampilkan karena sifat naskahnya" in text_of(answer)
    assert document.number in text_of(answer)


def test_terbatas_shows_its_subject_but_neither_picture_nor_file(office, client):
    document = office.issue(subject="Perihal terbatas", secrecy=Secrecy.TERBATAS)
    answer = client.get(f"/v/{document.public_code}")
    assert "Perihal terbatas" in text_of(answer)
    assert "halaman.webp" not in answer.get_data(as_text=True)
    assert client.get(f"/v/{document.public_code}/halaman.webp").status_code == 404
    assert client.get(f"/v/{document.public_code}/halaman/1").status_code == 404
    assert client.get(f"/v/{document.public_code}/berkas").status_code == 404


def test_whoever_holds_the_paper_sees_its_pages_as_they_were_given_out(
    office, client, services, monkeypatch
):
    monkeypatch.setattr(pictures, "Sandbox", InProcessSandbox)
    document = office.issue()
    count = client.get(f"/api/v1/public/records/{document.public_code}").json["pictures"]
    assert count >= 1
    path = f"/v/{document.public_code}/halaman"
    shown = client.get(f"{path}/{count}")
    assert shown.content_type == "image/webp"
    for beyond in (0, count + 1):
        assert client.get(f"{path}/{beyond}").status_code == 404
    # What was signed has the signer's block, which the version that was ticked has not.
    first = Image.open(io.BytesIO(client.get(f"{path}/1").data)).convert("L")
    scale = first.width / 595
    left, low, right, high = BOXES[0]
    box = (left * scale, (842 - high) * scale, right * scale, (842 - low) * scale)
    assert first.crop(tuple(map(round, box))).getextrema()[0] < 128
    # Drawn once, and again only of another file.
    monkeypatch.setattr(pictures, "Sandbox", None)
    assert client.get(f"{path}/1").status_code == 200
    with services.work() as work:
        assert work.session.query(FinalPage).count() == len({1, count})


def test_pictures_of_an_earlier_file_are_let_go(office, services):
    document = office.issue()
    for file, ordinal in (("aa", 1), ("aa", 2), ("bb", 1), ("bb", 1)):
        with services.work() as work:
            final_pages.keep(work, document.public_code, file, ordinal, "cc")
    with services.work() as work:
        assert [(p.file_sha256, p.ordinal) for p in work.session.query(FinalPage)] == [("bb", 1)]


def test_biasa_gives_the_picture_and_the_very_file_that_was_signed(office, client, blobs):
    document = office.issue()
    answer = client.get(f"/v/{document.public_code}")
    assert "halaman.webp" in answer.get_data(as_text=True)
    picture = client.get(f"/v/{document.public_code}/halaman.webp")
    assert picture.content_type == "image/webp"
    assert 1000 < len(picture.data) <= 40 * 1024
    file = client.get(f"/v/{document.public_code}/berkas")
    assert file.content_type == "application/pdf"
    assert file.data == blobs.get(document.signed_sha256)


def test_an_agency_may_keep_the_file_to_itself(services, client):
    document = make_office(services, policy={"public_download": False}).issue()
    assert client.get(f"/v/{document.public_code}/berkas").status_code == 404


def test_a_citizens_number_is_masked_and_keeps_picture_and_file_back(office, client, services):
    document = office.issue(subject="Akta kelahiran NIK 3201234567890001")
    with services.work() as work:
        version = work.session.scalar(
            select(Page.version_id).where(Page.version_id == document.current_version_id).limit(1)
        )
        work.session.execute(
            update(Page)
            .where(Page.version_id == version, Page.ordinal == 1)
            .values(names_citizen=True)
        )
    answer = client.get(f"/v/{document.public_code}")
    assert "3201234567890001" not in answer.get_data(as_text=True)
    assert "NIK 3201••••••••••••" in text_of(answer)
    assert client.get(f"/v/{document.public_code}/halaman/1").status_code == 404
    assert client.get(f"/v/{document.public_code}/halaman.webp").status_code == 404
    assert client.get(f"/v/{document.public_code}/berkas").status_code == 404


def test_a_file_under_a_wrong_code_answers_as_an_unknown_code_does(office, client):
    hidden = office.issue(secrecy=Secrecy.RAHASIA)
    wrong = client.get("/v/00000000000000000000/berkas")
    right = client.get(f"/v/{hidden.public_code}/berkas")
    assert wrong.status_code == right.status_code == 404
    blank = re.compile(r"[0-9A-Z]{5}(-[0-9A-Z]{5}){3}|/v/[0-9A-Z]{20}")
    assert blank.sub("", text_of(wrong)) == blank.sub("", text_of(right))


def test_english_is_one_tap_away(office, client):
    document = office.issue()
    answer = client.get(f"/v/{document.public_code}")
    assert f'href="/v/{document.public_code}?lang=en"' in answer.get_data(as_text=True)
    page = text_of(client.get(f"/v/{document.public_code}?lang=en"))
    assert "Intact, not certified" in page
    assert "2 March 2026, 09:01 WIB" in page


def test_times_stand_in_the_agencys_zone(services, client):
    document = make_office(services, zone="WIT").issue()
    assert "11.01 WIT" in text_of(client.get(f"/v/{document.public_code}"))


def test_every_page_fits_the_budget_and_needs_no_script(office, client):
    document = office.issue(signers=3, subject="Perihal yang panjang sekali. " * 8)
    paths = [f"/v/{document.public_code}", "/v", "/v/periksa", "/v/00000000000000000000"]
    for path in paths:
        answer = client.get(path)
        assert len(answer.data) <= BUDGET, path
        about_a_code = path not in {"/v", "/v/periksa"}
        assert answer.get_data(as_text=True).count("<script") == about_a_code
        assert (SCRIPT in answer.get_data(as_text=True)) == about_a_code
        assert answer.headers["Content-Security-Policy"] == (CHECKING if about_a_code else POLICY)
        packed = client.get(path, headers={"Accept-Encoding": "br"})
        assert brotli.decompress(packed.data).decode()[:15] == "<!doctype html>"
        assert len(packed.data) <= 5 * 1024, path


def test_the_same_as_json(office, client):
    document = office.issue()
    answer = client.get(f"/api/v1/public/records/{document.public_code}")
    assert answer.status_code == 200
    assert answer.json["state"] == "intact"
    assert answer.json["number"] == document.number
    assert answer.json["signers"][0]["signed_at"] == "2026-03-02T02:01:00Z"
    unknown = client.get("/api/v1/public/records/00000000000000000000")
    assert unknown.status_code == 404
    assert unknown.json["code"] == "verification/unknown-code"
