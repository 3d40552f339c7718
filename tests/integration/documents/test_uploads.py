"""Uploads in pieces: cut off, repeated, gone on with after a restart, and whole only when whole."""

import base64
import hashlib
from datetime import timedelta

import pytest

from backend.core.jobs import Job
from backend.documents import uploads
from backend.documents.models import Document, Version
from backend.worker import HANDLERS
from tests.factories import papers, people
from tests.support.browser import signed_in

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 200 + b"\n%%EOF\n"
DIGEST = hashlib.sha256(PDF).hexdigest()


@pytest.fixture
def base(services):
    with services.work() as work:
        people.agency(work.session)
        return papers.desk(work.session)


@pytest.fixture
def desk(app, services, base):
    return signed_in(app, services, base.operator)


@pytest.fixture
def announce(desk, base):
    def announce(**changes):
        body = {
            "document_id": str(base.document.id),
            "size": len(PDF),
            "sha256": DIGEST,
            "filename": "naskah.pdf",
        }
        return desk.post("/uploads", body | changes)

    return announce


def send(desk, upload, offset, data, **headers):
    return desk.patch(
        f"/uploads/{upload['id']}",
        data=data,
        headers={"Upload-Offset": str(offset)} | headers,
        content_type="application/octet-stream",
    )


def test_a_file_in_pieces_becomes_a_version(services, desk, base, announce):
    upload = announce().json
    assert (upload["offset"], upload["size"], upload["version"]) == (0, len(PDF), None)
    half = send(desk, upload, 0, PDF[:30_000]).json
    assert (half["offset"], half["version"]) == (30_000, None)
    whole = send(desk, upload, 30_000, PDF[30_000:]).json
    assert whole["offset"] == len(PDF)
    with services.work() as work:
        version = work.session.get_one(Version, whole["version"]["id"])
        assert version.uploaded_sha256 == DIGEST
        assert (version.document_id, version.filename) == (base.document.id, "naskah.pdf")
    assert services.blobs.get(DIGEST) == PDF


def test_it_goes_on_where_the_line_broke(desk, announce):
    upload = announce().json
    send(desk, upload, 0, PDF[:20_000])  # the answer was lost
    head = desk.call("HEAD", f"/uploads/{upload['id']}")
    assert head.headers["Upload-Offset"] == "20000"
    assert head.headers["Upload-Length"] == str(len(PDF))
    assert send(desk, upload, 20_000, PDF[20_000:]).json["version"]


def test_what_came_of_a_piece_that_was_cut_off_is_kept(services, desk, announce):
    upload = announce().json
    with services.work() as work:
        row = work.session.get_one(uploads.PartialUpload, upload["id"])

    def cut_off():
        yield PDF[:12_000]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        uploads.receive(services.settings.uploads_dir, row, 0, cut_off())
    assert desk.get(f"/uploads/{upload['id']}").json["offset"] == 12_000
    assert send(desk, upload, 12_000, PDF[12_000:]).json["version"]


def test_a_page_that_was_closed_finds_it_again(desk, announce):
    upload = announce().json
    send(desk, upload, 0, PDF[:20_000])
    again = announce().json
    assert (again["id"], again["offset"]) == (upload["id"], 20_000)


def test_a_restarted_server_knows_how_far_it_came(app, services, base, desk, announce):
    upload = announce().json
    send(desk, upload, 0, PDF[:20_000])
    another = signed_in(app, services, base.operator)  # nothing but disk and database remains
    assert another.get(f"/uploads/{upload['id']}").json["offset"] == 20_000


def test_a_lost_last_answer_is_given_again_and_the_version_is_one(services, desk, base, announce):
    upload = announce().json
    first = send(desk, upload, 0, PDF).json["version"]
    for data in (b"", PDF[:100]):
        assert send(desk, upload, len(PDF), data).json["version"] == first
    assert desk.get(f"/uploads/{upload['id']}").json["version"] == first
    with services.work() as work:
        found = work.session.query(Version).filter_by(document_id=base.document.id)
        assert found.count() == 2, "the desk's own, and this one"


@pytest.mark.parametrize("offset", [0, 19_999, 20_001, 60_000])
def test_a_piece_for_another_place_is_refused_and_told_the_right_one(desk, announce, offset):
    upload = announce().json
    send(desk, upload, 0, PDF[:20_000])
    refused = send(desk, upload, offset, PDF[offset : offset + 100])
    assert (refused.status_code, refused.json["code"]) == (409, "documents/upload-elsewhere")
    assert refused.json["params"] == {"offset": 20_000}
    assert desk.get(f"/uploads/{upload['id']}").json["offset"] == 20_000


def test_a_request_that_hung_does_not_write_after_the_one_that_went_on(services, desk, announce):
    upload = announce().json
    folder = services.settings.uploads_dir
    with services.work() as work:
        row = work.session.get_one(uploads.PartialUpload, upload["id"])

    def hanging():
        yield PDF[:10_000]
        send(desk, upload, 10_000, PDF[10_000:30_000])
        yield PDF[10_000:20_000]

    with pytest.raises(Exception, match="upload-elsewhere"):
        uploads.receive(folder, row, 0, hanging())
    assert (folder / upload["id"]).read_bytes() == PDF[:30_000]


def test_a_damaged_file_is_refused_and_begins_again(desk, announce):
    upload = announce().json
    damaged = PDF[:-10] + b"x" + PDF[-9:]
    refused = send(desk, upload, 0, damaged)
    assert refused.json["code"] == "documents/digest-mismatch"
    assert desk.get(f"/uploads/{upload['id']}").json["offset"] == 0
    assert send(desk, upload, 0, PDF).json["version"]


def said(data, algorithm="sha-256"):
    found = base64.b64encode(hashlib.sha256(data).digest()).decode()
    return {"Content-Digest": f"{algorithm}=:{found}:"}


