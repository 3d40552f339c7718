"""Two custodians together open the agency's seal, for a time and a number of papers.

Each consents on a phone of their own, with code and passphrase. The first one's half waits in the
memory of the process that seals; with the second the key is open there, and nowhere else.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import Field as Limits
from pydantic import StrictInt
from sqlalchemy import select

from backend.audit import trail
from backend.certificates import authority
from backend.certificates.models import Certificate, CertificateStatus
from backend.certificates.profiles import Subject
from backend.core.db import Work
from backend.core.jobs import Job, defer
from backend.organisation.models import Agency, Person
from backend.signing import credentials, enrolment
from backend.signing.envelope import Claims
from backend.signing.models import Seal, SealActivation, SealCustodian
from backend.signing.presence import is_present
from backend.signing.problems import (
    SEAL_HALF_LOST,
    SEAL_NOT_JOINED,
    SEAL_SAME_CUSTODIAN,
    SEAL_TERMS,
)
from backend.signing.seal import document_seals
from backend.signing.seal.seals import (
    TYPE,
    Tools,
    agreement,
    custodians,
    half_owner,
    live,
    named_people,
    own_part,
)
from backend.signing.signing import Envelope
from backend.signing.vaults.vault import (
    KeyAlgorithm,
    KeyOwner,
    Secret,
    UnlockedKey,
    WrongPassphraseError,
)
from backend.signing.vaults.wrapping import zero

LONGEST = timedelta(hours=24)
MOST = 10_000
"""Papers under one activation."""
MEETING = timedelta(minutes=15)
"""How long the first consent waits for the second."""


class SealNews(StrEnum):
    """What its custodians are told of an activation."""

    ACTIVATED = "activated"
    USED_UP = "used-up"
    """As many papers were sealed as they consented to."""
    TIME_OVER = "time-over"
    ENDED = "ended"
    """By one of them."""
    LOST = "lost"
    """The process that had the key is gone."""


class ActivateClaims(Claims):
    """Consent to seal until `ends_at` (seconds since 1970), `documents` papers at most."""

    purpose: Literal["activate"]
    activation: UUID | None
    """The first custodian's consent that this is the second to; null begins one."""
    ends_at: StrictInt
    documents: Annotated[StrictInt, Limits(ge=1, le=MOST)]


@dataclass(frozen=True)
class Standing:
    """What a custodian may know of the seal."""

    person_id: UUID
    names: list[str]
    joined: bool
    """The person's own passphrase was chosen."""
    complete: bool
    """Both were."""
    activation: SealActivation | None
    """One that waits for its second consent, or that seals now."""
    waiting: int


def standing(work: Work) -> Standing | None:
    """The seal as its custodian sees it; None for everybody else."""
    person_id = work.actor.known_id
    agreed, seal = agreement(work), live(work)
    if agreed is not None:
        return Standing(person_id, _names(work, named_people(agreed)), False, False, None, 0)
    held = custodians(work, seal) if seal else []
    if seal is None or person_id not in {each.person_id for each in held}:
        return None
    return Standing(
        person_id=person_id,
        names=_names(work, [each.person_id for each in held]),
        joined=any(each.half and each.person_id == person_id for each in held),
        complete=all(each.half for each in held),
        activation=_current(work, seal),
        waiting=len(document_seals.waiting(work)),
    )


def activate(
    work: Work, envelope: Envelope, tools: Tools, desk: int | None = None
) -> SealActivation:
    """One custodian's consent; with the second, this process can seal.

    Call it in the process that seals, whose presence is `desk`. Raises NO_SEAL, SEAL_NOT_JOINED, SEAL_TERMS,
    SEAL_SAME_CUSTODIAN, SEAL_HALF_LOST, WRONG_PASSPHRASE, CREDENTIAL_LOCKED and the refusals of
    envelope and code.
    """
    with enrolment.opened_by(work, envelope, ActivateClaims, tools, typ=TYPE) as opened:
        seal = live(work, lock=True)
        mine = own_part(work, seal)
        assert seal is not None  # noqa: S101 (whoever is its custodian has one)
        if any(each.half is None for each in custodians(work, seal)):
            raise SEAL_NOT_JOINED()
        credentials.require_unlocked(work, mine)
        activation = _consent(work, seal, mine, opened.claims)
        enrolment.consume_code(work, opened, tools)
        try:
            half = tools.halves.unwrap(
                half_owner(mine), mine.half or b"", opened.secrets.passphrase
            )
        except WrongPassphraseError:
            raise credentials.count_wrong(work, mine) from None
    mine.wrong_tries, mine.locked_until = 0, None
    work.session.add(activation)
    activation.statements = [*activation.statements, envelope.sad]
    if activation.proposed_by == mine.person_id:
        work.session.flush()
        tools.keeper.keep_half(activation.id, bytes(half), work.now + MEETING)
        _record(work, "seal.proposed", activation, mine)
        return activation
    first = tools.keeper.take_half(activation.id, work.now)
    if first is None:
        raise SEAL_HALF_LOST()
    key = _open(work, seal, _together(first, bytes(half)), tools)
    zero(half)
    activation.agreed_by, activation.agreed_at, activation.desk = mine.person_id, work.now, desk
    tools.keeper.open(activation.id, key, activation.ends_at)
    _record(work, "seal.activated", activation, mine)
    announce(work, activation, SealNews.ACTIVATED)
    announce(work, activation, SealNews.TIME_OVER, at=activation.ends_at)
    defer(work.session, Job.SEAL_WAITING)
    return activation


