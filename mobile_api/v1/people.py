"""People: found by officers, kept by administrators."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from apiflask import APIBlueprint
from pydantic import StringConstraints
from sqlalchemy import select

from backend.certificates.models import Certificate
from backend.core.errors import NOT_FOUND
from backend.identity import decisions, departure, devices, grants
from backend.identity.models import Account
from backend.organisation import directory, mandates, nik
from backend.organisation.models import Person, Role, RoleGrant
from mobile_api.access import needs
from mobile_api.context import current_services, current_work
from mobile_api.fields import Body, Email, Line, Nip
from mobile_api.pagination import PageQuery, page
from mobile_api.v1.shown import (
    Answer,
    CertificateAnswer,
    DecisionAnswer,
    DeviceAnswer,
    MandateAnswer,
    Page,
    PersonAnswer,
    RoleAnswer,
    show_certificate,
    show_decisions,
    show_device,
    show_mandate,
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


class AccountAnswer(Answer):
    username: str
    totp_confirmed: bool
    signing_suspended_at: datetime | None
    closed_at: datetime | None


class NikEntry(Body):
    nik: Annotated[str, StringConstraints(pattern=r"^[0-9]{16}$")]


class PersonDetails(PersonAnswer):
    nik_masked: str | None
    """The citizen's number but for its last four digits; a signing service is told it whole."""
    account: AccountAnswer | None
    roles: list[RoleAnswer]
    mandates: list[MandateAnswer]
    devices: list[DeviceAnswer]
    certificates: list[CertificateAnswer]
    decisions: list[DecisionAnswer]


@bp.get("")
@needs(Role.REGISTRATION_OFFICER, Role.ADMINISTRATOR, Role.AUDITOR)
@bp.input(Query, location="query")
@bp.output(Page[PersonAnswer])
def listed(query_data: Query) -> dict[str, Any]:
    """People by name; `query` is part of a name or the start of a NIP."""
    rows = directory.find(
        current_work(),
        query=query_data.query,
        left=query_data.left,
        after=query_data.position(str, UUID),
        limit=query_data.limit + 1,
    )
    return page(
        rows, query_data, PersonAnswer.model_validate, lambda person: (person.name, person.id)
    )


@bp.get("/<uuid:person_id>")
@needs(Role.REGISTRATION_OFFICER, Role.ADMINISTRATOR, Role.AUDITOR)
@bp.output(PersonDetails)
def read(person_id: UUID) -> PersonDetails:
    """One person with account, roles, mandates, devices, certificates and decisions."""
    work = current_work()
    session = work.session
    person = session.get(Person, person_id)
    if person is None:
        raise NOT_FOUND()
    roles = select(RoleGrant).where(
        RoleGrant.person_id == person_id, RoleGrant.revoked_at.is_(None)
    )
    certificates = (
        select(Certificate)
        .where(Certificate.person_id == person_id)
        .order_by(Certificate.not_before.desc())
    )
    return PersonDetails(
        **dict(PersonAnswer.model_validate(person)),
        nik_masked=nik.masked(person, keys=current_services().master_key),
        account=_account(session.get(Account, person_id)),
        roles=[RoleAnswer.model_validate(grant) for grant in session.scalars(roles)],
        mandates=[show_mandate(m) for m in mandates.mandates_of(session, person_id, work.now)],
        devices=[show_device(device) for device in devices.listed(work, person_id)],
        certificates=[show_certificate(row) for row in session.scalars(certificates)],
        decisions=show_decisions(session, decisions.listed(session, person_id=person_id)),
    )


@bp.post("")
@needs(Role.ADMINISTRATOR)
@bp.input(NewPerson)
@bp.output(PersonAnswer, status_code=201)
def create(json_data: NewPerson) -> PersonAnswer:
    """A person begins to work here."""
    return PersonAnswer.model_validate(directory.join(current_work(), **json_data.model_dump()))


@bp.patch("/<uuid:person_id>")
@needs(Role.ADMINISTRATOR)
@bp.input(PersonChange)
@bp.output(PersonAnswer)
def change(person_id: UUID, json_data: PersonChange) -> PersonAnswer:
    """Corrects what is given and leaves the rest."""
    facts = json_data.model_dump(exclude_unset=True)
    return PersonAnswer.model_validate(grants.change_facts(current_work(), person_id, **facts))


@bp.put("/<uuid:person_id>/nik")
@needs(Role.REGISTRATION_OFFICER)
@bp.input(NikEntry)
@bp.output({}, status_code=204)
def put_nik(person_id: UUID, json_data: NikEntry) -> tuple[str, int]:
    """The citizen's number as the officer read it on the identity card; kept sealed."""
    keys = current_services().master_key
    grants.enter_nik(current_work(), person_id, json_data.nik, keys=keys)
    return "", 204


@bp.post("/<uuid:person_id>/leave")
@needs(Role.ADMINISTRATOR)
@bp.output(PersonAnswer)
def leave(person_id: UUID) -> PersonAnswer:
    """The person leaves: all access ends now, what they signed stays."""
    return PersonAnswer.model_validate(departure.leave(current_work(), person_id))


def _account(account: Account | None) -> AccountAnswer | None:
    if account is None:
        return None
    return AccountAnswer(
        username=account.username,
        totp_confirmed=account.totp_confirmed_at is not None,
        signing_suspended_at=account.signing_suspended_at,
        closed_at=account.closed_at,
    )