def test_a_damaged_piece_is_refused_alone_and_sent_again(services, desk, announce):
    upload = announce().json
    send(desk, upload, 0, PDF[:20_000], **said(PDF[:20_000]))
    piece = PDF[20_000:40_000]
    refused = send(desk, upload, 20_000, piece[:-1] + b"x", **said(piece))
    assert (refused.status_code, refused.json["code"]) == (422, "documents/piece-damaged")
    assert desk.get(f"/uploads/{upload['id']}").json["offset"] == 20_000
    assert send(desk, upload, 20_000, piece, **said(piece)).json["offset"] == 40_000
    assert send(desk, upload, 40_000, PDF[40_000:], **said(PDF[40_000:])).json["version"]
    assert services.blobs.get(DIGEST) == PDF


def test_a_damaged_piece_that_was_gone_on_from_takes_nothing_of_anothers(services, desk, announce):
    upload = announce().json
    folder = services.settings.uploads_dir
    with services.work() as work:
        row = work.session.get_one(uploads.PartialUpload, upload["id"])

    def hanging():
        yield PDF[:10_000]
        send(desk, upload, 10_000, PDF[10_000:30_000])

    with pytest.raises(Exception, match="upload-elsewhere"):
        uploads.receive(folder, row, 0, hanging(), b"another")
    assert (folder / upload["id"]).read_bytes() == PDF[:30_000]


def test_a_digest_may_stand_beside_others_and_must_be_readable(desk, announce):
    upload = announce().json
    other = said(b"other", "x-sha-256")
    assert send(desk, upload, 0, b"", **other).status_code == 200, "of a kind that nobody knows"
    both = {"Content-Digest": f"unixsum=:MDA=:, {said(b'other')['Content-Digest']}"}
    assert send(desk, upload, 0, PDF[:100], **both).json["code"] == "documents/piece-damaged"
    broken = {"Content-Digest": "sha-256=:AAAAA:"}
    assert send(desk, upload, 0, PDF[:100], **broken).json["code"] == "general/invalid"


def test_more_than_was_announced_is_refused(desk, announce):
    upload = announce().json
    assert send(desk, upload, 0, PDF + b"more").json["code"] == "documents/digest-mismatch"


def test_what_is_no_pdf_is_refused(desk, announce):
    data = b"GIF89a" * 100
    upload = announce(size=len(data), sha256=hashlib.sha256(data).hexdigest()).json
    assert send(desk, upload, 0, data).json["code"] == "documents/not-a-pdf"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"size": 0}, "documents/empty"),
        ({"size": 1 << 40}, "general/too-large"),
        ({"sha256": "x"}, "general/invalid"),
        ({"document_id": "00000000-0000-7000-8000-000000000000"}, "general/not-found"),
    ],
)
def test_what_cannot_become_a_version_is_refused_before_it_travels(announce, changes, code):
    assert announce(**changes).json["code"] == code


def test_the_same_file_for_another_paper_is_refused_before_it_travels(
    services, desk, base, announce
):
    send(desk, announce().json, 0, PDF)
    with services.work() as work:
        unit = work.session.merge(base.unit)
        other = papers.document(work.session, unit, base.operator)
    refused = announce(document_id=str(other.id))
    assert refused.json["code"] == "documents/duplicate"


def test_nobody_fills_the_disk_with_beginnings(announce):
    for number in range(uploads.MOST):
        assert announce(sha256=f"{number:064x}").status_code == 201
    refused = announce(sha256=f"{99:064x}")
    assert (refused.status_code, refused.json["code"]) == (409, "documents/too-many-uploads")
    assert announce(sha256=f"{0:064x}").status_code == 201, "one of those begun"


def test_it_is_its_senders_alone(app, services, base, announce):
    upload = announce().json
    with services.work() as work:
        unit = work.session.merge(base.unit)
        colleague = people.operator(work.session, unit)
    other = signed_in(app, services, colleague)
    assert other.get(f"/uploads/{upload['id']}").status_code == 404
    assert send(other, upload, 0, PDF).status_code == 404
    assert other.delete(f"/uploads/{upload['id']}").status_code == 404


def test_a_paper_that_went_on_meanwhile_takes_no_more(services, desk, base, announce):
    upload = announce().json
    send(desk, upload, 0, PDF[:100])
    with services.work() as work:
        work.session.get_one(Document, base.document.id).state = "cancelled"
    assert send(desk, upload, 100, PDF[100:]).json["code"] == "documents/not-editable"


class TestSweeping:
    def files(self, services):
        return {path.name for path in services.settings.uploads_dir.glob("*")}

    def test_what_is_under_way_stays(self, services, desk, announce):
        upload = announce().json
        send(desk, upload, 0, PDF[:100])
        HANDLERS[Job.TIDY](services)
        assert self.files(services) == {upload["id"]}
        assert desk.get(f"/uploads/{upload['id']}").json["offset"] == 100

    def test_what_is_finished_discarded_or_forgotten_goes(self, services, desk, announce, clock):
        done = announce().json
        send(desk, done, 0, PDF)
        given_up, forgotten = (announce(sha256=f"{n:064x}").json for n in (1, 2))
        for upload in (given_up, forgotten):
            send(desk, upload, 0, PDF[:100])
        assert desk.delete(f"/uploads/{given_up['id']}").status_code == 204
        HANDLERS[Job.TIDY](services)
        assert self.files(services) == {forgotten["id"]}
        clock.advance(seconds=(uploads.PATIENCE + timedelta(seconds=1)).total_seconds())
        HANDLERS[Job.TIDY](services)
        assert self.files(services) == set()
        with services.work() as work:
            assert work.session.query(uploads.PartialUpload).count() == 0
