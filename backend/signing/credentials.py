"""A signer's key and certificate together, from the officers' agreement to their end.

Officers never see a passphrase and cannot make a key: they only agree that this person may. The
person chooses the passphrase alone, on their own phone; nobody can read it or set another. Whoever
forgets it gets a new certificate, after two officers agreed again.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from backend.audit import trail
from backend.certificates.authority import common_name
from backend.certificates.models import Certificate, CertificateStatus
from backend.core.db import Work
from backend.identity.models import (
    DecisionKind,
    DecisionState,
    SecurityEventKind,
    TwoOfficerDecision,
)
from backend.identity.security import announce
from backend.organisation.models import Person
from backend.signing.models import KeyCredential, SealCustodian
from backend.signing.problems import (
    CERTIFICATE_EXPIRED,
    CERTIFICATE_SUSPENDED,
    CREDENTIAL_LOCKED,
    NO_CREDENTIAL,
    WRONG_PASSPHRASE,
)
from backend.signing.vaults.vault import (
    KeyAlgorithm,
    KeyOwner,
    KeyVault,
    Secret,
    UnlockedKey,
    WrongPassphraseError,
)

TRIES = 5
"""Wrong passphrases before the first lock, and between each further one."""
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=24)
RENEWAL = timedelta(days=60)
"""How long before its end the holder may renew a certificate alone."""
ENROLMENT_WINDOW = timedelta(days=14)
"""How long after the officers agreed the person may create the key."""


class CredentialState(StrEnum):
    NONE = "none"
    TO_CREATE = "to-create"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    LOCKED = "locked"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Standing:
    """What a person may know of their own credential."""

    state: CredentialState
    certificate: Certificate | None
    tries_left: int
    locked_until: datetime | None
    may_create: bool
    """Two officers agreed: a new key can be made, also while an older one still works."""
    may_renew: bool = False
    """It ends soon, and its holder may make the next one alone."""


def standing(work: Work, person_id: UUID) -> Standing:
    found = work.session.execute(
        select(KeyCredential, Certificate)
        .join(Certificate, Certificate.id == KeyCredential.certificate_id)
        .where(KeyCredential.person_id == person_id, KeyCredential.retired_at.is_(None))
    ).first()
    may_create = enrolment(work, person_id) is not None
    if found is None:
        state = CredentialState.TO_CREATE if may_create else CredentialState.NONE
        return Standing(state, None, TRIES, None, may_create)
    credential, certificate = found
    locked_until = _locked_until(credential, work.now)
    if certificate.status is CertificateStatus.SUSPENDED:
        state = CredentialState.SUSPENDED
    elif certificate.not_after <= work.now:
        state = CredentialState.EXPIRED
    elif locked_until:
        state = CredentialState.LOCKED
    else:
        state = CredentialState.ACTIVE
    may_renew = state is CredentialState.ACTIVE and renewable(work, certificate)
    return Standing(state, certificate, tries_left(credential), locked_until, may_create, may_renew)


def live(work: Work, person_id: UUID, *, lock: bool = False) -> KeyCredential | None:
    """The person's key that was not retired."""
    query = select(KeyCredential).where(
        KeyCredential.person_id == person_id, KeyCredential.retired_at.is_(None)
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return work.session.scalars(query).first()


def usable(work: Work, person_id: UUID) -> tuple[KeyCredential, Certificate]:
    """The person's key and certificate, good now and locked to the end of the transaction.

    Raises NO_CREDENTIAL, CERTIFICATE_SUSPENDED, CERTIFICATE_EXPIRED or CREDENTIAL_LOCKED.
    """
    credential = live(work, person_id, lock=True)
    if credential is None:
        raise NO_CREDENTIAL()
    certificate = work.session.get_one(
        Certificate,
        credential.certificate_id,
        with_for_update={"read": True},
        populate_existing=True,
    )
    if certificate.status is CertificateStatus.SUSPENDED:
        raise CERTIFICATE_SUSPENDED()
    if certificate.status is not CertificateStatus.VALID:
        raise NO_CREDENTIAL()
    if certificate.not_after <= work.now:
        raise CERTIFICATE_EXPIRED()
    require_unlocked(work, credential)
    return credential, certificate


def renewable(work: Work, certificate: Certificate) -> bool:
    """Whether it is good, ends soon, and still says who its holder is."""
    soon = work.now < certificate.not_after <= work.now + RENEWAL
    if certificate.status is not CertificateStatus.VALID or not soon:
        return False
    corrected = exists().where(
        TwoOfficerDecision.person_id == certificate.person_id,
        TwoOfficerDecision.kind == DecisionKind.CORRECT_IDENTITY,
        TwoOfficerDecision.state == DecisionState.AGREED,
        TwoOfficerDecision.decided_at >= certificate.not_before,
    )
    person = work.session.get_one(Person, certificate.person_id)
    same_name = common_name(certificate.der) == person.name
    return same_name and not work.session.scalar(select(corrected))


def unlock(
    work: Work,
    credential: KeyCredential,
    passphrase: Secret,
    *,
    vault: KeyVault,
    counts: bool = True,
) -> UnlockedKey:
    """Opens a `usable` key. Raises WRONG_PASSPHRASE, or CREDENTIAL_LOCKED at the last try.

    A wrong one that does not count was typed before its owner could hear of the one that did.
    """
    try:
        key = vault.unlock(owner_of(credential), credential.wrapped, passphrase)
    except WrongPassphraseError:
        if not counts:
            trail.record(work, "credential.wrong-passphrase", "credential", credential.id)
            raise WRONG_PASSPHRASE(tries_left=tries_left(credential)) from None
        raise count_wrong(work, credential) from None
    credential.wrong_tries, credential.locked_until = 0, None
    return key


def require_unlocked(work: Work, holder: KeyCredential | SealCustodian) -> None:
    """Raises CREDENTIAL_LOCKED while too many wrong passphrases count."""
    if until := _locked_until(holder, work.now):
        raise CREDENTIAL_LOCKED(retry_after=_seconds(until - work.now))


def count_wrong(work: Work, credential: KeyCredential | SealCustodian) -> Exception:
    """Counts a wrong passphrase; every fifth locks, twice as long each time. The refusal to raise."""
    credential.wrong_tries += 1
    trail.record(
        work,
        "credential.wrong-passphrase",
        "credential",
        credential.id,
        wrong_tries=credential.wrong_tries,
    )
    if credential.wrong_tries % TRIES:
        return WRONG_PASSPHRASE(tries_left=tries_left(credential))
    lock = min(LONGEST_LOCK, FIRST_LOCK * (1 << min(credential.wrong_tries // TRIES - 1, 10)))
    credential.locked_until = work.now + lock
    announce(work, credential.person_id, SecurityEventKind.PASSPHRASE_LOCKED)
    return CREDENTIAL_LOCKED(retry_after=_seconds(lock))


def tries_left(credential: KeyCredential | SealCustodian) -> int:
    """Wrong passphrases until the next lock."""
    return TRIES - credential.wrong_tries % TRIES


def owner_of(credential: KeyCredential) -> KeyOwner:
    algorithm = KeyAlgorithm(credential.algorithm)
    return KeyOwner(credential.person_id, credential.id, algorithm, credential.vault)


def enrolment(work: Work, person_id: UUID, *, lock: bool = False) -> TwoOfficerDecision | None:
    """The officers' newest agreement, if no certificate was made under it or since it."""
    newer = aliased(TwoOfficerDecision)
    used = exists().where(
        Certificate.decision_id == newer.id,
        newer.person_id == TwoOfficerDecision.person_id,
        newer.decided_at >= TwoOfficerDecision.decided_at,
    )
    query = (
        select(TwoOfficerDecision)
        .where(
            TwoOfficerDecision.person_id == person_id,
            TwoOfficerDecision.kind == DecisionKind.ISSUE_CERTIFICATE,
            TwoOfficerDecision.state == DecisionState.AGREED,
            TwoOfficerDecision.decided_at > work.now - ENROLMENT_WINDOW,
            ~used,
        )
        .order_by(TwoOfficerDecision.decided_at.desc())
        .limit(1)
    )
    if lock:
        query = query.with_for_update()
    return work.session.scalars(query).first()


def retire(work: Work, credential: KeyCredential) -> None:
    """Destroys a key: what was wrapped is gone with this transaction."""
    credential.wrapped = b""
    credential.retired_at = work.now
    work.session.flush()
    trail.record(
        work, "credential.retired", "credential", credential.id, person_id=credential.person_id
    )


def _locked_until(credential: KeyCredential | SealCustodian, now: datetime) -> datetime | None:
    until = credential.locked_until
    return until if until and until > now else None


def _seconds(span: timedelta) -> int:
    return max(1, math.ceil(span.total_seconds()))
