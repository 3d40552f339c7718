"""Papers that someone wants to sign, with everything that decides whether they may: many at once."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import defer

from backend.core.db import Work
from backend.core.errors import NOT_FOUND, DomainError
from backend.documents.models import SignatureLevel, Version
from backend.organisation.models import Mandate
from backend.routing import problems as routing_problems
from backend.routing.turns import Turn, load_turns
from backend.signing.models import Prepared
from backend.signing.problems import PREPARATION_CHANGED
from backend.signing.sad import SadDocument


@dataclass(frozen=True)
class Paper:
    """A step's turn, the version it is about, and the file prepared for it, if there is one."""

    turn: Turn
    version: Version | None
    prepared: Prepared | None

    def mandate_for(self, person_id: UUID) -> Mandate:
        """Under which mandate this person may sign it now. Raises why not."""
        own = self.prepared is not None and self.prepared.person_id == person_id
        named = self.prepared.mandate_id if self.prepared and own else None
        return self.turn.require(person_id, named)

    def require(
        self,
        wanted: SadDocument,
        level: SignatureLevel,
        person_id: UUID,
        certificate_id: UUID | None,
        provider: str,
    ) -> "Ready":
        """The paper, if it is exactly what one document of a SAD means. Raises why not."""
        round_ = self.turn.round
        if round_.document.id != wanted.id:
            raise NOT_FOUND()
        mandate = self.mandate_for(person_id)
        version, prepared = self.version, self.prepared
        if version is None or version.sha256 != wanted.version_sha256:
            raise round_.explain(routing_problems.VERSION_REPLACED, self.turn.step)
        if (
            prepared is None
            or prepared.person_id != person_id
            or prepared.version_id != version.id
            or prepared.provider != provider
            or prepared.certificate_id != certificate_id
            or not _is_file(prepared, wanted)
            or prepared.level is not level
        ):
            raise PREPARATION_CHANGED()
        return Ready(self.turn, mandate, version, prepared)


def _is_file(prepared: Prepared, wanted: SadDocument) -> bool:
    """Whether the SAD names this very file; where a service makes the field, the place as well."""
    if wanted.input_sha256 is None:
        return prepared.certificate_id is not None and prepared.sha256 == wanted.prepared_sha256
    placed = wanted.placement.model_dump(mode="json") if wanted.placement else None
    return prepared.sha256 == wanted.input_sha256 and prepared.layout.get("placement") == placed


@dataclass(frozen=True)
class Ready:
    """A paper that may be signed now, under this mandate, in this prepared file."""

    turn: Turn
    mandate: Mandate
    version: Version
    prepared: Prepared


def load_papers(
    work: Work, step_ids: Collection[UUID], *, lock: bool = True
) -> dict[UUID, Paper | DomainError]:
    """Step → its paper, or why it has no turn any more. Unknown steps are left out.

    Locks the documents, unless it is only to look.
    """
    turns = load_turns(work, step_ids, lock=lock)
    current = {
        turn.round.document.current_version_id for turn in turns.values() if isinstance(turn, Turn)
    }
    versions = {
        version.id: version
        for version in work.session.scalars(
            select(Version)
            .where(Version.id.in_(current))
            .options(defer(Version.findings), defer(Version.anchors))
        )
    }
    prepared = {
        row.step_id: row
        for row in work.session.scalars(
            select(Prepared)
            .where(Prepared.step_id.in_(turns), Prepared.voided_at.is_(None))
            .options(defer(Prepared.signers))
        )
    }
    return {
        step_id: turn
        if isinstance(turn, DomainError)
        else Paper(
            turn,
            versions.get(turn.round.document.current_version_id),  # type: ignore[arg-type]
            prepared.get(step_id),
        )
        for step_id, turn in turns.items()
    }
