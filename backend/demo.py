"""A demo regency, made only in an empty database.

Passwords and one-time-code secrets come from a seed of this installation's own, kept below its
secrets, so that they can be told again and are the same nowhere else.
"""

import base64
import hashlib
import hmac
import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from backend.audit.trail import record
from backend.bootstrap import Services
from backend.core.db import Work
from backend.core.masterkey import MasterKey
from backend.core.models import InstallationFact
from backend.demo_people import (
    ACTING,
    AGENCY,
    CITY,
    PEOPLE,
    SHORT_NAME,
    UNITS,
    WORDS,
    DemoAccount,
    DemoPerson,
)
from backend.documents import kinds
from backend.identity import passwords, totp
from backend.identity.models import Account, DecisionKind, DecisionState, TwoOfficerDecision
from backend.organisation import agency, appointments, directory, units
from backend.organisation.models import MandateKind, Person, Position, Role, Unit
from backend.signing.offline import policy
from backend.signing.offline.policy import OfflinePolicy

SEED_FILE = "demo.seed"
FACT = "demo"
LOCK = 0x44454D4F  # «DEMO»
SIGNERS_CHECK = {
    "method": "demo",
    "evidence": "Orang contoh; tidak ada identitas yang diperiksa.",
}


def seed(services: Services) -> bool:
    """Makes the demo regency; False when the database holds units or people already."""
    with services.work() as work:
        if not empty(work.session):
            return False
    given = _accounts(services)
    # Before the transaction: hashing a whole cast takes seconds (and leaves the interpreter's lock).
    with ThreadPoolExecutor() as pool:
        hashes = list(pool.map(passwords.hash_password, [each.password for each in given]))
    with services.work() as work:
        work.session.execute(select(func.pg_advisory_xact_lock(LOCK)))
        if not empty(work.session):
            return False
        agency.found(work, AGENCY, SHORT_NAME, city=CITY)
        policy.change(work, OfflinePolicy(signing=True))
        kinds.install(work)
        places = {unit.code: units.open_unit(work, unit.name, unit.code) for unit in UNITS}
        people = {p.username: _join(work, p, places, number) for number, p in enumerate(PEOPLE, 1)}
        for account, hashed in zip(given, hashes, strict=True):
            person_id = people[account.username].id
            _open_account(work, person_id, account, hashed, services.master_key)
        _act(work, people, places)
        _let_signers_enrol(work, people)
        work.session.add(InstallationFact(name=FACT, value={}, updated_at=work.now))
        record(work, "installation.demo-made", "agency", SHORT_NAME)
    return True


def empty(session: Session) -> bool:
    """Whether nobody has worked in this database yet."""
    return not session.scalar(
        select(exists().where(Person.id.is_not(None)) | exists().where(Unit.id.is_not(None)))
    )


def present(session: Session) -> bool:
    """Whether this installation's database holds the demo."""
    return session.get(InstallationFact, FACT) is not None


def accounts(services: Services) -> list[DemoAccount]:
    """How to sign in as each person of the demo; empty where there is no demo."""
    with services.work() as work:
        return _accounts(services) if present(work.session) else []


def _accounts(services: Services) -> list[DemoAccount]:
    key = _seed(services.settings.secrets_dir)
    names = {unit.code: unit.name for unit in UNITS}
    return [
        DemoAccount(
            username=person.username,
            name=person.name,
            unit=names[person.unit],
            title=person.title,
            roles=tuple(_roles(person)),
            password=_password(key, person),
            totp_secret=_totp_secret(key, person),
        )
        for person in PEOPLE
    ]


def _join(work: Work, person: DemoPerson, places: dict[str, Unit], number: int) -> Person:
    # A NIP begins with the date of birth: nobody was born in 1900 and serves today.
    nip = f"19000101192001{number % 2 + 1}{number:03d}" if person.civil_servant else None
    row = directory.join(work, person.name, nip=nip, email=f"{person.username}@contoh.example")
    unit = places[person.unit]
    if person.title:
        position = units.open_position(
            work, unit.id, person.title, head_of_unit=person.head_of_unit
        )
        appointments.give_mandate(
            work,
            row.id,
            position.id,
            MandateKind.DEFINITIVE,
            f"821.2/{number:03d}/CONTOH/2025",
            starts_at=datetime(2025, 1, 2, tzinfo=UTC),
        )
    for role in _roles(person):
        appointments.grant_role(
            work,
            row.id,
            role,
            unit_id=unit.id if role is Role.OPERATOR else None,
            cleared=person.cleared,
        )
    return row


def _open_account(
    work: Work, person_id: UUID, given: DemoAccount, password_hash: str, keys: MasterKey
) -> None:
    account = Account(
        person_id=person_id,
        username=given.username,
        password_hash=password_hash,
        created_at=work.now,
    )
    totp.set_confirmed(work, account, given.totp_secret, keys=keys)
    work.session.add(account)
    work.session.flush()


def _act(work: Work, people: dict[str, Person], places: dict[str, Unit]) -> None:
    for number, acting in enumerate(ACTING, 1):
        position: Position = units.open_position(work, places[acting.unit].id, acting.title)
        appointments.give_mandate(
            work,
            people[acting.username].id,
            position.id,
            acting.kind,
            f"821.4/{number:03d}/CONTOH/{work.now.year}",
            starts_at=work.now,
            ends_at=work.now + timedelta(days=acting.days),
        )


def _let_signers_enrol(work: Work, people: dict[str, Person]) -> None:
    """As if two officers had agreed already: each signer makes their own key, on their own phone."""
    officers: list[UUID] = [
        people[p.username].id for p in PEOPLE if Role.REGISTRATION_OFFICER in p.roles
    ]
    for person in PEOPLE:
        if person.title is None:
            continue
        decision = TwoOfficerDecision(
            kind=DecisionKind.ISSUE_CERTIFICATE,
            person_id=people[person.username].id,
            payload=SIGNERS_CHECK | {"checked_at": work.now.date().isoformat()},
            state=DecisionState.AGREED,
            proposed_by=officers[0],
            first_officer_id=officers[0],
            created_at=work.now,
            decided_by=officers[1],
            decided_at=work.now,
        )
        work.session.add(decision)
    work.session.flush()


def _roles(person: DemoPerson) -> list[Role]:
    return [*person.roles, *([Role.OFFICIAL] if person.title else [])]


def _seed(secrets_dir: Path) -> bytes:
    """The seed of this installation, made at first use (mode 0600)."""
    path = secrets_dir / SEED_FILE
    if not path.exists():
        secrets_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return bytes.fromhex(path.read_text())


def _derived(key: bytes, purpose: str, username: str) -> bytes:
    return hmac.new(key, f"{purpose}:{username}".encode(), hashlib.sha256).digest()


def _password(key: bytes, person: DemoPerson) -> str:
    """Four words and two digits: easy to type on a phone."""
    noise = _derived(key, "password", person.username)
    words = [WORDS[int.from_bytes(noise[i : i + 2], "big") % len(WORDS)] for i in range(0, 8, 2)]
    return "-".join([*words, f"{noise[8] % 100:02d}"])


def _totp_secret(key: bytes, person: DemoPerson) -> str:
    return base64.b32encode(_derived(key, "totp", person.username)[:20]).decode()
