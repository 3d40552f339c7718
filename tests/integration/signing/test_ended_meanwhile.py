"""What ends while the time stamp is awaited: the signature that was being made never counts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pytest

from backend.bootstrap import Services
from backend.certificates import lifecycle
from backend.certificates.lifecycle import RevocationReason
from backend.certificates.models import Certificate
from backend.certificates.revocation import Evidence, RevocationSource
from backend.core.db import Actor, Work
from backend.identity import devices
from backend.identity.models import Account
from backend.organisation import appointments
from backend.organisation.models import Role
from backend.routing.models import StepState
from backend.signing.models import AttemptState, Signature, SigningAttempt
from tests.factories import people
from tests.factories.signings import Case, Signatory, case

End = Callable[[Work, Signatory], object]


@dataclass
class Meanwhile:
    """The last thing that is waited for; when it has come, something else has happened too."""

    source: RevocationSource
    act: Callable[[], None]

    def evidence(self, certificates: Sequence[bytes]) -> Evidence:
        found = self.source.evidence(certificates)
        self.act()
        return found


def device_lost(work: Work, signer: Signatory) -> None:
    devices.revoke(work, signer.phone.device.id, person_id=signer.person.id, lost=True)


def signing_suspended(work: Work, signer: Signatory) -> None:
    work.session.get_one(Account, signer.person.id).signing_suspended_at = work.now


def account_closed(work: Work, signer: Signatory) -> None:
    work.session.get_one(Account, signer.person.id).closed_at = work.now


def mandate_ended(work: Work, signer: Signatory) -> None:
    appointments.end_mandate(work, signer.mandate.id)


def certificate_ended(work: Work, signer: Signatory) -> None:
    row = work.session.get_one(Certificate, signer.phone.certificate.id)
    lifecycle.end(work, row, RevocationReason.KEY_COMPROMISE, "kunci bocor")


def certificate_suspended(work: Work, signer: Signatory) -> None:
    row = work.session.get_one(Certificate, signer.phone.certificate.id)
    row.status = type(row.status).SUSPENDED


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (device_lost, "identity/device-unknown"),
        (signing_suspended, "identity/signing-suspended"),
        (account_closed, "identity/device-unknown"),
        (mandate_ended, "routing/mandate-ended"),
        (certificate_ended, "signing/no-credential"),
        (certificate_suspended, "signing/certificate-suspended"),
    ],
)
def test_nothing_is_signed_with_what_ended_meanwhile(
    services: Services, end: End, code: str
) -> None:
    paper = case(services)
    signer = paper.signatories[0]
    paper.tick(signer)
    envelope = paper.sad(signer)
    with services.work() as work:
        officer = people.person(work.session)
    actor = Actor(person_id=officer.id, roles=frozenset({Role.REGISTRATION_OFFICER}))

    def act() -> None:
        with services.work(actor) as work:
            end(work, signer)

    meanwhile = replace(services, revocations=Meanwhile(services.revocations, act))
    attempt_id = paper.authorise(signer, envelope, meanwhile)[0]
    assert _outcome(paper, attempt_id) == (AttemptState.FAILED, code)


def _outcome(paper: Case, attempt_id: object) -> tuple[AttemptState, str]:
    with paper.work() as work:
        attempt = work.session.get_one(SigningAttempt, attempt_id)
        assert work.session.query(Signature).count() == 0
        assert paper.document().signed_sha256 is None
        assert paper.next_step.state in {StepState.TICKED, StepState.OPEN}
        return attempt.state, attempt.failure["code"]
