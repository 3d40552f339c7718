"""Who may act for which position at which moment, and under what name."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, case, or_, select
from sqlalchemy.orm import Session, joinedload

from backend.organisation.models import Mandate, MandateKind, Person, Position

# As printed before the position's title.
PREFIXES = {
    MandateKind.DEFINITIVE: "",
    MandateKind.PLT: "Plt. ",
    MandateKind.PLH: "Plh. ",
    MandateKind.PJ: "Pj. ",
    MandateKind.PJS: "Pjs. ",
}

VALID = and_(
    Mandate.starts_at <= bindparam("at"),
    or_(Mandate.ends_at.is_(None), Mandate.ends_at > bindparam("at")),
    or_(Person.left_at.is_(None), Person.left_at > bindparam("at")),
    or_(Position.closed_at.is_(None), Position.closed_at > bindparam("at")),
)
"""Whether a mandate joined with its person and position counts at the moment `at`."""
_VALID = (
    select(Mandate)
    .join(Mandate.person)
    .join(Mandate.position)
    .where(VALID)
    # The definitive one first.
    .order_by(
        case((Mandate.kind == MandateKind.DEFINITIVE, 0), else_=1), Mandate.starts_at, Mandate.id
    )
    .options(joinedload(Mandate.person), joinedload(Mandate.position).joinedload(Position.unit))
)
_HOLDERS = _VALID.where(Mandate.position_id.in_(bindparam("positions", expanding=True)))


def capacity(mandate: Mandate) -> str:
    """The acting capacity as it stands on paper, such as «Plt. Sekretaris Daerah»."""
    return capacity_as(mandate.kind, mandate.position.title)


def capacity_as(kind: MandateKind, title: str) -> str:
    """As `capacity`, of what the caller read."""
    return PREFIXES[kind] + title


def valid_mandate(
    session: Session, person_id: UUID, position_id: UUID, at: datetime
) -> Mandate | None:
    """The mandate under which this person may act for this position at this moment, if any.

    The definitive one where a person holds several.
    """
    query = _VALID.where(Mandate.person_id == person_id, Mandate.position_id == position_id)
    return session.scalars(query.limit(1), {"at": at}).first()


def mandates_of(session: Session, person_id: UUID, at: datetime) -> Sequence[Mandate]:
    """Everything a person may act as at this moment, with position and unit loaded."""
    return session.scalars(_VALID.where(Mandate.person_id == person_id), {"at": at}).all()


def holders(session: Session, position_id: UUID, at: datetime) -> Sequence[Mandate]:
    """Everyone who may act for a position at this moment, the definitive holder first."""
    return session.scalars(_HOLDERS, {"at": at, "positions": [position_id]}).all()


def holders_of(
    session: Session, position_ids: Collection[UUID], at: datetime
) -> dict[UUID, list[Mandate]]:
    """As `holders`, for many positions in one query; positions nobody holds are left out."""
    found: dict[UUID, list[Mandate]] = {}
    for mandate in session.scalars(_HOLDERS, {"at": at, "positions": list(position_ids)}):
        found.setdefault(mandate.position_id, []).append(mandate)
    return found
