"""A file is compared with the paper whose code it came with or carries."""

import io

import pytest
from sqlalchemy import select

from backend.documents.models import Version
from backend.verification import spoken
from mobile_api.public import throttle, uploads
from tests.factories.pdfs import make_pdf
from tests.factories.signed import prepared
from tests.fakes.sandbox import InProcessSandbox
from tests.integration.verification.test_public_pages import text_of
from tests.integration.verification.test_uploads import send

NOT_IT = "Berkas ini bukan naskah yang disebut kode itu"
BUILT_ON = "Berkas ini berawal dari naskah yang disebut kode itu"


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(uploads, "Sandbox", InProcessSandbox)


def say(client, data: bytes, code: str) -> list[dict[str, str]]:
    path = "/api/v1/public/verifications"
    answer = client.post(
        path, data=data, content_type="application/pdf", query_string={"code": code}
    )
    return [{key: said[key] for key in ("code", "fits")} for said in answer.json["spoken"]]


def send_with(client, data: bytes, code: str):
    form = {"berkas": (io.BytesIO(data), "surat.pdf"), "kode": code}
    return client.post("/v/periksa", data=form, content_type="multipart/form-data")


def test_the_file_that_was_issued_is_the_one_its_code_speaks_of(office, client, blobs):
    document, other = office.issue(), office.issue()
    ours = blobs.get(document.signed_sha256)
    assert say(client, ours, document.public_code) == [
        {"code": document.public_code, "fits": "same"}
    ]
    # A genuine file under another paper's code: both things are said.
    page = text_of(send_with(client, ours, other.public_code))
    assert NOT_IT in page
    assert "persis sama dengan naskah yang kami terbitkan" in page


def test_what_was_added_to_the_version_that_went_in_is_told_from_another_file(
    office, client, services, blobs
):
    document = office.issue()
    base = prepared(1, seed=77)
    with services.work() as work:
        version = work.session.scalars(
            select(Version).where(Version.id == document.current_version_id)
        ).one()
        version.size, version.sha256 = len(base), blobs.put(base)
    code = document.public_code
    assert say(client, base + b"tambahan", code) == [{"code": code, "fits": "built-on"}]
    assert say(client, base, code) == [{"code": code, "fits": "built-on"}]
    assert say(client, base[:-1], code) == [{"code": code, "fits": "other"}]
    assert say(client, prepared(1, seed=78), code) == [{"code": code, "fits": "other"}]
    assert say(client, prepared(1, seed=78), "0" * 20) == [{"code": "0" * 20, "fits": "unknown"}]


def test_a_code_copied_onto_another_paper_is_called_out(office, client, settings):
    document = office.issue(subject="Pengangkatan pegawai")
    host = settings.origin.partition("://")[2]
    code = document.public_code
    grouped = "-".join(code[i : i + 5] for i in range(0, 20, 5))
    for printed in (f"Periksa keasliannya di {host}/v/{code}", grouped):
        forged = make_pdf(lines=["Surat palsu", printed])
        page = text_of(send(client, forged))
        assert NOT_IT in page, printed
        assert document.number in page
        assert "Belum ditandatangani" in page
    elsewhere = make_pdf(lines=[f"https://contoh.example/v/{code}", "AAAAA-BBBBB-CCCCC-DDDDD"])
    assert "Kode pada kertas" not in text_of(send(client, elsewhere))


def test_the_records_page_leads_to_a_comparison(office, client):
    document = office.issue()
    link = f"/v/periksa?kode={document.public_code}"
    assert f'href="{link}"' in client.get(f"/v/{document.public_code}").text
    shown = client.get(link)
    assert f'name="kode" value="{document.public_code}"' in shown.text
    assert "kami bandingkan dengan naskah berkode" in text_of(shown)


def test_codes_cannot_be_guessed_by_way_of_files(office, client, monkeypatch):
    monkeypatch.setattr(throttle, "UNKNOWN", (2, 20))
    sent = [send_with(client, b"%PDF-1.7 x", f"{n:020d}") for n in range(4)]
    assert [answer.status_code for answer in sent] == [200, 200, 429, 429]


def test_only_the_ends_of_a_file_are_read_for_codes(tmp_path, settings):
    def lines(index: int) -> list[str]:
        return [f"localhost/v/{index:020d}"]

    (tmp_path / "file.pdf").write_bytes(make_pdf(pages=9, lines=lines))
    found = spoken.codes_in(InProcessSandbox(settings), tmp_path / "file.pdf", "localhost")
    assert [int(code) for code in found] == [0, 1, 7]
