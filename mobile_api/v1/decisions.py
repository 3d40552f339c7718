"""What two registration officers decide together."""

from typing import Any
from uuid import UUID

from apiflask import APIBlueprint

from backend.certificates.lifecycle import unsuspend
from backend.core.errors import INVALID
from backend.identity import decisions
from backend.identity.models import DecisionKind, DecisionState, TwoOfficerDecision
from backend.organisation.models import Role
from backend.signing import unknown
from mobile_api.access import needs, needs_secret
from mobile_api.context import current_services, current_work
from mobile_api.fields import Body, Note
from mobile_api.pagination import PageQuery, page
from mobile_api.v1.invitations import link
from mobile_api.v1.shown import DecisionAnswer, Page, show_decisions

bp = APIBlueprint("decisions", __name__, url_prefix="/api/v1/decisions")


class Proposal(Body):
    kind: DecisionKind
    person_id: UUID
    payload: dict[str, str]
    """How identity was checked (`method`, `evidence`, `checked_at`), or what it is about
    (`certificate_id`, `device_id`, `decree`, `name`, `nip`)."""


class Word(Body):
    note: Note | None = None


class Reason(Body):
    note: Note


class AgreedAnswer(DecisionAnswer):
    link: str | None
    """After a reset: the one-time link to hand over, told this once."""


class Query(PageQuery):
    state: DecisionState | None = None
    person_id: UUID | None = None


@bp.get("")
@needs(Role.REGISTRATION_OFFICER, Role.AUDITOR)
@bp.input(Query, location="query")
@bp.output(Page[DecisionAnswer])
def listed(query_data: Query) -> dict[str, Any]:
    """Decisions, the newest first."""
    position = query_data.position(UUID)
    session = current_work().session
    rows = decisions.listed(
        session,
        state=query_data.state,
        person_id=query_data.person_id,
        before=position[0] if position else None,
        limit=query_data.limit + 1,
    )
    answer = page(rows, query_data, lambda row: row, lambda row: (row.id,))
    return answer | {"items": show_decisions(session, answer["items"])}


@bp.post("")
@needs(Role.REGISTRATION_OFFICER, Role.ADMINISTRATOR)
@bp.input(Proposal)
@bp.output(DecisionAnswer, status_code=201)
def propose(json_data: Proposal) -> DecisionAnswer:
    """The first officer's word; or an administrator's, who names a new officer.

    That a signature was not made is proposed at the signature (/signing/unknown).
    """
    if json_data.kind is DecisionKind.SIGNATURE_NOT_MADE:
        raise INVALID()
    decision = decisions.propose(
        current_work(), json_data.kind, json_data.person_id, dict(json_data.payload)
    )
    return _show(decision)


@bp.post("/<uuid:decision_id>/agree")
@needs_secret(Role.REGISTRATION_OFFICER)
@bp.input(Word)
@bp.output(AgreedAnswer)
def agree(decision_id: UUID, json_data: Word) -> AgreedAnswer:
    """The second officer's word. A reset answers with the link to hand over, once."""
    agreed = decisions.agree(current_work(), decision_id, json_data.note)
    if agreed.decision.kind is DecisionKind.UNSUSPEND_CERTIFICATE:
        unsuspend(current_work(), agreed.decision, issuer=current_services().issuer)
    if agreed.decision.kind is DecisionKind.SIGNATURE_NOT_MADE:
        unknown.settle_unsigned(current_work(), agreed.decision)
    return AgreedAnswer(
        **dict(_show(agreed.decision)), link=link(agreed.token) if agreed.token else None
    )


@bp.post("/<uuid:decision_id>/refuse")
@needs(Role.REGISTRATION_OFFICER)
@bp.input(Reason)
@bp.output(DecisionAnswer)
def refuse(decision_id: UUID, json_data: Reason) -> DecisionAnswer:
    """The second officer says no, with the reason."""
    decision = decisions.refuse(current_work(), decision_id, json_data.note)
    return _show(decision)


@bp.post("/<uuid:decision_id>/withdraw")
@needs(Role.REGISTRATION_OFFICER, Role.ADMINISTRATOR)
@bp.input(Word)
@bp.output(DecisionAnswer)
def withdraw(decision_id: UUID, json_data: Word) -> DecisionAnswer:
    """Whoever proposed takes it back."""
    decision = decisions.withdraw(current_work(), decision_id, json_data.note)
    return _show(decision)


def _show(decision: TwoOfficerDecision) -> DecisionAnswer:
    return show_decisions(current_work().session, [decision])[0]
