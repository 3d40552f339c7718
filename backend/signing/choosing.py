"""Whom the agency signs with, and on which terms: its administrator's word, which counts at once."""

from sqlalchemy import select, update

from backend.audit.trail import record
from backend.core.db import Work
from backend.core.jobs import Job, defer_all
from backend.organisation import agency
from backend.routing.models import Step, StepState
from backend.signing.bsre import terms
from backend.signing.bsre.problems import NOT_SET_UP
from backend.signing.bsre.terms import ServiceTerms
from backend.signing.models import Prepared
from backend.signing.planning import BSRE

AT_ONCE = 100
"""Jobs that are deferred in one statement."""
_TO_SIGN = (StepState.WAITING, StepState.OPEN, StepState.TICKED)


def choose(work: Work, provider: str, chosen: ServiceTerms, *, service_known: bool) -> None:
    """Files that were prepared otherwise are made anew. Signatures under way end as they began.

    `service_known`: the installation has the national service's address. Raises NOT_SET_UP where the
    agency chooses it without, and INVALID for another provider.
    """
    if provider == BSRE and not service_known:
        raise NOT_SET_UP()
    row = agency.current(work.session)
    before = row.provider, terms.current(work.session).drawing
    agency.change(work, provider=provider, service=chosen.model_dump())
    record(work, "agency.provider-chosen", "agency", row.id, provider=provider, **row.service)
    if before != (provider, chosen.drawing):
        _prepare_anew(work)


def _prepare_anew(work: Work) -> None:
    to_sign = select(Step.id).where(Step.state.in_(_TO_SIGN))
    stale = work.session.scalars(
        update(Prepared)
        .where(Prepared.voided_at.is_(None), Prepared.step_id.in_(to_sign))
        .values(voided_at=work.now)
        .returning(Prepared.document_id)
    ).all()
    for start in range(0, len(stale), AT_ONCE):
        defer_all(
            work.session,
            *(
                (Job.PREPARE_SIGNATURES, {"document_id": document_id})
                for document_id in stale[start : start + AT_ONCE]
            ),
        )
