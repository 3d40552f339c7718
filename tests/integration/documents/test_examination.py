"""An upload becomes one immutable version, or a refusal that says what to do."""

import io

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from backend.core.errors import STORAGE_FULL
from backend.core.jobs import Job
from backend.core.sandbox import SandboxTimeout
from backend.documents import examination
from backend.documents.models import (
    Document,
    NumberMode,
    NumberState,
    ReferenceNumber,
    Version,
    VersionState,
)
from tests.factories.pdfs import LETTER, make_pdf


def words_of(data: bytes, page: int = 0) -> str:
    return pypdfium2.PdfDocument(data)[page].get_textpage().get_text_range()


def test_a_pdf_becomes_a_version_with_pages_that_a_phone_can_show(office):
    version = office.examine(office.draft(), make_pdf(pages=2, anchors=["#"]))

    assert version.state is VersionState.READY
    assert [page.ordinal for page in version.pages] == [1, 2]
    assert version.anchors == {"#": [{"page": 2, "x": 63.64, "y": pytest.approx(731.9, abs=0.1)}]}
    first = version.pages[0]
    image = office.services.blobs.get(first.image_sha256)
    assert len(image) == first.image_bytes <= 120_000
    assert Image.open(io.BytesIO(image)).width == 824
    assert "PEMERINTAH KABUPATEN CONTOH" in first.text
    assert "Mu’awanah" in first.text
    assert 0 < first.boxes[0][0] < 1
    stored = office.services.blobs.get(version.sha256)
    assert len(stored) == version.size
    assert pikepdf.open(io.BytesIO(stored)).pdf_version == "1.7"


def test_a_page_that_names_a_citizen_is_marked_so(office):
    pages = make_pdf(pages=2, lines=["Nama: Budi Contoh", "NIK: 3201 2345 0589 0001"])
    assert [p.names_citizen for p in office.examine(office.draft(), pages).pages] == [True, True]
    signed_by = make_pdf(lines=["Kepala Dinas Contoh", "NIP 19700312 199503 2 001"])
    assert not office.examine(office.draft(), signed_by).pages[0].names_citizen


def test_it_becomes_the_documents_current_version(office):
    document = office.draft()
    version = office.examine(document, make_pdf())
    assert office.read(Document, document.id).current_version_id == version.id


def test_the_same_file_always_gives_the_same_version(office):
    data = make_pdf(pages=2, rotate=90)
    first = office.examine(office.draft(), data)
    with office.services.work() as work:
        work.session.get_one(Version, first.id).voided_at = work.now
    second = office.examine(office.draft(), data)
    assert first.sha256 == second.sha256
    assert [p.image_sha256 for p in first.pages] == [p.image_sha256 for p in second.pages]


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_a_turned_page_lies_upright_and_reads_the_same(office, rotate):
    upright = office.examine(office.draft(), make_pdf(size="F4", landscape=True))
    turned = office.examine(office.draft(), make_pdf(size="F4", landscape=True, rotate=rotate))
    assert turned.findings == [{"code": "pages-turned", "params": {"count": 1}}]
    assert (turned.pages[0].width, turned.pages[0].height) == pytest.approx((935.4, 609.4), abs=0.1)
    assert turned.pages[0].text == upright.pages[0].text


def test_mixed_sizes_are_ordinary(office):
    version = office.examine(office.draft(), make_pdf(pages=3, size=["A4", "F4", "A3"]))
    assert [round(page.height) for page in version.pages] == [842, 935, 1191]


def test_a_scan_fits_the_phones_budget_and_has_no_text(office):
    version = office.examine(office.draft(), make_pdf(scan=True, dpi=150))
    page = version.pages[0]
    assert page.image_type == "image/avif"
    assert page.image_bytes <= 120_000
    assert (page.text, page.boxes) == ("", [])
    assert any(page.ink)


def test_a_refused_file_says_why_and_leaves_the_document_as_it_was(office):
    pdf = pikepdf.open(io.BytesIO(make_pdf()))
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    hostile = io.BytesIO()
    pdf.save(hostile)
    document = office.draft()
    version = office.examine(document, hostile.getvalue())

    assert version.state is VersionState.REFUSED
    assert version.refusal == {"code": "documents/javascript", "params": {}}
    assert version.pages == []
    assert office.read(Document, document.id).current_version_id is None


def test_empty_pages_are_refused(office):
    blank = pikepdf.new()
    blank.add_blank_page()
    data = io.BytesIO()
    blank.save(data)
    assert office.examine(office.draft(), data.getvalue()).refusal["code"] == "documents/blank"


def test_a_file_that_takes_too_long_is_refused(office, monkeypatch):
    def never(*_args, **_options):
        raise SandboxTimeout

    monkeypatch.setattr(examination.Sandbox, "run", never)
    version = office.examine(office.draft(), make_pdf())
    assert version.refusal["code"] == "documents/too-complex"


