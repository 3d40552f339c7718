"""Every way a whole authorisation made without a line is refused when it arrives.

The markers make docs/offline-refusals.md; see tests/tools/refusals.py.
"""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.audit.models import AuditEntry
from backend.bootstrap import Services
from backend.certificates import lifecycle
from backend.certificates.lifecycle import RevocationReason
from backend.certificates.models import Certificate
from backend.core.db import Actor
from backend.core.errors import DomainError
from backend.documents.models import DocumentState
from backend.identity import devices
from backend.identity.models import Device, Quarantined, SecurityEvent, SecurityEventKind
from backend.organisation.models import Role
from backend.signing.models import KeyCredential, Signature
from backend.signing.offline import grants
from backend.signing.offline.models import OfflineEnvelope
from tests.factories.away import Away, Statement, allow, leave
from tests.factories.people import DeviceKey
from tests.factories.signings import Case, case, further_case
from tests.integration.signing.offline.conftest import Refused
from tests.support.clock import SettableClock

refusal = pytest.mark.refusal


@pytest.fixture(autouse=True)
def nothing_was_signed(services: Services):
    yield
    with services.work() as work:
        assert work.session.query(Signature).count() <= 1


@refusal("offline/policy-off", "the agency does not, or no longer, allow it")
def test_it_refuses_what_the_agency_no_longer_allows(
    away: Away, paper: Case, refused: Refused
) -> None:
    statement = away.authorise()
    allow(paper, signing=False)
    assert refused(away, statement) == "offline/policy-off"


@refusal("offline/too-many-documents", "it names more papers than the agency allows in one")
def test_it_refuses_more_papers_than_the_policy_allows(
    away: Away, paper: Case, refused: Refused
) -> None:
    other = {**away.documents[0], "step": "0192b1c0-0000-7000-8000-000000000001"}
    statement = away.authorise(documents=[away.documents[0], other])
    allow(paper, documents_per_statement=1)
    assert refused(away, statement) == "offline/too-many-documents"


@refusal("offline/replayed", "its `jti` arrived before, in another entry or another statement")
def test_it_refuses_a_statement_that_arrived_before(away: Away, refused: Refused) -> None:
    statement = away.authorise()
    away.replay(statement)
    again = Statement(statement.sad, statement.secrets)  # the same in another entry
    assert refused(away, again) == "offline/replayed"


def test_of_one_statement_sent_twice_at_once_one_is_carried_out(
    away: Away, services: Services
) -> None:
    statement = away.authorise()
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: away.replay(statement).batch_id, range(2)))
    assert both[0] == both[1]
    with services.work() as work:
        assert work.session.query(Signature).count() == 1


@refusal("offline/grant-used", "another statement used its grant")
def test_it_refuses_a_grant_that_was_used(
    away: Away, paper: Case, clock: SettableClock, refused: Refused
) -> None:
    grant = away.grant()
    away.replay(away.authorise(grant=grant))
    clock.advance(seconds=60)
    assert refused(away, away.authorise(grant=grant)) == "offline/grant-used"


@refusal("offline/grant-unknown", "its grant is forged, or another phone's")
def test_it_refuses_a_forged_grant(away: Away, services: Services, refused: Refused) -> None:
    genuine = away.grant()
    name, _, mac = genuine.rpartition(".")
    minting = name.partition(".")[0]
    forged = [
        genuine[:-1] + ("A" if genuine[-1] != "A" else "Q"),
        f"{minting}.11.{mac}",  # an eleventh
        f"0192b1c0-0000-7000-8000-000000000001.1.{mac}",
        "bukan bekal",
        f"{name}.\u00e9",
    ]
    for grant in forged:
        statement = away.authorise(grant=grant)
        assert refused(away, statement, after=timedelta()) == "offline/grant-unknown"


def test_it_refuses_a_grant_of_another_phone(
    away: Away, services: Services, refused: Refused
) -> None:
    elsewhere = leave([further_case(case(services))])
    assert refused(away, away.authorise(grant=elsewhere.grant())) == "offline/grant-unknown"


