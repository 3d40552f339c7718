"""What a browser sees of papers, files and numbers."""

import hashlib
from datetime import UTC, datetime

import pytest

from backend.core.db import Actor
from backend.documents.models import Document, Version
from backend.organisation.models import Role
from backend.routing import routes
from backend.routing.models import StepAction
from backend.routing.routes import PlannedStep
from tests.factories import papers
from tests.factories.pdfs import make_pdf
from tests.integration.documents.conftest import LATER


@pytest.fixture
def http(office, as_actor):
    return as_actor(office.actor)


def draft(http, office, **facts):
    body = {
        "unit_id": str(office.unit_id),
        "type_code": "SK",
        "subject": "Pengangkatan pejabat contoh",
        "classification": "800.1",
    }
    answer = http.post("/api/v1/documents", json=body | facts)
    assert answer.status_code == 201, answer.json
    return answer


def upload(http, document_id, data, **headers):
    headers = {"X-Filename": "SK%20Mu%E2%80%99awanah.pdf"} | headers
    return http.post(
        f"/api/v1/documents/{document_id}/versions",
        data=data,
        content_type="application/pdf",
        headers=headers,
    )


def test_a_paper_goes_from_draft_to_pages(http, office):
    document = draft(http, office).json
    assert document["state"] == "draft"
    assert document["public_url"].endswith(f"/v/{document['public_code']}")
    data = make_pdf(pages=2)
    received = upload(
        http, document["id"], data, **{"X-Content-SHA256": hashlib.sha256(data).hexdigest()}
    )
    assert received.status_code == 202
    assert received.json["state"] == "examining"
    assert received.json["filename"] == "SK Mu’awanah.pdf"
    office.run_jobs(skip=LATER)

    version = http.get(f"/api/v1/versions/{received.json['id']}").json
    assert (version["state"], version["page_count"]) == ("ready", 2)
    page = version["pages"][0]
    image = http.get(page["image"]["url"])
    assert hashlib.sha256(image.data).hexdigest() == page["image"]["sha256"]
    assert image.content_type == page["image"]["type"] == "image/webp"
    assert "immutable" in image.headers["Cache-Control"]
    assert "private" in image.headers["Cache-Control"]
    again = http.get(page["image"]["url"], headers={"If-None-Match": image.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    large = http.get(page["large"]["url"])
    assert hashlib.sha256(large.data).hexdigest() == page["large"]["sha256"]
    text = http.get(f"/api/v1/versions/{version['id']}/pages/1/text").json
    assert text["text"].startswith("PEMERINTAH KABUPATEN CONTOH")
    file = http.get(f"/api/v1/versions/{version['id']}/file")
    assert hashlib.sha256(file.data).hexdigest() == version["sha256"]
    listed = http.get("/api/v1/documents?state=draft").json["items"]
    assert listed[0]["version"]["current"]
    assert listed[0]["version"]["page_count"] == 2


def test_a_refused_file_says_what_to_do(http, office):
    document = draft(http, office).json
    upload(http, document["id"], make_pdf(anchors=["${nomor}"]))
    office.run_jobs(skip=LATER)
    version = http.get(f"/api/v1/documents/{document['id']}").json["version"]
    assert version["state"] == "refused"
    assert version["refusal"]["code"] == "documents/anchor-left"
    assert "${nomor} di halaman 1" in version["refusal"]["detail"]


@pytest.mark.parametrize(
    ("data", "headers", "status", "code"),
    [
        (b"GIF89a", {}, 415, "documents/not-a-pdf"),
        (b"%PDF-1.7", {"X-Content-SHA256": "0" * 64}, 422, "documents/digest-mismatch"),
        (b"%PDF-1.7", {"X-Content-SHA256": "zz"}, 422, "general/invalid"),
    ],
)
def test_a_wrong_upload_is_a_clear_answer(http, office, data, headers, status, code):
    document = draft(http, office).json
    answer = upload(http, document["id"], data, **headers)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert http.get(f"/api/v1/documents/{document['id']}").json["version"] is None


def test_an_upload_larger_than_the_limit_is_refused_before_it_is_read(http, office):
    document = draft(http, office).json
    answer = http.post(
        f"/api/v1/documents/{document['id']}/versions",
        data=b"%PDF-1.7",
        environ_overrides={"CONTENT_LENGTH": str(60 * 1024 * 1024)},
    )
    assert (answer.status_code, answer.json["code"]) == (413, "general/too-large")


def test_a_connection_lost_half_way_keeps_nothing(http, office):
    document = draft(http, office).json
    answer = http.post(
        f"/api/v1/documents/{document['id']}/versions",
        data=b"%PDF-1.7 half",
        environ_overrides={"CONTENT_LENGTH": "5000"},
    )
    assert (answer.status_code, answer.json["code"]) == (400, "documents/incomplete")
    assert office.scratch() == []
    assert list(office.services.blobs.digests()) == []


def test_a_file_beyond_the_ordinary_json_limit_is_taken(http, office):
    document = draft(http, office).json
    answer = upload(http, document["id"], b"%PDF-1.7" + bytes(3 * 1024 * 1024))
    assert answer.status_code == 202


def test_an_upload_sent_again_with_its_key_is_one_upload(http, office):
    document = draft(http, office).json
    data = make_pdf()
    key = {"Idempotency-Key": "6f1f3c53-6f4c-4b3e-9a43-2d2d44f3a001"}
    first, second = (upload(http, document["id"], data, **key) for _ in range(2))
    assert first.json["id"] == second.json["id"]


class TestEditing:
    def test_only_what_was_sent_changes(self, http, office):
        made = draft(http, office, recipient="Kepala Dinas Contoh")
        answer = http.patch(
            f"/api/v1/documents/{made.json['id']}",
            json={"subject": "Perihal baru"},
            headers={"If-Match": made.headers["ETag"]},
        )
        assert answer.json["subject"] == "Perihal baru"
        assert answer.json["recipient"] == "Kepala Dinas Contoh"
        assert answer.headers["ETag"] != made.headers["ETag"]

    def test_a_second_editor_is_told(self, http, office):
        made = draft(http, office)
        url, tag = f"/api/v1/documents/{made.json['id']}", {"If-Match": made.headers["ETag"]}
        http.patch(url, json={"subject": "Satu satu"}, headers=tag)
        answer = http.patch(url, json={"subject": "Dua dua"}, headers=tag)
        assert (answer.status_code, answer.json["code"]) == (412, "documents/changed")

    def test_the_revision_must_be_named(self, http, office):
        made = draft(http, office)
        answer = http.patch(f"/api/v1/documents/{made.json['id']}", json={"subject": "Baru"})
        assert answer.status_code == 428

    def test_a_deadline_can_be_taken_away(self, http, office):
        made = draft(http, office, due_at="2026-03-05T09:00:00+07:00")
        assert made.json["due_at"] == "2026-03-05T02:00:00Z"
        answer = http.patch(
            f"/api/v1/documents/{made.json['id']}",
            json={"due_at": None},
            headers={"If-Match": made.headers["ETag"]},
        )
        assert answer.json["due_at"] is None

    def test_cancelling_needs_a_reason_and_ends_it(self, http, office):
        made = draft(http, office)
        url = f"/api/v1/documents/{made.json['id']}/cancel"
        assert http.post(url, json={"note": " "}).status_code == 422
        assert http.post(url, json={"note": "Salah jenis"}).json["state"] == "cancelled"
        assert http.post(url, json={"note": "Lagi"}).json["code"] == "documents/not-editable"


class TestFinding:
    def test_by_words_beginnings_and_parts_of_numbers(self, http, office):
        number = http.post(
            "/api/v1/numbers",
            json={
                "unit_id": str(office.unit_id),
                "type_code": "SK",
                "classification": "800.1",
            },
        ).json
        draft(http, office, subject="Undangan rapat anggaran", number_id=number["id"])
        draft(http, office, subject="Pengangkatan pejabat")

        def found(query):
            answer = http.get("/api/v1/documents", query_string={"query": query})
            return [d["subject"] for d in answer.json["items"]]

        assert found("anggar") == ["Undangan rapat anggaran"]
        assert found("rapat undangan") == ["Undangan rapat anggaran"]
        assert found("1/SETDA") == ["Undangan rapat anggaran"]
        assert found("& | ! :*") == ["Pengangkatan pejabat", "Undangan rapat anggaran"]
        assert found("tidak ada") == []

    def test_page_by_page_without_loss(self, http, office, clock):
        for index in range(5):
            clock.advance(minutes=1)
            draft(http, office, subject=f"Naskah {index}")
        seen, cursor = [], None
        while True:
            query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
            answer = http.get("/api/v1/documents", query_string=query).json
            seen += [d["subject"] for d in answer["items"]]
            cursor = answer["next_cursor"]
            if cursor is None:
                break
        assert seen == [f"Naskah {i}" for i in (4, 3, 2, 1, 0)]


class TestWhoSees:
    def test_other_offices_find_nothing(self, office, as_actor, stranger):
        document = office.draft()
        version = office.examine(document, make_pdf())
        http = as_actor(stranger)
        for url in (
            f"/api/v1/documents/{document.id}",
            f"/api/v1/versions/{version.id}",
            f"/api/v1/versions/{version.id}/pages/1/image",
            f"/api/v1/versions/{version.id}/pages/1/text",
            f"/api/v1/versions/{version.id}/file",
        ):
            assert http.get(url).status_code == 404, url
        assert http.get("/api/v1/documents").json["items"] == []
        assert http.get(f"/api/v1/numbers?unit_id={office.unit_id}").status_code == 404
        assert upload(http, document.id, make_pdf()).status_code == 404

    def test_officials_read_from_the_day_it_is_queued(self, office, as_actor):
        document = office.draft()
        version = office.examine(document, make_pdf())
        with office.work() as work:
            official = papers.official(work.session)
        http = as_actor(official.actor)
        image = f"/api/v1/versions/{version.id}/pages/1/image"
        assert http.get(image).status_code == 404
        with office.work() as work:
            plan = [PlannedStep(official.position.id, StepAction.SIGN)]
            routes.draw_route(work, document.id, plan)
            routes.queue(work, document.id)
        assert http.get(image).status_code == 200
        assert http.get(f"/api/v1/documents/{document.id}").json["state"] == "ready-to-sign"

    def test_officials_do_not_see_what_did_not_pass(self, office, as_actor):
        document = office.draft()
        office.examine(document, make_pdf())
        with office.work() as work:
            official = papers.official(work.session)
            routes.draw_route(
                work, document.id, [PlannedStep(official.position.id, StepAction.SIGN)]
            )
            routes.queue(work, document.id)
        refused = office.examine(document, make_pdf(anchors=["${nomor}"]))
        http = as_actor(official.actor)
        assert http.get(f"/api/v1/versions/{refused.id}").status_code == 404
        assert http.get(f"/api/v1/documents/{document.id}").json["version"]["ordinal"] == 1

    def test_a_person_without_a_role_sees_nothing(self, office, as_actor):
        document = office.draft()
        nobody = Actor(person_id=office.actor.person_id, roles=frozenset({Role.AUDITOR}))
        http = as_actor(nobody)
        assert http.get(f"/api/v1/documents/{document.id}").status_code == 404
        assert http.get("/api/v1/documents").status_code == 403


def test_a_signed_file_is_given_out_once_it_was_validated(http, office):
    document = office.draft()
    digest = office.services.blobs.put(b"%PDF-1.7 signed")
    url = f"/api/v1/documents/{document.id}/file"
    assert http.get(url).status_code == 404
    with office.services.work() as work:
        row = work.session.get_one(Document, document.id)
        row.signed_sha256, row.number = digest, "800/1/SETDA/2026"
    assert http.get(url).json["code"] == "documents/not-ready"
    with office.services.work() as work:
        work.session.get_one(Document, document.id).validated_sha256 = digest
    answer = http.get(url)
    assert answer.data == b"%PDF-1.7 signed"
    assert 'filename="800_1_SETDA_2026.pdf"' in answer.headers["Content-Disposition"]


def test_numbers_by_hand_voided_and_listed(http, office, clock):
    clock.set(datetime(2026, 12, 31, 10, tzinfo=UTC))
    unit = {"unit_id": str(office.unit_id)}
    assert (
        http.put("/api/v1/agenda-series", json=unit | {"kind": "*", "year": 2026, "last": 99}).json[
            "last"
        ]
        == 99
    )
    taken = http.post(
        "/api/v1/numbers", json=unit | {"type_code": "SK", "classification": "800"}
    ).json
    assert taken["text"] == "800/100/SETDA/2026"
    by_hand = http.post(
        "/api/v1/numbers/by-hand",
        json=unit | {"sequence": 98, "text": "800/98/SETDA/2026", "dated": "2026-12-30"},
    )
    assert by_hand.status_code == 201
    voided = http.post(f"/api/v1/numbers/{taken['id']}/void", json={"note": "Salah"}).json
    assert voided["state"] == "void"
    book = http.get("/api/v1/numbers", query_string=unit).json
    assert [n["sequence"] for n in book["items"]] == [98, 100]


def test_the_kinds_of_paper_are_listed(http):
    assert http.get("/api/v1/document-types").json == {
        "items": [{"code": "SK", "name": "Surat Keputusan"}]
    }


def test_versions_are_rows_of_their_own(office):
    document = office.draft()
    first = office.examine(document, make_pdf())
    second = office.examine(document, make_pdf(seed=1))
    assert (first.ordinal, second.ordinal) == (1, 2)
    assert office.read(Version, first.id).voided_at is not None
