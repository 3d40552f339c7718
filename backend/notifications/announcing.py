"""Who must be told of what. Each runs as a job after the change it tells of, safely twice."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select, true

from backend.core.db import Work
from backend.core.models import FileDamage
from backend.documents.access import SECRET
from backend.documents.models import Document, Version
from backend.identity.models import SecurityEvent, SecurityEventKind
from backend.identity.officers import active, guardians
from backend.notifications.delivery import OWN_TURN
from backend.notifications.models import Notice, NoticeKind
from backend.notifications.notices import give
from backend.organisation.appointments import holders_of
from backend.organisation.mandates import holders, mandates_of
from backend.organisation.models import Person, Position, Role, RoleGrant
from backend.routing.machine import ACTIVE
from backend.routing.models import Step
from backend.signing.models import SealActivation
from backend.signing.seal import seals
from backend.signing.seal.seal_activation import SealNews

FOR_GUARDIANS = frozenset(
    {
        SecurityEventKind.ROLE_GRANTED,
        SecurityEventKind.ROLE_REVOKED,
        SecurityEventKind.ROLE_OBJECTED,
    }
)


def announce_step(work: Work, step_id: UUID) -> None:
    """Tells everyone who may act on a step that it is their turn, and forgets who no longer may."""
    step = work.session.get(Step, step_id)
    if step is None or step.state not in ACTIVE:
        return
    held = {m.person_id for m in holders(work.session, step.position_id, work.now)}
    work.session.execute(
        delete(Notice).where(
            Notice.step_id == step_id,
            Notice.kind.in_(OWN_TURN),
            Notice.person_id.not_in(held),
        )
    )
    for person_id in sorted(held):
        give(
            work,
            person_id,
            NoticeKind.YOUR_TURN,
            f"your-turn:{step_id}",
            document_id=step.document_id,
            step_id=step_id,
            action=step.action.value,
        )


def announce_outcome(work: Work, document_id: UUID, step_id: UUID, outcome: str) -> None:
    """Tells the operators who handle it that their paper was signed, returned or rejected."""
    document = work.session.get_one(Document, document_id)
    step = work.session.get_one(Step, step_id)
    for person_id in operators(work, document):
        give(
            work,
            person_id,
            NoticeKind(outcome),
            f"{outcome}:{step_id}",
            document_id=document_id,
            step_id=step_id,
            **({"note": step.note} if step.note else {}),
        )


def announce_refusal(work: Work, version_id: UUID) -> None:
    """Tells whoever uploaded a file that it did not pass the examination."""
    version = work.session.get_one(Version, version_id)
    give(
        work,
        version.uploaded_by,
        NoticeKind.REFUSED,
        f"refused:{version_id}",
        document_id=version.document_id,
        refusal=version.refusal or {},
    )


def announce_security(work: Work, person_id: UUID, event_id: UUID) -> None:
    """Tells a person, and those who watch over them, what happened to their keys or rights."""
    event = work.session.get_one(SecurityEvent, event_id)
    person = work.session.get_one(Person, person_id)
    for told in [person_id, *sorted(_watchers(work, event) - {person_id})]:
        give(
            work,
            told,
            NoticeKind.SECURITY,
            f"security:{event_id}",
            event=event.kind.value,
            name=person.name,
            own=told == person_id,
            details=event.data,
        )


def _watchers(work: Work, event: SecurityEvent) -> set[UUID]:
    """The heads of the units they serve in; of a watched role or a head's chair, every guardian.

    Officers hear of a renewal, which they did not have to agree to.
    """
    heads = _heads(work, event.person_id)
    if event.kind in FOR_GUARDIANS:
        return heads | guardians(work)
    if event.kind is SecurityEventKind.CERTIFICATE_RENEWED:
        return heads | active(work)
    if event.kind is not SecurityEventKind.MANDATE_GIVEN:
        return heads
    position = work.session.get_one(Position, UUID(event.data["position"]))
    if position.head_of_unit:
        return heads | guardians(work)
    held = {m.person_id for m in holders(work.session, position.id, work.now)}
    return heads | held | heads_of(work, {position.unit_id})


def announce_seal(work: Work, activation_id: UUID, news: str) -> None:
    """Tells both custodians that sealing began or is over, and how many papers were sealed."""
    activation = work.session.get_one(SealActivation, activation_id)
    over = activation.ended_at is not None or activation.used >= activation.most
    if news == SealNews.TIME_OVER and over:
        return  # which they know already
    for person_id in seals.custodian_ids(work, activation.seal_id):
        give(
            work,
            person_id,
            NoticeKind.SEAL,
            f"seal:{activation_id}:{news}",
            news=news,
            until=activation.ends_at.isoformat(),
            used=activation.used,
            most=activation.most,
        )


def announce_damage(work: Work, digest: str) -> None:
    """Tells the administrators that a stored file is missing or changed."""
    damage = work.session.get_one(FileDamage, digest)
    for person_id in administrators(work):
        give(
            work,
            person_id,
            NoticeKind.FILE_DAMAGED,
            f"file-damaged:{digest}:{damage.found_at:%Y%m%d%H%M%S}",
            digest=digest,
            problem=damage.problem,
        )


def administrators(work: Work) -> list[UUID]:
    """Who looks after the installation."""
    return holders_of(work, Role.ADMINISTRATOR)


def operators(work: Work, document: Document) -> list[UUID]:
    """Who handles a paper: its unit's operators, of a secret one those who may."""
    trusted = or_(RoleGrant.cleared, RoleGrant.person_id == document.created_by)
    of_unit = RoleGrant.unit_id == document.unit_id
    return holders_of(
        work, Role.OPERATOR, of_unit, trusted if document.secrecy in SECRET else true()
    )


def _heads(work: Work, person_id: UUID) -> set[UUID]:
    """Who heads the units where a person holds a position or operates."""
    units = {m.position.unit_id for m in mandates_of(work.session, person_id, work.now)}
    units |= set(
        work.session.scalars(
            select(RoleGrant.unit_id).where(
                RoleGrant.person_id == person_id,
                RoleGrant.unit_id.is_not(None),
                RoleGrant.revoked_at.is_(None),
            )
        )
    )
    return heads_of(work, units)


def heads_of(work: Work, units: set[Any]) -> set[UUID]:
    """Who heads these units at this moment."""
    heads = work.session.scalars(
        select(Position.id).where(Position.unit_id.in_(units), Position.head_of_unit)
    )
    return {m.person_id for head in heads for m in holders(work.session, head, work.now)}
