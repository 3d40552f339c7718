"""An authorisation from a lost phone, made good by its owner with a fresh one."""

from collections.abc import Collection
from uuid import UUID

from backend.audit.trail import record
from backend.core.db import Work
from backend.identity import quarantine
from backend.identity.models import Quarantined, QuarantineKind, QuarantineState
from backend.identity.problems import DO_AGAIN
from backend.signing.problems import NOT_OF_BATCH


def require(work: Work, quarantined_id: UUID, steps: Collection[str]) -> Quarantined:
    """One's own quarantined authorisation, if these steps are among those it names.

    Raises DO_AGAIN for what needs no authorisation, NOT_OF_BATCH for other papers, and what
    quarantine.own refuses.
    """
    row = quarantine.own(work, quarantined_id)
    if row.kind is not QuarantineKind.AUTHORISATION:
        raise DO_AGAIN()
    if not set(steps) <= set(row.steps):
        raise NOT_OF_BATCH()
    return row


def confirmed(work: Work, quarantined_id: UUID, batch_id: UUID) -> None:
    """The fresh authorisation was accepted."""
    row = quarantine.own(work, quarantined_id)
    quarantine.decide(work, row, QuarantineState.CONFIRMED)
    record(work, "quarantine.signed", "signing-batch", batch_id, item=row.id)
