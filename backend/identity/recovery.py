"""Recovery codes: ten, shown once, each good for one sign-in without the authenticator."""

import hashlib
import hmac
from uuid import UUID

from sqlalchemy import delete, select

from backend.audit.trail import record
from backend.core.db import Work
from backend.core.ids import normalise_code, public_code
from backend.core.masterkey import MasterKey
from backend.identity import failures
from backend.identity.models import RecoveryCode
from backend.identity.problems import WRONG_RECOVERY_CODE

COUNT = 10
LENGTH = 16
"""Characters of five bits: 80 bits, beyond guessing even for who reads the database."""


def issue(work: Work, person_id: UUID, *, keys: MasterKey) -> list[str]:
    """Ten new codes in groups of four; the earlier ones no longer work."""
    work.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    codes = [public_code(LENGTH) for _ in range(COUNT)]
    work.session.add_all(
        RecoveryCode(person_id=person_id, code_hash=_fingerprint(person_id, code, keys))
        for code in codes
    )
    record(work, "recovery-codes.issued", "person", person_id)
    return ["-".join(code[i : i + 4] for i in range(0, LENGTH, 4)) for code in codes]


def consume(work: Work, person_id: UUID, code: str, *, keys: MasterKey) -> None:
    """Uses one up. Wrong ones are counted; raises LOCKED or WRONG_RECOVERY_CODE."""
    name = failures.subject("recovery", person_id)
    failures.check(work, name)
    if not accept(work, person_id, code, keys=keys):
        failures.count(work, name)
        raise WRONG_RECOVERY_CODE()
    failures.clear(work, name)


def accept(work: Work, person_id: UUID, code: str, *, keys: MasterKey) -> bool:
    """Whether the code was good; it no longer is. Counts nothing."""
    row = work.session.scalar(
        select(RecoveryCode)
        .where(
            RecoveryCode.person_id == person_id,
            RecoveryCode.code_hash == _fingerprint(person_id, normalise_code(code), keys),
            RecoveryCode.used_at.is_(None),
        )
        .with_for_update()
    )
    if row is None:
        return False
    row.used_at = work.now
    record(work, "recovery-code.used", "person", person_id)
    return True


def _fingerprint(person_id: UUID, code: str, keys: MasterKey) -> str:
    message = person_id.bytes + code.encode()
    return hmac.new(keys.derive("recovery-code"), message, hashlib.sha256).hexdigest()
