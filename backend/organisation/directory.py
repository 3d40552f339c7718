"""People: joining, changing, being found."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import or_, select, tuple_
from sqlalchemy.orm import Session

from backend.audit.trail import record
from backend.core.db import Work
from backend.organisation.appointments import live_person
from backend.organisation.models import Person
from backend.organisation.problems import NIP_TAKEN

IDENTITY = frozenset({"name", "nip"})
"""The facts by which others know who it is: printed on papers, checked by officers."""


def join(
    work: Work,
    name: str,
    *,
    nip: str | None = None,
    email: str | None = None,
    phone: str | None = None,
) -> Person:
    """A person begins to work here; what they may do comes with roles and mandates."""
    require_free(work, nip)
    person = Person(name=name, nip=nip, email=email, phone=phone, joined_at=work.now)
    work.session.add(person)
    work.session.flush()
    record(work, "person.joined", "person", person.id, name=name)
    return person


def change(work: Work, person_id: UUID, **facts: str | None) -> Person:
    """Corrects name, NIP, e-mail or telephone; papers keep what they carry."""
    person = live_person(work, person_id)
    if "nip" in facts:
        require_free(work, facts["nip"], person_id)
    for fact, value in facts.items():
        setattr(person, fact, value)
    record(work, "person.changed", "person", person_id, facts=sorted(facts))
    return person


def find(
    work: Work,
    *,
    query: str = "",
    after: tuple[str, UUID] | None = None,
    left: bool = False,
    limit: int = 50,
) -> Sequence[Person]:
    """People by name; `query` is part of a name or the start of a NIP."""
    people = select(Person).order_by(Person.name, Person.id).limit(limit)
    if not left:
        people = people.where(Person.left_at.is_(None))
    if text := query.strip():
        people = people.where(
            or_(
                Person.name.icontains(text, autoescape=True),
                Person.nip.startswith(text.replace(" ", ""), autoescape=True),
            )
        )
    if after is not None:
        people = people.where(tuple_(Person.name, Person.id) > tuple_(*after))
    return work.session.scalars(people).all()


def names(session: Session, person_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Names by id, of those who left as well."""
    query = select(Person.id, Person.name).where(Person.id.in_({i for i in person_ids if i}))
    return {row.id: row.name for row in session.execute(query)}


def require_free(work: Work, nip: str | None, own_id: UUID | None = None) -> None:
    """Raises NIP_TAKEN when the number is somebody else's, who may have left."""
    if nip is None:
        return
    other = work.session.scalar(select(Person).where(Person.nip == nip))
    if other is not None and other.id != own_id:
        raise NIP_TAKEN()
