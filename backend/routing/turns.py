"""Steps that someone wants to sign, each with what decides whether they may: many in few queries."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import defer

from backend.core.db import Work
from backend.core.errors import NOT_FOUND, DomainError
from backend.organisation.mandates import holders_of
from backend.organisation.models import Mandate
from backend.routing import problems
from backend.routing.authority import require_mandate
from backend.routing.machine import Event
from backend.routing.models import Step, Tick
from backend.routing.rounds import Round, belated, live_tick, load_rounds


@dataclass(frozen=True)
class Turn:
    """A step of its document's newest round, who may act for its position, and its live tick."""

    round: Round
    step: Step
    held: Sequence[Mandate]
    tick: Tick | None

    def require(self, person_id: UUID, mandate_id: UUID | None = None) -> Mandate:
        """The mandate under which this person may sign this step now.

        They must hold it (the named one, if one is named) at this moment and have ticked the
        current version themselves. Changes nothing. Raises why not.
        """
        mandate = require_mandate(self.round.work, self.step, person_id, mandate_id, held=self.held)
        self.round.decide(Event.BEGIN_SIGNING, self.step)
        check_tick(self.round, self.step, self.tick, person_id)
        return mandate


def load_turns(
    work: Work, step_ids: Collection[UUID], *, lock: bool = True
) -> dict[UUID, Turn | DomainError]:
    """Step → its turn, or why it has none any more. Unknown steps are left out.

    Locks the documents, unless it is only to look.
    """
    rows = work.session.execute(select(Step.id, Step.document_id).where(Step.id.in_(step_ids)))
    documents: dict[UUID, UUID] = dict(iter(rows))
    rounds = load_rounds(work, set(documents.values()), lock=lock)
    current = {step.id: step for round_ in rounds.values() for step in round_.steps}
    wanted = [current[step_id] for step_id in documents if step_id in current]
    held = holders_of(work.session, {step.position_id for step in wanted}, work.now)
    ticks = {
        tick.step_id: tick
        for tick in work.session.scalars(
            select(Tick)
            .where(Tick.step_id.in_(documents), Tick.voided_at.is_(None))
            # The evidence itself is for whoever examines one, not for a decision about hundreds.
            .options(defer(Tick.page_sha256), defer(Tick.device_signature))
        )
    }
    found: dict[UUID, Turn | DomainError] = {}
    for step_id, document_id in documents.items():
        round_, step = rounds[document_id], current.get(step_id)
        if step is None:
            found[step_id] = belated(round_, step_id)
        else:
            found[step_id] = Turn(round_, step, held.get(step.position_id, []), ticks.get(step_id))
    return found


def load_turn(work: Work, step_id: UUID) -> Turn:
    """One step's turn, its document locked. Raises NOT_FOUND, or what ended its round."""
    found = load_turns(work, [step_id]).get(step_id)
    if found is None:
        raise NOT_FOUND()
    if isinstance(found, DomainError):
        raise found
    return found


def own_tick(round_: Round, step: Step, person_id: UUID) -> Tick:
    """The person's own live tick on the current version. Raises NOT_TICKED or NOT_YOUR_TICK."""
    return check_tick(round_, step, live_tick(round_.work, step), person_id)


def check_tick(round_: Round, step: Step, tick: Tick | None, person_id: UUID) -> Tick:
    """As `own_tick`, of the live tick that the caller read."""
    if tick is None or tick.version_id != round_.document.current_version_id:
        raise round_.explain(problems.NOT_TICKED, step)
    if tick.person_id != person_id:
        raise problems.NOT_YOUR_TICK(**round_.by(tick.person_id, tick.ticked_at))
    return tick
