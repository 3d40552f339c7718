"""Making a credential, changing its passphrase, and ending it."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from backend.audit import trail
from backend.certificates import authority, lifecycle, revocation
from backend.certificates.issuer import IssuingKey
from backend.certificates.kinds import AuthorityKind
from backend.certificates.lifecycle import RevocationReason
from backend.certificates.models import Certificate, CertificateStatus
from backend.certificates.profiles import Subject
from backend.core.db import Work
from backend.core.ids import new_id
from backend.core.masterkey import MasterKey
from backend.identity import strength, totp
from backend.identity.models import Account, SecurityEventKind
from backend.identity.security import announce
from backend.organisation.models import Agency, Person
from backend.signing import credentials
from backend.signing.envelope import AnyClaims, Claims, Opened, Secrets, open_sealed
from backend.signing.models import KeyCredential
from backend.signing.preparation import prepare_anew
from backend.signing.problems import (
    ENVELOPE_INVALID,
    NOT_ENROLLED,
    OTHER_DEVICE_ENROLLED,
    SAME_PASSPHRASE,
    WEAK_PASSPHRASE,
)
from backend.signing.signing import Envelope
from backend.signing.vaults.vault import (
    KeyAlgorithm,
    KeyOwner,
    KeyVault,
    Secret,
    WrongPassphraseError,
)

TYPE = "credential+jwt"
LEAST = 12
"""Characters of a passphrase."""


class CreateClaims(Claims):
    purpose: Literal["create"]


class ChangeClaims(Claims):
    purpose: Literal["change-passphrase"]


@dataclass(frozen=True)
class Tools:
    """What making and opening a key with its certificate needs beside the database."""

    keys: MasterKey
    vault: KeyVault
    issuer: IssuingKey
    algorithm: KeyAlgorithm
    """Of keys that are made from now on."""


def create(work: Work, envelope: Envelope, tools: Tools) -> Certificate:
    """The acting person's new key under a passphrase only they know, and its certificate.

    An older key is destroyed; its certificate stays as it is, for what was signed with it. Raises
    NOT_ENROLLED, OTHER_DEVICE_ENROLLED, WEAK_PASSPHRASE, and the refusals of envelope and code.
    """
    with opened_by(work, envelope, CreateClaims, tools) as opened:
        person_id = work.actor.known_id
        decision = credentials.enrolment(work, person_id, lock=True)
        if decision is None:
            raise NOT_ENROLLED()
        checked = decision.payload.get("device_id")
        if checked and checked != str(opened.device.id):
            raise OTHER_DEVICE_ENROLLED()
        person = work.session.get_one(Person, person_id)
        require_strength(work, opened.secrets, person)
        consume_code(work, opened, tools)
        certificate = replace_key(
            work, person, opened.secrets.passphrase, tools, decision_id=decision.id
        )
    announce(work, person_id, SecurityEventKind.CERTIFICATE_ISSUED, serial=certificate.serial)
    return certificate


def opened_by(
    work: Work, envelope: Envelope, shape: type[AnyClaims], tools: Tools, *, typ: str = TYPE
) -> Opened[AnyClaims]:
    """The statement and the secrets that a phone sent; use it in a `with`."""
    return open_sealed(
        work,
        envelope.sad,
        envelope.secrets,
        typ=typ,
        shape=shape,
        audience=envelope.audience,
        keys=tools.keys,
    )


def replace_key(
    work: Work, person: Person, passphrase: Secret, tools: Tools, *, decision_id: UUID | None
) -> Certificate:
    """A new key with its certificate; an older key is destroyed, and files prepared for it are void."""
    if (older := credentials.live(work, person.id, lock=True)) is not None:
        credentials.retire(work, older)
        prepare_anew(work, person.id)
    owner = KeyOwner(person.id, new_id(), tools.algorithm, tools.vault.name)
    new = tools.vault.create(owner, passphrase)
    certificate = authority.issue(
        work,
        issuer=tools.issuer,
        person_id=person.id,
        subject=Subject(person.name, _organisation(work), person.id.hex),
        public_key=new.public_key,
        decision_id=decision_id,
    )
    work.session.add(
        KeyCredential(
            id=owner.key_id,
            person_id=person.id,
            certificate_id=certificate.id,
            vault=owner.vault,
            algorithm=owner.algorithm,
            wrapped=new.wrapped,
            created_at=work.now,
        )
    )
    return certificate


def change_passphrase(work: Work, envelope: Envelope, tools: Tools) -> None:
    """Wraps the acting person's key under another passphrase.

    A wrong old one counts like a wrong one at signing. Raises SAME_PASSPHRASE, WEAK_PASSPHRASE and
    the refusals of envelope, code and credential.
    """
    with opened_by(work, envelope, ChangeClaims, tools) as opened:
        secrets = opened.secrets
        old = secrets.old_passphrase
        if old is None:
            raise ENVELOPE_INVALID()
        if old.reveal() == secrets.passphrase.reveal():
            raise SAME_PASSPHRASE()
        person = work.session.get_one(Person, work.actor.known_id)
        require_strength(work, secrets, person)
        credential, _ = credentials.usable(work, person.id)
        consume_code(work, opened, tools)
        try:
            credential.wrapped = tools.vault.rewrap(
                credentials.owner_of(credential), credential.wrapped, old, secrets.passphrase
            )
        except WrongPassphraseError:
            raise credentials.count_wrong(work, credential) from None
    credential.wrong_tries, credential.locked_until = 0, None
    trail.record(work, "credential.passphrase-changed", "credential", credential.id)
    announce(work, person.id, SecurityEventKind.PASSPHRASE_CHANGED)


def revoke(
    work: Work,
    certificate_id: UUID,
    reason: RevocationReason,
    note: str,
    *,
    issuer: IssuingKey,
) -> Certificate:
    """An officer ends a certificate; its key is destroyed with it."""
    # Keys are locked before certificates everywhere, as at signing.
    credential = work.session.scalars(
        select(KeyCredential)
        .where(KeyCredential.certificate_id == certificate_id, KeyCredential.retired_at.is_(None))
        .with_for_update()
    ).first()
    certificate = lifecycle.revoke(work, certificate_id, reason, note, issuer=issuer)
    if credential is not None:
        credentials.retire(work, credential)
    return certificate


def end_all(work: Work, person_id: UUID, *, issuer: IssuingKey) -> None:
    """A person left: their certificates are revoked and their keys destroyed. Safe to repeat."""
    credential = credentials.live(work, person_id, lock=True)
    if credential is not None:
        credentials.retire(work, credential)
    rows = work.session.scalars(
        select(Certificate)
        .where(
            Certificate.person_id == person_id,
            Certificate.issuer_id.is_not(None),
            Certificate.status != CertificateStatus.REVOKED,
            Certificate.not_after > work.now,
        )
        .with_for_update()
    ).all()
    for certificate in rows:
        lifecycle.end(work, certificate, RevocationReason.AFFILIATION_CHANGED, "left the agency")
    if rows:
        revocation.publish(work, issuer=issuer, kind=AuthorityKind.ISSUING)


def require_strength(work: Work, secrets: Secrets, person: Person) -> None:
    """Raises WEAK_PASSPHRASE for one that is short or easy to guess."""
    account = work.session.get_one(Account, person.id)
    text = secrets.passphrase.reveal().decode()
    about = (account.username, person.name, person.nip, person.email, person.phone)
    if len(text) < LEAST or strength.easy_to_guess(text, *about):
        raise WEAK_PASSPHRASE(least=LEAST)


def consume_code(work: Work, opened: Opened[AnyClaims], tools: Tools) -> None:
    """Uses up the one-time code. Raises WRONG_CODE and its kin."""
    code = opened.secrets.code.reveal().decode()
    totp.consume(work, work.actor.known_id, code, work.now, keys=tools.keys)


def _organisation(work: Work) -> str:
    return work.session.scalar(select(Agency.name)) or "Centang"
