"""People: found by officers, kept by administrators."""

from typing import Any
from uuid import UUID

from apiflask import APIBlueprint
from sqlalchemy import select

from backend.certificates.models import Certificate
from backend.core.errors import NOT_FOUND
from backend.identity import decisions, departure, devices
from backend.identity.models import Account
from backend.organisation import directory, mandates
from backend.organisation.models import Person, Role, RoleGrant
from mobile_api.access import needs
from mobile_api.context import current_work
from mobile_api.fields import Body, Email, Line, Nip, rfc3339
from mobile_api.pagination import PageQuery, page
from mobile_api.v1.shown import (
    decision_names,
    show_certificate,
    show_decision,
    show_device,
    show_mandate,
    show_person,
    show_role,
)

bp = APIBlueprint("people", __name__, url_prefix="/api/v1/people")


class Query(PageQuery):
    query: str = ""
    left: bool = False


class NewPerson(Body):
    name: Line
    nip: Nip | None = None
    email: Email | None = None
    phone: Line | None = None


class PersonChange(Body):
    name: Line = ""
    nip: Nip | None = None
    email: Email | None = None
    phone: Line | None = None


@bp.get("")
@needs(Role.REGISTRATION_OFFICER, Role.ADMINISTRATOR, Role.AUDITOR)
@bp.input(Query, location="query")
def listed(query_data: Query) -> dict[str, Any]:
    """People by name; `query` is part of a name or the start of a NIP."""
    rows = directory.find(
        current_work(),
        query=query_data.query,
        left=query_data.left,
        after=query_data.position(str, UUID),
        limit=query_data.limit + 1,
    )
    return page(rows, query_data, show_person, lambda person: (person.name, person.id))


@bp.get("/<uuid:person_id>")
@needs(Role.REGISTRATION_OFFICER, Role.ADMINISTRATOR, Role.AUDITOR)
def read(person_id: UUID) -> dict[str, Any]:
    """One person with account, roles, mandates, devices, certificates and decisions."""
    work = current_work()
    session = work.session
    person = session.get(Person, person_id)
    if person is None:
        raise NOT_FOUND()
    account = session.get(Account, person_id)
    roles = select(RoleGrant).where(
        RoleGrant.person_id == person_id, RoleGrant.revoked_at.is_(None)
    )
    certificates = (
        select(Certificate)
        .where(Certificate.person_id == person_id)
        .order_by(Certificate.not_before.desc())
    )
    rows = decisions.listed(session, person_id=person_id)
    names = decision_names(session, rows)
    return show_person(person) | {
        "account": _account(account) if account else None,
        "roles": [show_role(grant) for grant in session.scalars(roles)],
        "mandates": [show_mandate(m) for m in mandates.mandates_of(session, person_id, work.now)],
        "devices": [show_device(device) for device in devices.listed(work, person_id)],
        "certificates": [show_certificate(row) for row in session.scalars(certificates)],
        "decisions": [show_decision(row, names) for row in rows],
    }


@bp.post("")
@needs(Role.ADMINISTRATOR)
@bp.input(NewPerson)
def create(json_data: NewPerson) -> tuple[dict[str, Any], int]:
    """A person begins to work here."""
    person = directory.join(current_work(), **json_data.model_dump())
    return show_person(person), 201


@bp.patch("/<uuid:person_id>")
@needs(Role.ADMINISTRATOR)
@bp.input(PersonChange)
def change(person_id: UUID, json_data: PersonChange) -> dict[str, Any]:
    """Corrects what is given and leaves the rest."""
    facts = json_data.model_dump(exclude_unset=True)
    return show_person(directory.change(current_work(), person_id, **facts))


@bp.post("/<uuid:person_id>/leave")
@needs(Role.ADMINISTRATOR)
def leave(person_id: UUID) -> dict[str, Any]:
    """The person leaves: all access ends now, what they signed stays."""
    return show_person(departure.leave(current_work(), person_id))


def _account(account: Account) -> dict[str, Any]:
    return {
        "username": account.username,
        "totp_confirmed": account.totp_confirmed_at is not None,
        "signing_suspended_at": rfc3339(account.signing_suspended_at),
        "closed_at": rfc3339(account.closed_at),
    }