def test_it_refuses_a_grant_whose_papers_were_changed_in_the_database(
    away: Away, services: Services, refused: Refused
) -> None:
    statement = away.authorise()
    with services.work() as work:
        minting = work.session.query(grants.OfflineMinting).one()
        minting.steps = [*minting.steps, "0192b1c0-0000-7000-8000-000000000001"]
    assert refused(away, statement) == "offline/grant-unknown"


@refusal("offline/grant-expired", "it was made after its grant had run out")
def test_it_refuses_what_was_made_after_the_grant_ran_out(
    away: Away, clock: SettableClock, refused: Refused
) -> None:
    clock.advance(hours=23, seconds=60)
    assert refused(away, away.authorise()) == "offline/grant-expired"


@refusal("offline/window-exceeded", "it took longer to arrive than the agency's window")
def test_it_refuses_what_arrives_after_the_window(away: Away, refused: Refused) -> None:
    statement = away.authorise()
    assert refused(away, statement, after=timedelta(hours=24, seconds=1)) == (
        "offline/window-exceeded"
    )


def test_the_window_is_judged_by_corrected_time(
    paper: Case, clock: SettableClock, refused: Refused
) -> None:
    away = leave([paper], ahead=timedelta(hours=10))
    statement = away.authorise()  # the phone's clock says that it is ten hours younger
    assert refused(away, statement, after=timedelta(hours=24, seconds=1)) == (
        "offline/window-exceeded"
    )


@refusal("offline/before-grant", "its corrected time lies before its grant was minted")
def test_it_refuses_what_claims_to_be_older_than_its_grant(
    away: Away, clock: SettableClock, refused: Refused
) -> None:
    claimed = int(clock.now().timestamp()) - 3600 - 121
    assert refused(away, away.authorise(claimed_at=claimed)) == "offline/before-grant"


@refusal("offline/in-future", "its corrected time is yet to come")
def test_it_refuses_what_claims_to_come_from_the_future(
    away: Away, clock: SettableClock, refused: Refused
) -> None:
    claimed = int(clock.now().timestamp()) + 3600 + 121
    assert refused(away, away.authorise(claimed_at=claimed)) == "offline/in-future"


@refusal("offline/clock-changed", "its skew is not the one its grant was minted with")
def test_it_refuses_a_skew_of_the_phones_own_making(
    away: Away, clock: SettableClock, refused: Refused
) -> None:
    # An old code that somebody overlooked, under a clock set back to its time.
    past = int(clock.now().timestamp()) - 14 * 24 * 3600
    statement = away.authorise(claimed_at=past, skew=-14 * 24 * 3600)
    assert refused(away, statement) == "offline/clock-changed"


@refusal("offline/clock-far", "at the sync: the phone's clock is off by more than a day")
def test_a_phone_with_a_clock_of_another_day_gets_no_grants(paper: Case, refused: Refused) -> None:
    with pytest.raises(DomainError, match="offline/clock-far"):
        leave([paper], ahead=timedelta(hours=24, seconds=1))


@refusal("offline/code-wrong", "its one-time code is not that of the device's clock")
def test_it_refuses_a_code_that_the_devices_clock_did_not_show(
    paper: Case, clock: SettableClock, refused: Refused
) -> None:
    away = leave([paper], ahead=timedelta(hours=3))
    clock.advance(hours=1)
    right_time = away.signatory.phone.code  # of an authenticator whose clock is right
    statement = away.authorise(secrets={"code": right_time})
    assert refused(away, statement) == "offline/code-wrong"
    assert refused(away, statement) == "offline/code-wrong"  # and final: it is not tried again


def test_wrong_codes_of_a_phone_keep_nobody_from_signing_in(
    away: Away, paper: Case, clock: SettableClock, refused: Refused
) -> None:
    for _ in range(6):
        statement = away.authorise(secrets={"code": "000000"})
        answer = refused(away, statement, after=timedelta(seconds=1))
        assert answer in {"offline/code-wrong", "identity/locked"}
    assert answer == "identity/locked"  # and to be tried again later
    clock.advance(seconds=30)
    paper.authorise(away.signatory, paper.sad(away.signatory))


