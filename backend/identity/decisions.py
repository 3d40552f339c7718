"""What only two registration officers do together, so that none of them can become someone else.

One proposes, another agrees; the person it is about can be neither. Only a new officer may be an
administrator's proposal: then two officers must agree. What a decision changes in
this capability happens with the agreement; what it changes elsewhere (a certificate to issue or to
unsuspend) is done by whoever owns it, under the agreed decision's id.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, or_, select
from sqlalchemy.orm import Session

from backend.audit.trail import record
from backend.core.db import Work
from backend.core.errors import FORBIDDEN, INVALID, NOT_FOUND
from backend.identity import devices, invitations, officers, passwords, sessions
from backend.identity.models import (
    Account,
    DecisionKind,
    DecisionState,
    Device,
    RecoveryCode,
    SecurityEventKind,
    TwoOfficerDecision,
)
from backend.identity.problems import (
    DECISION_CLOSED,
    DECISION_PENDING,
    NOTHING_TO_DECIDE,
    OWN_CASE,
    SAME_OFFICER,
)
from backend.identity.security import announce
from backend.organisation import appointments, directory
from backend.organisation.models import Role

# What the officers write down when they propose: names and the least of each.
REQUIRED = {
    DecisionKind.RESET_SECOND_FACTOR: ("method", "evidence"),
    DecisionKind.LIFT_SUSPENSION: ("method", "evidence"),
    DecisionKind.ISSUE_CERTIFICATE: ("method", "evidence", "checked_at"),
    DecisionKind.UNSUSPEND_CERTIFICATE: ("certificate_id",),
    DecisionKind.APPROVE_DEVICE: ("device_id",),
    DecisionKind.MAKE_OFFICER: ("decree",),
    DecisionKind.CORRECT_IDENTITY: ("method", "evidence"),
    DecisionKind.MAKE_SEAL: ("decree", "second_custodian_id"),
    DecisionKind.SIGNATURE_NOT_MADE: ("attempt_id", "evidence"),
}
ABOUT_THE_PAST = frozenset({DecisionKind.SIGNATURE_NOT_MADE})
"""These are taken of people, too, who have left since."""


@dataclass(frozen=True)
class Agreed:
    """A decision taken, and the one-time link token that a reset hands to the officer, once."""

    decision: TwoOfficerDecision
    token: str | None = field(default=None, repr=False)


def propose(
    work: Work, kind: DecisionKind, person_id: UUID, payload: dict[str, Any]
) -> TwoOfficerDecision:
    """One officer's proposal; a new officer's may be an administrator's, whose word is no officer's.

    Raises OWN_CASE, DECISION_PENDING, NOTHING_TO_DECIDE, INVALID.
    """
    named_by_administrator = (
        kind is DecisionKind.MAKE_OFFICER
        and Role.ADMINISTRATOR in work.actor.roles
        and Role.REGISTRATION_OFFICER not in work.actor.roles
    )
    officer = None if named_by_administrator else _officer(work, person_id)
    if work.actor.known_id == person_id:
        raise OWN_CASE()
    if not all(payload.get(name) for name in REQUIRED[kind]):
        raise INVALID()
    account = work.session.get(Account, person_id, with_for_update={"key_share": True})
    if account is None or _gone(account, kind):
        raise NOTHING_TO_DECIDE()
    if _pending(work, kind, person_id, payload):
        raise DECISION_PENDING()
    _require_occasion(work, kind, account, payload)
    decision = TwoOfficerDecision(
        kind=kind,
        person_id=person_id,
        payload=payload,
        state=DecisionState.PROPOSED,
        proposed_by=work.actor.known_id,
        first_officer_id=officer,
        created_at=work.now,
    )
    work.session.add(decision)
    work.session.flush()
    record(work, "decision.proposed", "person", person_id, decision=decision.id, kind=kind)
    return decision


def agree(work: Work, decision_id: UUID, note: str | None = None) -> Agreed:
    """The second officer's word, with what follows from it; or the first's, where none was given.

    Raises SAME_OFFICER, OWN_CASE, DECISION_CLOSED, NOTHING_TO_DECIDE.
    """
    decision = _open_decision(work, decision_id)
    officer = _officer(work, decision.person_id)
    if decision.first_officer_id is None:
        return Agreed(_second(work, decision, officer))
    if officer == decision.first_officer_id:
        raise SAME_OFFICER()
    if decision.first_officer_id not in officers.active(work):
        raise DECISION_CLOSED()
    account = work.session.get_one(Account, decision.person_id, with_for_update={"key_share": True})
    if _gone(account, decision.kind):
        raise NOTHING_TO_DECIDE()
    _require_occasion(work, decision.kind, account, decision.payload)
    _close(work, decision, DecisionState.AGREED, note)
    return Agreed(decision, _take_effect(work, decision, account))


def refuse(work: Work, decision_id: UUID, note: str) -> TwoOfficerDecision:
    """Another officer says no, with the reason."""
    decision = _open_decision(work, decision_id)
    if _officer(work, decision.person_id) == decision.proposed_by:
        raise SAME_OFFICER()
    return _close(work, decision, DecisionState.REFUSED, note)


def withdraw(work: Work, decision_id: UUID, note: str | None = None) -> TwoOfficerDecision:
    """The proposing officer thought better of it."""
    decision = _open_decision(work, decision_id)
    if decision.proposed_by != work.actor.known_id:
        raise FORBIDDEN()
    return _close(work, decision, DecisionState.WITHDRAWN, note)


def withdraw_proposals(work: Work, officer_id: UUID) -> None:
    """Nothing that somebody proposed who is no longer an officer stays open."""
    said = (TwoOfficerDecision.proposed_by, TwoOfficerDecision.first_officer_id)
    _withdraw_where(work, or_(*(column == officer_id for column in said)))


def withdraw_about(work: Work, person_id: UUID) -> None:
    """Nothing about a person who left stays open, but for what they did before."""
    about = TwoOfficerDecision.person_id == person_id
    _withdraw_where(work, about & TwoOfficerDecision.kind.not_in(ABOUT_THE_PAST))


def withdraw_of_attempt(work: Work, attempt_id: UUID) -> None:
    """What was proposed about an attempt whose outcome is known by now."""
    _withdraw_where(work, TwoOfficerDecision.payload["attempt_id"].astext == str(attempt_id))


def proposed_of_attempts(session: Session) -> dict[str, TwoOfficerDecision]:
    """Attempt → what one officer proposed about it and no second one has judged."""
    rows = session.scalars(
        select(TwoOfficerDecision).where(
            TwoOfficerDecision.kind == DecisionKind.SIGNATURE_NOT_MADE,
            TwoOfficerDecision.state == DecisionState.PROPOSED,
        )
    )
    return {row.payload["attempt_id"]: row for row in rows}


def listed(
    session: Session,
    *,
    state: DecisionState | None = None,
    person_id: UUID | None = None,
    before: UUID | None = None,
    limit: int = 50,
) -> Sequence[TwoOfficerDecision]:
    """Decisions, the newest first."""
    query = select(TwoOfficerDecision).order_by(TwoOfficerDecision.id.desc()).limit(limit)
    if state is not None:
        query = query.where(TwoOfficerDecision.state == state)
    if person_id is not None:
        query = query.where(TwoOfficerDecision.person_id == person_id)
    if before is not None:
        query = query.where(TwoOfficerDecision.id < before)
    return session.scalars(query).all()


def _officer(work: Work, about: UUID) -> UUID:
    """The acting officer, who must not be the person it is about."""
    officer = officers.require(work.actor)
    if officer == about:
        raise OWN_CASE()
    return officer


def _second(work: Work, decision: TwoOfficerDecision, officer: UUID) -> TwoOfficerDecision:
    """The first officer's word on what an administrator proposed; another's still has to follow."""
    decision.first_officer_id = officer
    record(
        work,
        "decision.seconded",
        "person",
        decision.person_id,
        decision=decision.id,
        kind=decision.kind,
    )
    return decision


def _gone(account: Account, kind: DecisionKind) -> bool:
    return account.closed_at is not None and kind not in ABOUT_THE_PAST


def _pending(work: Work, kind: DecisionKind, person_id: UUID, payload: dict[str, Any]) -> bool:
    attempt = TwoOfficerDecision.payload["attempt_id"].astext
    open_one = exists().where(
        TwoOfficerDecision.kind == kind,
        TwoOfficerDecision.person_id == person_id,
        attempt.is_not_distinct_from(payload.get("attempt_id")),
        TwoOfficerDecision.state == DecisionState.PROPOSED,
    )
    return bool(work.session.scalar(select(open_one)))


def _open_decision(work: Work, decision_id: UUID) -> TwoOfficerDecision:
    decision = work.session.get(TwoOfficerDecision, decision_id, with_for_update=True)
    if decision is None:
        raise NOT_FOUND()
    if decision.state is not DecisionState.PROPOSED:
        raise DECISION_CLOSED()
    return decision


def _require_occasion(
    work: Work, kind: DecisionKind, account: Account, payload: dict[str, Any]
) -> None:
    """Whether there is anything to decide, looked at again when the second officer agrees."""
    match kind:
        case DecisionKind.LIFT_SUSPENSION:
            if account.signing_suspended_at is None or account.totp_confirmed_at is None:
                raise NOTHING_TO_DECIDE()
        case DecisionKind.APPROVE_DEVICE:
            if _device(work, account, payload).may_sign_from <= work.now:
                raise NOTHING_TO_DECIDE()
        case DecisionKind.ISSUE_CERTIFICATE:
            if account.totp_confirmed_at is None or not _has_device(work, account.person_id):
                raise NOTHING_TO_DECIDE()
            if payload.get("device_id"):
                _device(work, account, payload)
        case DecisionKind.MAKE_OFFICER:
            if account.person_id in officers.active(work):
                raise NOTHING_TO_DECIDE()
        case DecisionKind.CORRECT_IDENTITY:
            if not _corrections(work, account, payload):
                raise NOTHING_TO_DECIDE()
        case DecisionKind.MAKE_SEAL:
            _require_custodians(work, account, payload)


def _take_effect(work: Work, decision: TwoOfficerDecision, account: Account) -> str | None:
    match decision.kind:
        case DecisionKind.RESET_SECOND_FACTOR:
            return _reset(work, account)
        case DecisionKind.LIFT_SUSPENSION:
            account.signing_suspended_at = None
            announce(work, account.person_id, SecurityEventKind.SUSPENSION_LIFTED)
        case DecisionKind.APPROVE_DEVICE:
            devices.let_sign(work, _device(work, account, decision.payload))
        case DecisionKind.ISSUE_CERTIFICATE if decision.payload.get("device_id"):
            device = _device(work, account, decision.payload)
            if device.may_sign_from > work.now:
                devices.let_sign(work, device)
        case DecisionKind.MAKE_OFFICER:
            officers.name(work, account.person_id)
        case DecisionKind.CORRECT_IDENTITY:
            facts = _corrections(work, account, decision.payload)
            directory.change(work, account.person_id, **facts)
            announce(work, account.person_id, SecurityEventKind.IDENTITY_CORRECTED)
    return None


def _require_custodians(work: Work, account: Account, payload: dict[str, Any]) -> None:
    """Two different people who can make statements on a device of their own, and are not deciding."""
    try:
        second = work.session.get(Account, UUID(str(payload["second_custodian_id"])))
    except ValueError as error:
        raise INVALID() from error
    if second is None or second.person_id == account.person_id:
        raise INVALID()
    if second.person_id == work.actor.known_id:
        raise OWN_CASE()
    for each in (account, second):
        if (
            each.closed_at
            or each.totp_confirmed_at is None
            or not _has_device(work, each.person_id)
        ):
            raise NOTHING_TO_DECIDE()


def _corrections(work: Work, account: Account, payload: dict[str, Any]) -> dict[str, str]:
    """Name and NIP as they should be, where they are not so already. Raises INVALID, NIP_TAKEN."""
    person = appointments.live_person(work, account.person_id)
    facts = {fact: str(payload[fact]).strip() for fact in directory.IDENTITY if payload.get(fact)}
    if not re.fullmatch("[0-9]{18}", facts.get("nip", "0" * 18)) or "" in facts.values():
        raise INVALID()
    directory.require_free(work, facts.get("nip"), person.id)
    return {fact: value for fact, value in facts.items() if getattr(person, fact) != value}


def _reset(work: Work, account: Account) -> str:
    """Both factors start anew by a link the officer hands over; signing waits for two officers.

    Devices stay, so that they are told; their sessions end.
    """
    account.password_hash = passwords.NOBODY
    account.totp_sealed = account.totp_pending_sealed = account.totp_confirmed_at = None
    account.signing_suspended_at = work.now
    work.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == account.person_id))
    sessions.revoke_all(work, account.person_id)
    record(work, "second-factor.reset", "person", account.person_id)
    announce(work, account.person_id, SecurityEventKind.SECOND_FACTOR_RESET)
    return invitations.issue(work, account.person_id, account.username)


def _device(work: Work, account: Account, payload: dict[str, Any]) -> Device:
    try:
        device_id = UUID(str(payload["device_id"]))
    except ValueError as error:
        raise INVALID() from error
    return devices.live_device(work, device_id, person_id=account.person_id)


def _has_device(work: Work, person_id: UUID) -> bool:
    owned = exists().where(Device.person_id == person_id, Device.revoked_at.is_(None))
    return bool(work.session.scalar(select(owned)))


def _withdraw_where(work: Work, which: ColumnElement[bool]) -> None:
    query = select(TwoOfficerDecision).where(
        TwoOfficerDecision.state == DecisionState.PROPOSED, which
    )
    for decision in work.session.scalars(query.with_for_update()).all():
        _close(work, decision, DecisionState.WITHDRAWN, None)


def _close(
    work: Work, decision: TwoOfficerDecision, state: DecisionState, note: str | None
) -> TwoOfficerDecision:
    decision.state, decision.note = state, note
    decision.decided_by, decision.decided_at = work.actor.person_id, work.now
    record(
        work,
        f"decision.{state}",
        "person",
        decision.person_id,
        decision=decision.id,
        kind=decision.kind,
    )
    return decision
