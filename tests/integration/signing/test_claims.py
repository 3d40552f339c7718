"""What the code on a paper claims, from the queue to the file that is signed."""

import hashlib

import cbor2
import pytest
from flask.testing import FlaskClient

from backend.bootstrap import Services
from backend.certificates import authority, claim_keys, claims
from backend.certificates.claims import Issued
from backend.certificates.cose import PublicKey
from backend.documents.models import Secrecy
from backend.signing.claims import indexes
from backend.signing.claims.models import StatusEntry
from backend.signing.pdf import appearance
from tests.factories.sheets import Sheet, paper
from tests.factories.signings import case
from tests.support.clock import SettableClock


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every address that was drawn as a code, in the order of drawing."""
    addresses: list[str] = []
    original = appearance.draw_qr

    def note(url: str, x: float, y: float, side: float) -> bytes:
        addresses.append(url)
        return original(url, x, y, side)

    monkeypatch.setattr(appearance, "draw_qr", note)
    return addresses


def read(services: Services, address: str) -> Issued:
    with services.work() as work:
        return claims.read(address, claim_keys.by_kid(work.session))


def test_the_last_signers_code_claims_what_the_paper_is(
    services: Services, drawn: list[str]
) -> None:
    one = case(services, signers=2)
    one.prepare()

    first, last = drawn
    document, signer = one.document(), one.signatories[-1]
    assert first == f"{services.settings.origin}/v/{document.public_code}"
    found = read(services, last)
    assert last.startswith(f"{first}#")
    assert found.claim.number == document.number
    assert found.claim.subject == document.subject
    assert found.claim.signer == signer.person.name
    assert found.claim.position == signer.position.title
    assert found.claim.dated == document.dated
    assert abs((found.at - services.clock.now()).total_seconds()) < 1


def test_it_names_the_beginning_of_the_file_that_is_signed(
    services: Services, drawn: list[str]
) -> None:
    one = case(services, base=paper(Sheet()))
    one.prepare()
    one.sign(one.signatories[0])

    claim = read(services, drawn[-1]).claim
    signed = services.blobs.get(str(one.document().signed_sha256))
    assert hashlib.sha256(signed[: claim.length]).digest() == claim.digest
    assert 0 < claim.length < len(signed)


def test_it_is_made_once_when_the_paper_waits_and_never_at_the_tap(
    services: Services, drawn: list[str]
) -> None:
    one = case(services)
    one.prepare()
    one.prepare()
    assert len(drawn) == 1
    one.sign(one.signatories[0])
    assert len(drawn) == 1


def test_a_secret_papers_subject_is_not_in_its_code(services: Services, drawn: list[str]) -> None:
    case(services, secrecy=Secrecy.RAHASIA).prepare()
    assert read(services, drawn[-1]).claim.subject is None


def test_a_paper_keeps_its_place_in_the_list(services: Services) -> None:
    one = case(services)
    with services.work() as work:
        first = indexes.index_of(work, one.document_id)
    with services.work() as work:
        assert indexes.index_of(work, one.document_id) == first


def test_places_are_given_at_random_until_a_window_is_full(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexes, "WINDOW", 4)
    given = []
    for _ in range(6):
        one = case(services)
        with services.work() as work:
            given.append(indexes.index_of(work, one.document_id))
    assert sorted(given[:4]) == [0, 1, 2, 3]
    assert set(given[4:]) <= {4, 5, 6, 7}
    with services.work() as work:
        assert work.session.query(StatusEntry).count() == 6


def test_keys_stay_published_after_their_rotation(
    services: Services, client: FlaskClient, clock: SettableClock, drawn: list[str]
) -> None:
    one = case(services)
    one.prepare()
    clock.advance(seconds=400 * 86_400)
    with services.work() as work:
        authority.establish(work, issuer=services.issuer, organisation="apa pun")
    one.prepare()

    named = client.get("/.well-known/jwks.json")
    assert named.content_type == "application/jwk-set+json"
    assert [key["alg"] for key in named.json["keys"]] == ["ES256", "ES256"]
    published = cbor2.loads(client.get("/.well-known/cose-keys").data)
    keys = {key[2]: PublicKey(key[-2], key[-3]) for key in published}
    assert len(keys) == 2
    for address in drawn:
        assert claims.read(address, keys).claim.signer == one.signatories[0].person.name


def test_keys_may_be_fetched_from_anywhere_and_need_not_be_fetched_twice(
    services: Services, client: FlaskClient
) -> None:
    case(services)
    for path in ("/.well-known/jwks.json", "/.well-known/cose-keys"):
        answer = client.get(path)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
