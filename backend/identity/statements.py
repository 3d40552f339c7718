"""What a device states: compact JWS (RFC 7515) signed by the P-256 key that never leaves it.

Every statement carries `aud` (this installation), `sub` (the person), `iat`, and a `jti` that is
accepted once; its header names what kind it is (`typ`) and which key signed (`kid`, RFC 7638).
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from sqlalchemy import select

from backend.core.db import Work
from backend.identity import once
from backend.identity.models import Device
from backend.identity.problems import (
    DEVICE_UNKNOWN,
    STATEMENT_INVALID,
    STATEMENT_REPLAYED,
    STATEMENT_STALE,
)

ALGORITHM = "ES256"
FRESHNESS = timedelta(minutes=10)
"""How far `iat` may lie from now, either way: phones' clocks were seen six minutes off."""
LONGEST = 512 * 1024
"""An authorisation that names 500 documents takes up to 200 KB; one that also says where and what the
national service draws on each, up to 330 KB."""
_JWS = jws.JWSRegistry(algorithms=[ALGORITHM])
_JWS.max_payload_length = LONGEST


def verify(
    work: Work,
    person_id: UUID,
    statement: str,
    typ: str,
    *,
    audience: str,
    freshness: timedelta | None = FRESHNESS,
) -> tuple[Device, dict[str, Any]]:
    """A statement of one of this person's live devices: (device, claims). Its `jti` is now used.

    Without `freshness` the caller judges `iat` and `jti`'s age itself (offline work). Raises
    STATEMENT_INVALID, DEVICE_UNKNOWN, STATEMENT_STALE or STATEMENT_REPLAYED.
    """
    device, claims = read(work, statement, typ)
    if device.person_id != person_id:
        raise DEVICE_UNKNOWN()
    accept_claims(work, claims, typ, subject=str(person_id), audience=audience, freshness=freshness)
    return device, claims


def read(work: Work, statement: str, typ: str) -> tuple[Device, dict[str, Any]]:
    """The live device that signed this, and its claims, which nobody has judged yet."""
    header = header_of(statement)
    device = work.session.scalar(
        select(Device).where(
            Device.thumbprint == str(header.get("kid")),
            Device.revoked_at.is_(None),
            Device.lost_at.is_(None),
        )
    )
    if device is None:
        raise DEVICE_UNKNOWN()
    return device, claims_signed_by(device.public_jwk, statement, typ)


def header_of(statement: str) -> dict[str, Any]:
    """The protected header, before anything was verified."""
    if len(statement) > LONGEST:
        raise STATEMENT_INVALID()
    try:
        return dict(jws.extract_compact(statement.encode(), registry=_JWS).headers())
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise STATEMENT_INVALID() from error


def claims_signed_by(public_jwk: dict[str, Any], statement: str, typ: str) -> dict[str, Any]:
    """The claims of a statement of this kind, signed by this key. Raises STATEMENT_INVALID."""
    try:
        key = ECKey.import_key(public_jwk)
        verified = jws.deserialize_compact(statement.encode(), key, registry=_JWS)
        claims = json.loads(verified.payload)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise STATEMENT_INVALID() from error
    if verified.headers().get("typ") != typ or not isinstance(claims, dict):
        raise STATEMENT_INVALID()
    return claims


def accept_claims(
    work: Work,
    claims: dict[str, Any],
    typ: str,
    *,
    subject: str,
    audience: str,
    freshness: timedelta | None = FRESHNESS,
) -> None:
    """Judges audience, subject and freshness, and uses up the `jti`."""
    jti, iat = claims.get("jti"), claims.get("iat")
    if claims.get("aud") != audience or claims.get("sub") != subject:
        raise STATEMENT_INVALID()
    if not isinstance(jti, str) or not 8 <= len(jti) <= 64:
        raise STATEMENT_INVALID()
    if isinstance(iat, bool) or not isinstance(iat, int) or not 0 <= iat < 1 << 40:
        raise STATEMENT_INVALID()
    made_at = datetime.fromtimestamp(iat, UTC)
    if freshness is not None and abs(work.now - made_at) > freshness:
        raise STATEMENT_STALE()
    kept = freshness * 2 if freshness is not None else timedelta(days=3650)
    if not once.consume(work, typ, jti, work.now + kept):
        raise STATEMENT_REPLAYED()
