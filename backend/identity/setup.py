"""The first administrator of an empty installation, let in by a link from the server's terminal."""

import hashlib
import secrets

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from backend.audit.trail import record
from backend.core.db import Work
from backend.core.models import InstallationFact
from backend.identity import passwords
from backend.identity.models import Account
from backend.identity.problems import ALREADY_SET_UP, SETUP_LINK_ENDED
from backend.identity.sign_in import normalise
from backend.organisation import agency, appointments, directory
from backend.organisation.models import Agency, Role

FACT = "setup-link"
LOCK = 0x53455455  # «SETU»


def needed(session: Session) -> bool:
    """Whether nobody has an account yet."""
    return not session.scalar(select(exists().where(Account.person_id.is_not(None))))


def new_link(work: Work) -> str:
    """A fresh one-time token for the terminal; earlier ones end. Raises ALREADY_SET_UP."""
    if not needed(work.session):
        raise ALREADY_SET_UP()
    token = secrets.token_urlsafe(32)
    fact = InstallationFact(name=FACT, value={"sha256": _hash(token)}, updated_at=work.now)
    work.session.merge(fact)
    return token


def create_administrator(
    work: Work,
    token: str,
    *,
    name: str,
    username: str,
    password: str,
    agency_name: str,
    agency_short_name: str,
    nip: str | None = None,
    zone: str = "WIB",
) -> Account:
    """The first account, with the agency it administers. Raises SETUP_LINK_ENDED, WEAK_PASSWORD."""
    work.session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    if not needed(work.session):
        raise ALREADY_SET_UP()
    fact = work.session.get(InstallationFact, FACT)
    if fact is None or not secrets.compare_digest(fact.value["sha256"], _hash(token)):
        raise SETUP_LINK_ENDED()
    if not work.session.scalar(select(exists().where(Agency.id.is_not(None)))):
        agency.found(work, agency_name, agency_short_name, zone=zone)
    person = directory.join(work, name, nip=nip)
    appointments.grant_role(work, person.id, Role.ADMINISTRATOR)
    account = Account(
        person_id=person.id,
        username=normalise(username),
        password_hash=passwords.NOBODY,
        created_at=work.now,
    )
    work.session.add(account)
    passwords.choose(account, password, name, nip)
    work.session.delete(fact)
    record(work, "installation.set-up", "person", person.id)
    return account


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
