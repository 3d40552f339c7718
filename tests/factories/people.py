"""Units, positions, people, mandates, roles, accounts and devices for tests. Names are invented."""

import itertools
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from joserfc import jws
from joserfc.jwk import ECKey
from sqlalchemy.orm import Session

from backend.core.ids import new_id
from backend.identity.models import Account, Device
from backend.organisation.models import (
    Agency,
    Mandate,
    MandateKind,
    Person,
    Position,
    Role,
    RoleGrant,
    Unit,
)

LONG_AGO = datetime(2024, 1, 2, tzinfo=UTC)
_counter = itertools.count(1)
Row = TypeVar("Row")


def agency(session: Session, **facts: Any) -> Agency:
    defaults = {"name": "Kabupaten Contoh", "short_name": "Contoh", "city": "Contoh"}
    return _add(session, Agency(updated_at=LONG_AGO, **defaults | facts))


def unit(session: Session, **facts: Any) -> Unit:
    number = next(_counter)
    return _add(session, Unit(**{"name": f"Dinas Contoh {number}", "code": f"DC{number}"} | facts))


def position(session: Session, unit_: Unit | None = None, **facts: Any) -> Position:
    unit_ = unit_ or unit(session)
    defaults = {"title": f"Kepala {unit_.name}", "unit_id": unit_.id}
    return _add(session, Position(**defaults | facts))


def person(session: Session, **facts: Any) -> Person:
    number = next(_counter)
    defaults = {
        "name": f"Orang Contoh {number}, S.Ctt.",
        "nip": f"19800101{number:010d}",
        "email": f"orang{number}@contoh.test",
        "joined_at": LONG_AGO,
    }
    return _add(session, Person(**defaults | facts))


def mandate(session: Session, person_: Person, position_: Position, **facts: Any) -> Mandate:
    defaults = {
        "person_id": person_.id,
        "position_id": position_.id,
        "kind": MandateKind.DEFINITIVE,
        "decree_number": f"SK/{next(_counter)}/CONTOH/2024",
        "starts_at": LONG_AGO,
    }
    return _add(session, Mandate(**defaults | facts))


def role(
    session: Session, person_: Person, role_: Role, unit_: Unit | None = None, **facts: Any
) -> RoleGrant:
    defaults = {
        "person_id": person_.id,
        "role": role_,
        "unit_id": unit_.id if unit_ else None,
        "granted_at": LONG_AGO,
        "counts_from": LONG_AGO,
    }
    return _add(session, RoleGrant(**defaults | facts))


def official(session: Session, position_: Position | None = None, **facts: Any) -> Person:
    """A person with the official's role who holds a position definitively."""
    position_ = position_ or position(session)
    person_ = person(session, **facts)
    role(session, person_, Role.OFFICIAL)
    mandate(session, person_, position_)
    return person_


def operator(session: Session, unit_: Unit | None = None, **facts: Any) -> Person:
    """A person who operates one unit's desk."""
    person_ = person(session, **facts)
    role(session, person_, Role.OPERATOR, unit_ or unit(session))
    return person_


def account(session: Session, person_: Person, **facts: Any) -> Account:
    """An account whose password nobody knows; identity's own tests make usable ones."""
    defaults = {
        "person_id": person_.id,
        "username": f"contoh{next(_counter)}",
        "password_hash": "!",
        "created_at": LONG_AGO,
    }
    return _add(session, Account(**defaults | facts))


@dataclass
class DeviceKey:
    """The key a phone keeps: signs compact JWS as the browser's WebCrypto key does."""

    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256"))

    @property
    def public_jwk(self) -> dict[str, Any]:
        return {
            k: v
            for k, v in self.key.as_dict(private=False).items()
            if k in {"kty", "crv", "x", "y"}
        }

    @property
    def thumbprint(self) -> str:
        return self.key.thumbprint()

    def sign(self, typ: str, claims: dict[str, Any], **header: Any) -> str:
        """A compact JWS (ES256) with `typ` and this key's thumbprint as `kid`."""
        protected = {"alg": "ES256", "typ": typ, "kid": self.thumbprint} | header
        return jws.serialize_compact(protected, json.dumps(claims).encode(), self.key)


def statement(
    sub: object, iat: datetime, *, aud: str = "http://localhost:8080", **claims: Any
) -> dict[str, Any]:
    """The claims every device statement carries, with a fresh `jti`."""
    return {"aud": aud, "sub": str(sub), "jti": str(new_id()), "iat": int(iat.timestamp())} | claims


def device(
    session: Session, person_: Person | UUID, key: DeviceKey | None = None, **facts: Any
) -> tuple[Device, DeviceKey]:
    """A device enrolled long ago, which may therefore sign, and its key."""
    key = key or DeviceKey()
    defaults = {
        "person_id": person_ if isinstance(person_, UUID) else person_.id,
        "name": "Ponsel Contoh",
        "public_jwk": key.public_jwk,
        "thumbprint": key.thumbprint,
        "enrolled_at": LONG_AGO,
        "last_used_at": LONG_AGO,
        "may_sign_from": LONG_AGO + timedelta(days=1),
    }
    return _add(session, Device(**defaults | facts)), key


def _add(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row