def announce(
    work: Work, activation: SealActivation, news: SealNews, *, at: datetime | None = None
) -> None:
    """Has both custodians told, after the commit or then."""
    defer(work.session, Job.ANNOUNCE_SEAL, at=at, activation_id=activation.id, news=news.value)


def end(work: Work) -> None:
    """A custodian ends sealing: nothing is sealed after this commit. Raises NO_SEAL for others."""
    seal = live(work, lock=True)
    mine = own_part(work, seal)
    for activation in work.session.scalars(
        select(SealActivation).where(
            SealActivation.seal_id == mine.seal_id, SealActivation.ended_at.is_(None)
        )
    ):
        if still_good(work, activation) and activation.used < activation.most:
            announce(work, activation, SealNews.ENDED)
        activation.ended_at = work.now
        _record(work, "seal.ended", activation, mine)


def sweep(work: Work) -> None:
    """Ends activations whose process took the key along, and has both custodians told."""
    for activation in work.session.scalars(
        select(SealActivation)
        .where(
            SealActivation.agreed_at.is_not(None),
            SealActivation.ended_at.is_(None),
            SealActivation.ends_at > work.now,
            SealActivation.used < SealActivation.most,
        )
        .with_for_update(skip_locked=True)
    ):
        if activation.desk is None or is_present(work.session, activation.desk):
            continue
        if still_good(work, activation):
            announce(work, activation, SealNews.LOST)
        activation.ended_at = work.now
        _record(work, "seal.lost", activation, None)


def running(work: Work, activation_id: UUID | None, *, lock: bool = False) -> SealActivation | None:
    """The activation, if it still allows a seal now."""
    if activation_id is None:
        return None
    row = work.session.get(
        SealActivation, activation_id, with_for_update=lock, populate_existing=lock
    )
    if row is None or row.used >= row.most or not still_good(work, row):
        return None
    return row


def still_good(work: Work, row: SealActivation) -> bool:
    """Whether what two custodians consented to holds now, apart from how many papers are left."""
    if not row.agreed_at or row.ended_at or row.ends_at <= work.now:
        return False
    seal = work.session.get_one(Seal, row.seal_id, populate_existing=True)
    certificate = work.session.get(Certificate, seal.certificate_id)
    if seal.retired_at or certificate is None:
        return False
    return certificate.status is CertificateStatus.VALID and work.now < certificate.not_after


def _names(work: Work, people: list[UUID]) -> list[str]:
    return [work.session.get_one(Person, each).name for each in people]


def _current(work: Work, seal: Seal) -> SealActivation | None:
    newest = work.session.scalars(
        select(SealActivation)
        .where(SealActivation.seal_id == seal.id, SealActivation.ended_at.is_(None))
        .order_by(SealActivation.id.desc())
        .limit(1)
    ).first()
    if newest is None:
        return None
    if newest.agreed_at is None:
        return newest if work.now < newest.proposed_at + MEETING else None
    # Whoever is gone took the key along.
    here = newest.desk is None or is_present(work.session, newest.desk)
    return running(work, newest.id) if here else None


def _consent(work: Work, seal: Seal, mine: SealCustodian, claims: ActivateClaims) -> SealActivation:
    ends_at = datetime.fromtimestamp(claims.ends_at, tz=work.now.tzinfo)
    terms = SEAL_TERMS(hours=int(LONGEST.total_seconds() // 3600), most=MOST)
    if not work.now < ends_at <= work.now + LONGEST:
        raise terms
    if claims.activation is None:
        return SealActivation(
            seal_id=seal.id,
            proposed_by=mine.person_id,
            ends_at=ends_at,
            most=claims.documents,
            proposed_at=work.now,
            statements=[],
        )
    known = work.session.get(SealActivation, claims.activation, with_for_update=True)
    if known is None or known.seal_id != seal.id or known.agreed_at or known.ended_at:
        raise SEAL_HALF_LOST()
    if known.proposed_by == mine.person_id:
        raise SEAL_SAME_CUSTODIAN()
    if (known.ends_at, known.most) != (ends_at, claims.documents):
        raise terms
    return known


def _open(work: Work, seal: Seal, together: Secret, tools: Tools) -> UnlockedKey:
    """The seal's key; made, with its certificate, when its custodians first meet."""
    agency = work.session.scalars(select(Agency).limit(1)).one()
    owner = KeyOwner(agency.id, seal.id, KeyAlgorithm(seal.algorithm), seal.vault)
    try:
        if seal.wrapped is None:
            new = tools.vault.create(owner, together)
            subject = Subject(f"Segel Elektronik {agency.name}", agency.name, agency.id.hex)
            seal.certificate_id = authority.issue(
                work,
                issuer=tools.issuer,
                person_id=None,
                subject=subject,
                public_key=new.public_key,
                decision_id=seal.decision_id,
            ).id
            seal.wrapped = new.wrapped
        return tools.vault.unlock(owner, seal.wrapped, together)
    finally:
        together.wipe()


def _together(first: bytes, second: bytes) -> Secret:
    """What neither half says anything of (HKDF, RFC 5869), whoever consented first."""
    both = b"".join(sorted((first, second)))
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"centang/seal/1").derive(both)
    return Secret(derived.hex())


def _record(
    work: Work, action: str, activation: SealActivation, mine: SealCustodian | None
) -> None:
    trail.record(
        work,
        action,
        "seal",
        activation.seal_id,
        activation=activation.id,
        custodian=mine.person_id if mine else None,
        ends_at=activation.ends_at.isoformat(),
        most=activation.most,
        used=activation.used,
    )
