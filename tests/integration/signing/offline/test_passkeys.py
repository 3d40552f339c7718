"""A consent that the phone's passkey confirms, without a line and on it."""

from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from backend.bootstrap import Services
from backend.core.errors import DomainError
from backend.documents.models import DocumentState
from backend.identity import devices
from backend.identity.models import Device, Passkey, SecurityEvent, SecurityEventKind
from backend.signing.models import SigningAuthorisation
from tests.factories.away import Away, Statement, allow
from tests.factories.signings import Case
from tests.integration.signing.offline.conftest import Refused
from tests.support.authenticator import PRESENT, Authenticator, base64url
from tests.support.clock import SettableClock

refusal = pytest.mark.refusal


@pytest.fixture
def passkey(paper: Case, services: Services) -> Authenticator:
    """The signer's phone has a passkey that counts its uses."""
    made = Authenticator(services.settings.origin, count=5)
    device = paper.signatories[0].phone.device
    with services.work() as work:
        work.session.add(
            Passkey(
                device_id=device.id,
                person_id=device.person_id,
                credential_id=base64url(made.credential_id),
                attested=made.attested,
                sign_count=made.count,
                backed_up=False,
                enrolled_at=work.now,
                last_used_at=work.now,
            )
        )
    return made


def confirmed(passkey: Authenticator, statement: Statement, **lies: Any) -> Statement:
    statement.passkey = passkey.confirm(statement.sad, **lies)
    return statement


def test_a_consent_with_its_owners_passkey_is_carried_out_and_kept_as_evidence(
    passkey: Authenticator, away: Away, paper: Case, services: Services
) -> None:
    away.replay(confirmed(passkey, away.authorise()))
    assert paper.document().state is DocumentState.SIGNED
    with services.work() as work:
        kept = work.session.query(SigningAuthorisation).one()
        assert kept.confirmation is not None
        assert kept.confirmation["credential_id"] == base64url(passkey.credential_id)
        assert kept.marks["passkey"] is True


@refusal("identity/passkey-unanswered", "its device has a passkey, which did not confirm it")
def test_it_refuses_a_consent_without_the_passkey_of_its_device(
    passkey: Authenticator, away: Away, refused: Refused
) -> None:
    assert refused(away, away.authorise()) == "identity/passkey-unanswered"


@refusal("identity/passkey-missing", "the agency asks every device for a passkey; this has none")
def test_it_refuses_a_device_without_a_passkey_where_everyone_needs_one(
    away: Away, paper: Case, refused: Refused
) -> None:
    allow(paper, passkey="always")
    assert refused(away, away.authorise()) == "identity/passkey-missing"


@refusal("identity/passkey-unknown", "another passkey than its device's confirmed it")
def test_it_refuses_the_passkey_of_another_device(
    passkey: Authenticator, away: Away, refused: Refused
) -> None:
    other = confirmed(passkey, away.authorise(), credential_id=b"kunci-sandi-lain")
    assert refused(away, other) == "identity/passkey-unknown"


@refusal("identity/passkey-other", "the passkey confirmed another statement")
def test_it_refuses_a_confirmation_of_another_consent(
    passkey: Authenticator, away: Away, refused: Refused
) -> None:
    first, second = away.authorise(), away.authorise()
    second.passkey = passkey.confirm(first.sad)
    assert refused(away, second) == "identity/passkey-other"


@refusal("identity/passkey-unverified", "its device saw somebody, and did not recognise its owner")
def test_it_refuses_a_confirmation_by_whoever_held_the_phone(
    passkey: Authenticator, away: Away, refused: Refused
) -> None:
    statement = confirmed(passkey, away.authorise(), flags=PRESENT)
    assert refused(away, statement) == "identity/passkey-unverified"


@refusal("identity/passkey-invalid", "the confirmation is forged, or was made for another site")
def test_it_refuses_a_forged_confirmation(
    passkey: Authenticator, away: Away, refused: Refused
) -> None:
    forgeries: list[dict[str, Any]] = [
        {"origin": "https://palsu.contoh"},
        {"host": "palsu.contoh"},
        {"type": "webauthn.create"},
        {"cross_origin": True},
        {"key": ec.derive_private_key(7, ec.SECP256R1())},
        {"flags": 0},
    ]
    for lies in forgeries:
        statement = confirmed(passkey, away.authorise(), **lies)
        assert refused(away, statement, after=timedelta()) == "identity/passkey-invalid", lies
    garbage = away.authorise()
    garbage.passkey = passkey.confirm(garbage.sad) | {"authenticator_data": "AAAAAAAA"}
    assert refused(away, garbage) == "identity/passkey-invalid"


@refusal("identity/passkey-copied", "its count was seen before: there are two of this passkey")
def test_a_copied_passkey_is_taken_off_and_its_owner_told(
    passkey: Authenticator,
    away: Away,
    refused: Refused,
    services: Services,
    clock: SettableClock,
) -> None:
    away.replay(confirmed(passkey, away.authorise()))
    passkey.count -= 1  # the copy has not heard of that
    clock.advance(seconds=60)
    assert refused(away, confirmed(passkey, away.authorise())) == "identity/passkey-copied"
    with services.work() as work:
        assert work.session.query(Passkey).one().removed_at is not None
        kinds = [event.kind for event in work.session.query(SecurityEvent)]
        assert kinds.count(SecurityEventKind.PASSKEY_COPIED) == 1
        device = work.session.get_one(Device, away.signatory.phone.device.id)
        with pytest.raises(DomainError, match="identity/device-waits"):
            devices.require_may_sign(work, device)


def test_what_was_confirmed_first_may_arrive_last(
    passkey: Authenticator, away: Away, clock: SettableClock, services: Services
) -> None:
    early = confirmed(passkey, away.authorise())
    clock.advance(seconds=60)
    late = confirmed(passkey, away.authorise())
    away.replay(late)
    away.replay(early)  # of the same paper, which is signed by now
    with services.work() as work:
        assert work.session.query(Passkey).one().removed_at is None


def test_on_the_line_it_is_asked_only_where_the_agency_says_so(
    passkey: Authenticator, paper: Case, services: Services
) -> None:
    signatory = paper.signatories[0]
    paper.tick(signatory)
    allow(paper, passkey_on_line=True)
    sad, secrets = paper.sad(signatory)
    with pytest.raises(DomainError, match="identity/passkey-unanswered"):
        paper.authorise(signatory, (sad, secrets))
    with pytest.raises(DomainError, match="identity/passkey-unverified"):
        paper.authorise(signatory, (sad, secrets), passkey=passkey.confirm(sad, flags=PRESENT))
    paper.authorise(signatory, (sad, secrets), passkey=passkey.confirm(sad))
    assert paper.document().state is DocumentState.SIGNED