@refusal("offline/code-used", "its code's time step was used before, on the line or off it")
def test_it_refuses_a_code_that_was_used_on_the_line(
    away: Away, clock: SettableClock, refused: Refused
) -> None:
    other = further_case(away.papers[0])
    other.sign(away.signatory)
    assert refused(away, away.authorise(), after=timedelta(hours=1)) == "offline/code-used"


def test_it_refuses_a_code_that_an_earlier_statement_used(
    paper: Case, clock: SettableClock, refused: Refused
) -> None:
    away = leave([paper, further_case(paper)])
    clock.advance(hours=1)
    both = [away.authorise(documents=[document]) for document in away.documents]
    clock.advance(hours=20)
    away.replay(both[0])
    # Long after any code is good on the line, and after the daily tidying.
    assert refused(away, both[1]) == "offline/code-used"


@refusal("offline/seq-seen", "its number came before in another statement: the phone was copied")
def test_a_number_seen_twice_stops_a_copied_phone(
    away: Away, services: Services, clock: SettableClock, refused: Refused
) -> None:
    away.replay(away.authorise(seq=40))
    clock.advance(minutes=1)
    copied = away.authorise(seq=40)
    assert refused(away, copied) == "offline/seq-seen"

    with services.work() as work:
        device = work.session.get_one(Device, away.signatory.phone.device.id)
        assert device.lost_at == clock.now()
        kept = work.session.query(Quarantined).one()
        assert kept.statement == copied.sad
        kinds = {event.kind for event in work.session.query(SecurityEvent)}
        assert SecurityEventKind.DEVICE_CLONED in kinds
        assert work.session.scalars(
            select(AuditEntry).where(AuditEntry.action == "device.cloned")
        ).one()
    assert refused(away, away.authorise()) == "offline/quarantined"


def test_a_number_used_on_the_line_counts_as_seen(
    away: Away, clock: SettableClock, refused: Refused
) -> None:
    other = further_case(away.papers[0])
    other.tick(away.signatory)
    clock.advance(seconds=30)
    phone = away.signatory.phone
    other.authorise(away.signatory, phone.sad([other.consent(away.signatory)], seq=50))
    clock.advance(seconds=60)
    assert refused(away, away.authorise(seq=50)) == "offline/seq-seen"


@refusal("offline/device-revoked", "its device was revoked meanwhile")
def test_it_refuses_a_revoked_device(away: Away, services: Services, refused: Refused) -> None:
    statement = away.authorise()
    with services.work() as work:
        devices.revoke(work, away.signatory.phone.device.id, person_id=None)
    assert refused(away, statement) == "offline/device-revoked"


@refusal("offline/key-revoked", "the certificate it names was revoked meanwhile")
def test_it_refuses_a_revoked_certificate(away: Away, services: Services, refused: Refused) -> None:
    statement = away.authorise()
    officer = Actor(roles=frozenset({Role.REGISTRATION_OFFICER}))
    with services.work(officer) as work:
        row = work.session.query(Certificate).filter_by(person_id=away.signatory.person.id).one()
        reason, issuer = RevocationReason.KEY_COMPROMISE, services.issuer
        lifecycle.revoke(work, row.id, reason, "Ponsel hilang.", issuer=issuer)
    assert refused(away, statement) == "offline/key-revoked"


@refusal("offline/bad-signature", "the named device did not sign it")
def test_it_refuses_a_statement_the_device_did_not_sign(away: Away, refused: Refused) -> None:
    statement = away.authorise()
    header, payload, signature = statement.sad.split(".")
    flipped = ("A" if signature[0] != "A" else "B") + signature[1:]
    broken = Statement(f"{header}.{payload}.{flipped}", statement.secrets, statement.entry)
    assert refused(away, broken) == "offline/bad-signature"
    # A stranger's refusal makes nothing final.
    away.replay(statement)


