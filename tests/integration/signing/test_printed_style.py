"""What an administrator sets for a kind of paper is what the next paper of it prints."""

import io

import pikepdf
import pytest

from backend.bootstrap import Services
from backend.documents import numbering
from backend.documents.models import DocumentType, Secrecy
from backend.organisation.models import Person, Role
from backend.signing.preparation import live_prepared
from mobile_api.app import Application
from tests.factories import people
from tests.factories.signings import Case, case
from tests.support.browser import Browser, signed_in
from tests.unit.signing.test_appearance import appearance_text, text_of

NAME = "Dra. Hj. Ratna Contoh, M.Si."
SETTINGS = {"name": "Surat Keputusan", "level": "B-T"}


@pytest.fixture
def desk(app: Application, services: Services) -> Browser:
    with services.work() as work:
        people.agency(work.session)
        administrator = people.person(work.session)
        people.role(work.session, administrator, Role.ADMINISTRATOR)
    return signed_in(app, services, administrator)


def put(desk: Browser, code: str = "SK", **settings: object) -> dict[str, object]:
    answer = desk.put(f"/document-types/{code}", SETTINGS | settings)
    assert answer.status_code == 200, answer.text
    return answer.json


def prepared(services: Services) -> bytes:
    paper: Case = case(services)
    with services.work() as work:
        person = work.session.get_one(Person, paper.signatories[0].person.id)
        person.name = NAME
    paper.prepare()
    with services.work() as work:
        found = live_prepared(work, paper.next_step.id)
        assert found is not None
        return services.blobs.get(found.blob_sha256)


def test_a_kind_prints_as_it_was_set(desk: Browser, services: Services) -> None:
    put(desk)
    usual = prepared(services)
    assert NAME in appearance_text(usual)
    assert "alat bukti hukum" in " ".join(text_of(usual).split())

    order = ["name", "nip", "capacity", "code"]
    put(desk, block_order=order, print_titles=False, print_nip=False, foot="none")
    changed = prepared(services)
    block = appearance_text(changed)
    assert "Ratna Contoh" in block
    assert "Dra." not in block
    assert "NIP" not in block
    assert block.index("Ratna Contoh") < block.index("Ditandatangani")
    assert "alat bukti hukum" not in " ".join(text_of(changed).split())
    with pikepdf.open(io.BytesIO(changed)) as pdf:
        assert "/XObject" not in pdf.pages[0].get("/Resources", {})


def test_what_a_kind_leaves_open_follows_the_agency(desk: Browser, services: Services) -> None:
    kept = desk.patch("/agency", {"print_titles": False, "foot": "code", "print_nip": True})
    assert kept.status_code == 200, kept.text
    assert (kept.json["foot"], kept.json["print_titles"]) == ("code", False)
    put(desk, print_nip=False)
    made = prepared(services)
    assert "Dra." not in appearance_text(made)
    assert "NIP" not in appearance_text(made)
    assert "alat bukti hukum" not in " ".join(text_of(made).split())


def test_a_kind_may_have_its_own_pattern_of_numbers(desk: Browser, services: Services) -> None:
    put(desk, number_template="{jenis}-{urut:3}/{tahun}")
    with services.work() as work:
        unit = people.unit(work.session, code="SETDA")
        operator = people.operator(work.session, unit)
        texts = {
            kind: numbering.take(
                work,
                unit_id=unit.id,
                type_code=kind,
                classification="800",
                secrecy=Secrecy.BIASA,
                taken_by=operator.id,
            ).text
            for kind in ("SK", "ST")
        }
        year = work.now.year
    assert texts == {"SK": f"SK-001/{year}", "ST": f"800/2/SETDA/{year}"}


def test_a_new_kind_is_offered_and_one_out_of_use_is_not(desk: Browser, services: Services) -> None:
    made = put(desk, "BA", name="Berita Acara", level="B-LTA", number_template=None)
    assert made["level"] == "B-LTA"
    assert "BA" in [item["code"] for item in desk.get("/document-types").json["items"]]
    put(desk, "BA", name="Berita Acara", active=False)
    assert "BA" not in [item["code"] for item in desk.get("/document-types").json["items"]]
    assert "BA" in [item["code"] for item in desk.get("/document-types/settings").json["items"]]
    with services.work() as work:
        assert work.session.get_one(DocumentType, "BA").active is False


@pytest.mark.parametrize(
    ("code", "wish"),
    [
        ("panjang", {}),
        ("SK", {"block_order": ["name"]}),
        ("SK", {"number_template": "{jenis}/{tahun}"}),
        ("SK", {"level": "B-B"}),
        ("SK", {"foot": "upside-down"}),
    ],
)
def test_what_cannot_be_is_refused(desk: Browser, code: str, wish: dict[str, object]) -> None:
    assert desk.put(f"/document-types/{code}", SETTINGS | wish).status_code == 422
