"""The citizen's number (NIK) of a person: told to a signing service, shown to nobody whole."""

import hashlib
import hmac
import re
from uuid import UUID

from sqlalchemy import select

from backend.audit.trail import record
from backend.core.db import Work
from backend.core.errors import NOT_FOUND
from backend.core.masterkey import MasterKey
from backend.organisation.models import Person
from backend.organisation.problems import NIK_INVALID, NIK_TAKEN

PURPOSE = "person-nik"


def put(work: Work, person_id: UUID, nik: str, *, keys: MasterKey) -> None:
    """Keeps a person's number, sealed. Raises NOT_FOUND, NIK_INVALID or NIK_TAKEN."""
    person = work.session.get(Person, person_id, with_for_update=True)
    if person is None:
        raise NOT_FOUND()
    if not re.fullmatch(r"[0-9]{16}", nik):
        raise NIK_INVALID()
    mark = hmac.new(keys.derive("person-nik-mark"), nik.encode(), hashlib.sha256).hexdigest()
    holder = work.session.scalar(select(Person.id).where(Person.nik_mark == mark))
    if holder not in {None, person_id}:
        raise NIK_TAKEN()
    person.nik_sealed = keys.seal(PURPOSE, nik.encode(), person_id.bytes)
    person.nik_mark = mark
    work.session.flush()
    record(work, "person.nik-entered", "person", person_id)


def reveal(person: Person, *, keys: MasterKey) -> str | None:
    """The whole number, for a signing service alone; None where none was entered."""
    if person.nik_sealed is None:
        return None
    return keys.open(PURPOSE, person.nik_sealed, person.id.bytes).decode()


def masked(person: Person, *, keys: MasterKey) -> str | None:
    """As screens show it: «············0001»."""
    nik = reveal(person, keys=keys)
    return f"{'·' * 12}{nik[-4:]}" if nik else None
