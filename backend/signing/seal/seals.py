"""The agency's electronic seal (segel elektronik) and the two people who hold it.

Two officers agree to a seal and name its two custodians. Each custodian chooses a passphrase on a
phone of their own; it wraps half of what opens the key. Later both consent to seal until a time,
for so many papers; only then, and only in the memory of the process that seals, the halves meet.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from backend.audit import trail
from backend.core.db import Work
from backend.identity.models import DecisionKind, DecisionState, TwoOfficerDecision
from backend.organisation.models import Person
from backend.signing import enrolment
from backend.signing.envelope import Claims
from backend.signing.models import Seal, SealCustodian
from backend.signing.problems import (
    NO_SEAL,
    SEAL_JOINED,
)
from backend.signing.seal.seal_keeper import SealKeeper
from backend.signing.signing import Envelope
from backend.signing.vaults.vault import (
    KeyAlgorithm,
    KeyOwner,
)
from backend.signing.vaults.wrapping import Cost, Wrapping, zero

TYPE = "seal+jwt"
PURPOSE = "seal-half"
HALF_BYTES = 32
NAMED_WITHIN = timedelta(days=14)
"""How long after the officers agreed the custodians may choose their passphrases."""


class JoinClaims(Claims):
    purpose: Literal["join"]


@dataclass(frozen=True)
class Tools(enrolment.Tools):
    """What opening a seal needs beside the database."""

    keeper: SealKeeper
    cost: Cost

    @property
    def halves(self) -> Wrapping:
        return Wrapping(self.keys, PURPOSE, self.cost)


def live(work: Work, *, lock: bool = False) -> Seal | None:
    """The seal that was not retired."""
    query = select(Seal).where(Seal.retired_at.is_(None))
    return work.session.scalars(query.with_for_update() if lock else query).first()


def custodians(work: Work, seal: Seal) -> list[SealCustodian]:
    rows = select(SealCustodian).where(SealCustodian.seal_id == seal.id).order_by(SealCustodian.id)
    return list(work.session.scalars(rows))


def custodian_ids(work: Work, seal_id: UUID) -> list[UUID]:
    """Who holds a seal, as long as they are with the agency."""
    held = (
        select(SealCustodian.person_id)
        .join(Person, Person.id == SealCustodian.person_id)
        .where(SealCustodian.seal_id == seal_id, Person.left_at.is_(None))
        .order_by(SealCustodian.id)
    )
    return list(work.session.scalars(held))


def join(work: Work, envelope: Envelope, tools: Tools) -> None:
    """The acting custodian's own passphrase for their half.

    The first to join a seal that two officers newly agreed to retires the one before. Raises
    NO_SEAL, SEAL_JOINED, WEAK_PASSPHRASE and the refusals of envelope and code.
    """
    with enrolment.opened_by(work, envelope, JoinClaims, tools, typ=TYPE) as opened:
        seal = _named(work, tools) or live(work, lock=True)
        mine = own_part(work, seal)
        if mine.half is not None:
            raise SEAL_JOINED()
        enrolment.require_strength(
            work, opened.secrets, work.session.get_one(Person, mine.person_id)
        )
        enrolment.consume_code(work, opened, tools)
        plain = bytearray(secrets.token_bytes(HALF_BYTES))
        mine.half = tools.halves.wrap(half_owner(mine), plain, opened.secrets.passphrase)
        zero(plain)
    trail.record(work, "seal.joined", "seal", mine.seal_id, custodian=mine.person_id)


def _named(work: Work, tools: Tools) -> Seal | None:
    """A seal made now because officers newly named the acting person its custodian."""
    decision = agreement(work, lock=True)
    if decision is None:
        return None
    if (older := live(work, lock=True)) is not None:
        older.wrapped, older.retired_at = None, work.now
        trail.record(work, "seal.retired", "seal", older.id)
        work.session.flush()
    seal = Seal(
        decision_id=decision.id,
        vault=tools.vault.name,
        algorithm=tools.algorithm,
        created_at=work.now,
    )
    work.session.add(seal)
    work.session.flush()
    work.session.add_all(
        SealCustodian(seal_id=seal.id, person_id=each) for each in named_people(decision)
    )
    work.session.flush()
    return seal


def named_people(decision: TwoOfficerDecision) -> list[UUID]:
    return [decision.person_id, UUID(str(decision.payload["second_custodian_id"]))]


def agreement(work: Work, *, lock: bool = False) -> TwoOfficerDecision | None:
    """Two officers' newest agreement to a seal, if it was not used and names the acting person.

    One that is older than the newest that was used is of no use any more.
    """
    newer = aliased(TwoOfficerDecision)
    used = exists().where(
        Seal.decision_id == newer.id, newer.decided_at >= TwoOfficerDecision.decided_at
    )
    query = (
        select(TwoOfficerDecision)
        .where(
            TwoOfficerDecision.kind == DecisionKind.MAKE_SEAL,
            TwoOfficerDecision.state == DecisionState.AGREED,
            TwoOfficerDecision.decided_at > work.now - NAMED_WITHIN,
            ~used,
        )
        .order_by(TwoOfficerDecision.decided_at.desc())
        .limit(1)
    )
    decision = work.session.scalars(query.with_for_update() if lock else query).first()
    named = decision is not None and work.actor.known_id in named_people(decision)
    return decision if named else None


def own_part(work: Work, seal: Seal | None) -> SealCustodian:
    if seal is None:
        raise NO_SEAL()
    for each in custodians(work, seal):
        if each.person_id == work.actor.person_id:
            work.session.refresh(each, with_for_update=True)
            return each
    raise NO_SEAL()


def half_owner(custodian: SealCustodian) -> KeyOwner:
    return KeyOwner(custodian.person_id, custodian.seal_id, KeyAlgorithm.ECDSA_P256)
