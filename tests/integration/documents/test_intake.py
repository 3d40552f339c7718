"""A file arrives whole and once, or not at all."""

import errno
import hashlib

import pytest

from backend.core.blobs import BlobStore
from backend.core.errors import DomainError
from backend.documents import drafts, intake
from backend.documents.models import Document, DocumentState, Version, VersionState
from tests.factories.pdfs import make_pdf


def refusal(action) -> DomainError:
    with pytest.raises(DomainError) as caught:
        action()
    return caught.value


def stored(office) -> list[str]:
    return list(office.services.blobs.digests())


def test_what_arrived_is_kept_as_it_came(office):
    data = make_pdf()
    version = office.upload(office.draft(), data, "C:\\naskah\\SK Contoh.pdf")
    assert version.state is VersionState.EXAMINING
    assert version.uploaded_sha256 == hashlib.sha256(data).hexdigest()
    assert office.services.blobs.get(version.uploaded_sha256) == data
    assert (version.ordinal, version.filename) == (1, "SK Contoh.pdf")


@pytest.mark.parametrize(
    ("data", "checks", "code"),
    [
        (b"PK\x03\x04 a word processor's file", {}, "documents/not-a-pdf"),
        (b"", {}, "documents/empty"),
        (b"%PDF-1.7 half", {"length": 999}, "documents/incomplete"),
        (b"%PDF-1.7 other", {"sha256": "0" * 64}, "documents/digest-mismatch"),
    ],
)
def test_a_wrong_file_is_refused_and_nothing_is_kept(office, data, checks, code):
    assert refusal(lambda: office.store(data, **checks)).code == code
    assert stored(office) == []
    assert office.scratch() == []


def test_the_limit_is_the_settings(office, monkeypatch):
    limit = type(office.services.settings)(home="x", upload_limit_bytes=1048576, _env_file=None)
    pieces = [b"%PDF-1.7", *[bytes(1 << 16)] * 17]
    error = refusal(
        lambda: intake.store(
            pieces,
            settings=limit.model_copy(update={"home": office.services.settings.home}),
            blobs=office.services.blobs,
        )
    )
    assert (error.code, error.params) == ("general/too-large", {"limit_mb": 1})
    assert stored(office) == []


def test_a_lost_connection_leaves_nothing(office):
    def pieces():
        yield b"%PDF-1.7"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        intake.store(pieces(), settings=office.services.settings, blobs=office.services.blobs)
    assert stored(office) == []
    assert office.scratch() == []


def test_a_full_disk_is_a_clear_answer_and_leaves_nothing(office, monkeypatch):
    device = "/dev/full"  # refuses every byte with ENOSPC
    monkeypatch.setattr(intake.tempfile, "NamedTemporaryFile", lambda **_: open(device, "wb"))  # noqa: PTH123, SIM115
    assert refusal(lambda: office.store(make_pdf())).code == "general/storage-full"
    assert stored(office) == []


def test_a_full_store_is_a_clear_answer_and_leaves_nothing(office, monkeypatch):
    def full(*_args, **_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(BlobStore, "put", full)
    assert refusal(lambda: office.store(make_pdf())).code == "general/storage-full"
    assert office.scratch() == []


class TestTwice:
    def test_the_same_file_in_the_same_unit_names_the_other_paper(self, office):
        data = make_pdf()
        first = office.draft(subject="Naskah pertama")
        office.upload(first, data)
        error = refusal(lambda: office.upload(office.draft(), data))
        assert error.code == "documents/duplicate"
        assert error.params["document_id"] == str(first.id)
        assert "«Naskah pertama» (tanpa nomor)" in error.detail

    def test_what_was_refused_may_come_again(self, office):
        data = make_pdf(anchors=["${nomor}"])
        document = office.draft()
        assert office.examine(document, data).state is VersionState.REFUSED
        assert office.upload(document, data).ordinal == 2

    def test_a_cancelled_papers_file_may_come_again(self, office):
        data = make_pdf()
        first = office.draft()
        office.upload(first, data)
        with office.work() as work:
            drafts.cancel(work, first.id, "salah unggah")
        assert office.upload(office.draft(), data).ordinal == 1

    def test_another_unit_is_told_nothing(self, office, stranger):
        data = make_pdf()
        office.upload(office.draft(), data)
        received = office.store(data)
        with office.work(stranger) as work:
            unit_id = next(iter(stranger.unit_ids))
            document = drafts.create(
                work, unit_id=unit_id, type_code="SK", subject="Lain", classification="1"
            )
            assert intake.add_version(work, document.id, received, "a.pdf").ordinal == 1


def test_a_file_comes_only_while_the_paper_may_change(office):
    document = office.draft()
    with office.services.work() as work:
        work.session.get_one(Document, document.id).state = DocumentState.SIGNED
    assert refusal(lambda: office.upload(document, make_pdf())).code == "documents/not-editable"


def test_strangers_hear_that_there_is_no_such_paper(office, stranger):
    document = office.draft()
    received = office.store(make_pdf())

    def upload():
        with office.work(stranger) as work:
            intake.add_version(work, document.id, received, "a.pdf")

    assert refusal(upload).code == "general/not-found"


def test_a_version_that_comes_too_late_is_refused_with_the_reason(office):
    document = office.draft()
    version = office.upload(document, make_pdf())
    with office.services.work() as work:
        work.session.get_one(Document, document.id).state = DocumentState.SIGNED
    office.run_jobs()
    late = office.read(Version, version.id)
    assert late.state is VersionState.REFUSED
    assert late.refusal["code"].startswith("routing/")