def test_a_full_disk_during_the_examination_is_a_clear_answer(office, monkeypatch):
    def full(*_args, **_options):
        raise STORAGE_FULL()

    monkeypatch.setattr(examination.Sandbox, "run", full)
    version = office.examine(office.draft(), make_pdf())
    assert version.refusal["code"] == "general/storage-full"
    assert office.scratch() == []


def test_a_worker_that_dies_half_way_leaves_nothing_and_the_next_one_finishes(office, monkeypatch):
    monkeypatch.setattr(examination, "BATCH_SECONDS", 0)
    document = office.draft()
    version = office.upload(document, make_pdf(pages=3))
    calls = iter(range(100))
    run = examination.Sandbox.run

    def dies(*args, **options):
        if next(calls) == 2:
            raise KeyboardInterrupt
        return run(*args, **options)

    monkeypatch.setattr(examination.Sandbox, "run", dies)
    with pytest.raises(KeyboardInterrupt):
        office.run_jobs()
    left = office.read(Version, version.id)
    assert (left.state, left.pages, left.sha256) == (VersionState.EXAMINING, [], None)
    assert office.scratch() == []

    monkeypatch.undo()
    examination.examine(
        office.services.work,
        version.id,
        settings=office.services.settings,
        blobs=office.services.blobs,
    )
    done = office.read(Version, version.id)
    assert (done.state, len(done.pages)) == (VersionState.READY, 3)


def test_examining_twice_changes_nothing(office):
    version = office.examine(office.draft(), make_pdf())
    examination.examine(
        office.services.work,
        version.id,
        settings=office.services.settings,
        blobs=office.services.blobs,
    )
    assert office.read(Version, version.id).ready_at == version.ready_at
    assert Job.ADOPT_VERSION not in office.run_jobs(skip=(Job.PREPARE_SIGNATURES,))


class TestStamping:
    ANCHORS = ("${nomor}", "${tanggal}")

    def test_number_and_date_stand_where_the_text_asks(self, office):
        document = office.draft(number_mode=NumberMode.STAMP)
        version = office.examine(document, make_pdf(anchors=self.ANCHORS))
        numbered = office.read(Document, document.id)
        assert numbered.number == "800.1/1/SETDA/2026"
        assert "Nomor : 800.1/1/SETDA/2026\nTanggal : 2 Maret 2026\n" in version.pages[0].text
        stored = office.services.blobs.get(version.sha256)
        assert "${" not in words_of(stored)

    @pytest.mark.parametrize("split", [1, 3])
    def test_a_placeholder_split_over_runs_is_found(self, office, split):
        document = office.draft(number_mode=NumberMode.STAMP)
        version = office.examine(document, make_pdf(anchors=self.ANCHORS, split=split))
        assert "Nomor : 800.1/1/SETDA/2026\n" in version.pages[0].text

    def test_it_works_on_turned_pages(self, office):
        document = office.draft(number_mode=NumberMode.STAMP)
        version = office.examine(document, make_pdf(anchors=self.ANCHORS, rotate=270))
        assert "Nomor : 800.1/1/SETDA/2026\n" in version.pages[0].text

    def test_a_file_without_the_place_is_refused_and_takes_no_number(self, office):
        document = office.draft(number_mode=NumberMode.STAMP)
        version = office.examine(document, make_pdf(anchors=["${nomor}"]))
        assert version.refusal == {
            "code": "documents/anchor-missing",
            "params": {"anchor": "${tanggal}"},
        }
        assert office.read(Document, document.id).number is None

    def test_a_place_too_narrow_is_refused(self, office):
        crowded = ["Nomor ${nomor} dan lanjutan kalimat yang rapat", "Tanggal ${tanggal}", *LETTER]
        document = office.draft(number_mode=NumberMode.STAMP)
        version = office.examine(document, make_pdf(lines=crowded))
        assert version.refusal["code"] == "documents/anchor-no-room"

    def test_the_next_file_gets_the_same_number_and_date(self, office, clock):
        document = office.draft(number_mode=NumberMode.STAMP)
        office.examine(document, make_pdf(anchors=self.ANCHORS))
        clock.advance(days=3)
        version = office.examine(document, make_pdf(anchors=self.ANCHORS, seed=1))
        assert "Nomor : 800.1/1/SETDA/2026\nTanggal : 2 Maret 2026\n" in version.pages[0].text
        with office.services.sessions() as session:
            numbers = session.query(ReferenceNumber).all()
        assert [n.state for n in numbers] == [NumberState.USED]

    def test_a_placeholder_nobody_fills_is_refused(self, office):
        version = office.examine(office.draft(), make_pdf(anchors=["${nomor}"]))
        assert version.refusal == {
            "code": "documents/anchor-left",
            "params": {"anchor": "${nomor}", "page": 1},
        }