def test_it_refuses_a_statement_by_another_key_in_the_devices_name(
    away: Away, refused: Refused
) -> None:
    phone = away.signatory.phone
    genuine, phone.key = phone.key, DeviceKey()
    own = phone.key.thumbprint
    forged = away.authorise()
    phone.key = genuine
    assert own != genuine.thumbprint
    assert refused(away, forged) == "identity/device-unknown"


@refusal("offline/passphrase-wrong", "its passphrase is wrong; of one replay one is counted")
def test_one_replay_counts_one_wrong_passphrase(
    paper: Case, services: Services, clock: SettableClock, refused: Refused
) -> None:
    papers = [paper, *(further_case(paper) for _ in range(3))]
    away = leave(papers)
    statements = []
    for document in away.documents:
        clock.advance(minutes=5)
        typed = {"passphrase": "bukan frasa sandinya"}
        statements.append(away.authorise(documents=[document], secrets=typed))
    clock.advance(hours=1)
    for statement in statements:
        assert refused(away, statement, after=timedelta(seconds=1)) == "offline/passphrase-wrong"

    def tries() -> int:
        with services.work() as work:
            rows = work.session.query(KeyCredential).filter_by(retired_at=None)
            return rows.filter_by(person_id=away.signatory.person.id).one().wrong_tries

    assert tries() == 1
    # What was typed after its owner could know of it counts anew.
    clock.advance(minutes=5)
    again = away.authorise(secrets={"passphrase": "masih bukan frasanya"})
    assert refused(away, again) == "offline/passphrase-wrong"
    assert tries() == 2


def test_a_thief_tries_no_more_passphrases_than_a_sync_gives_grants(
    away: Away, services: Services, clock: SettableClock, refused: Refused
) -> None:
    statements = []
    for _ in range(10):
        clock.advance(seconds=30)
        statements.append(away.authorise(secrets={"passphrase": "tebakan yang lain"}))
    with services.work(away.signatory.actor) as work:
        more = grants.mint(work, work.now, 10, keys=services.master_key)
    assert more is not None
    clock.advance(seconds=30)
    typed = {"passphrase": "tebakan terakhir"}
    statements.append(away.authorise(grant=more.grants[0], secrets=typed))
    for statement in statements:
        refused(away, statement, after=timedelta(seconds=1))
    with services.work() as work:
        row = work.session.query(KeyCredential).filter_by(retired_at=None).one()
        assert row.wrong_tries == 2


def test_a_refusal_is_final_whatever_changes_later(
    away: Away, paper: Case, services: Services, refused: Refused
) -> None:
    statement = away.authorise()
    allow(paper, signing=False)
    assert refused(away, statement) == "offline/policy-off"
    allow(paper)
    assert refused(away, statement) == "offline/policy-off"
    assert refused(away, Statement(statement.sad, statement.secrets)) == "offline/replayed"
    assert paper.document().state is not DocumentState.SIGNED
    with services.work() as work:
        noted = work.session.query(OfflineEnvelope).one()
        assert noted.sad_digest == hashlib.sha256(statement.sad.encode()).hexdigest()
        assert work.session.scalars(
            select(AuditEntry).where(AuditEntry.action == "offline.authorisation-refused")
        ).one()


def test_a_device_that_waits_may_send_it_again(
    away: Away, paper: Case, services: Services, clock: SettableClock, refused: Refused
) -> None:
    statement = away.authorise()
    with services.work() as work:
        device = work.session.get_one(Device, away.signatory.phone.device.id)
        device.may_sign_from = clock.now() + timedelta(hours=2)
    assert refused(away, statement) == "identity/device-waits"
    clock.advance(hours=2)
    away.replay(statement)
    assert paper.document().state is DocumentState.SIGNED


def test_an_envelope_of_the_line_is_none_of_the_road(away: Away, refused: Refused) -> None:
    online = away.signatory.phone.sad(away.documents)
    assert refused(away, Statement(*online)) == "signing/envelope-invalid"
