"""What a phone must know about its own person: policy, key, devices, credential.

Each is small and comes whole when it is not what was last told: the cursor carries its digest. So
what changes by the clock alone, such as a lock that ends, is told like what somebody changed.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from backend.certificates.authority import is_established
from backend.certificates.issuer import IssuingKey
from backend.core.db import Work
from backend.core.masterkey import MasterKey
from backend.identity import devices
from backend.offline.cursor import FACT
from backend.signing import activation_keys, credentials
from backend.signing.models import ActivationKey
from backend.signing.offline.policy import OfflinePolicy


@dataclass(frozen=True)
class Change:
    """One thing a phone should keep, or, without `value`, forget."""

    kind: str
    id: UUID | str
    value: Any = None


@dataclass(frozen=True)
class Paper:
    """Since when the keys and the list are what they are, with which paper is checked without a
    line. They are public and fetched from /.well-known/ when this changes.
    """

    keys_at: datetime | None
    list_at: datetime | None


@dataclass(frozen=True)
class Glance:
    """What one look at the database says: enough to see whether anything is new."""

    policy: dict[str, Any] | None
    activation_kid: str | None
    activation_from: datetime | None
    devices: str | None
    """A digest of one's own."""
    paper: Paper


def told(
    work: Work, glance: Glance, known: tuple[bytes, ...], *, keys: MasterKey, issuer: IssuingKey
) -> tuple[list[Change], tuple[bytes, ...]]:
    """What is not as `known`, and the digests to know from now on."""
    policy = OfflinePolicy.of(glance.policy)
    standing = credentials.standing(work, work.actor.known_id)
    certificate = standing.certificate
    about_key = (
        standing.state,
        certificate and (certificate.id, certificate.status, certificate.not_after),
        standing.tries_left,
        standing.locked_until,
        standing.may_create,
        standing.may_renew,
    )
    kid = _todays_kid(work, glance, keys, issuer)
    facts: list[tuple[Any, Callable[[], list[Change]]]] = [
        (policy.model_dump_json(), lambda: [Change("policy", "offline", policy)]),
        (kid, lambda: _activation_key(work, kid)),
        (glance.devices, lambda: _own_devices(work)),
        (about_key, lambda: [Change("credential", "own", standing)]),
        (glance.paper, lambda: _paper(glance.paper)),
    ]
    marks = tuple(hashlib.sha256(repr(fact).encode()).digest()[:FACT] for fact, _ in facts)
    changes: list[Change] = []
    for index, (_, tell) in enumerate(facts):
        if marks[index] not in known[index : index + 1]:
            changes += tell()
    return changes, marks


def _todays_kid(work: Work, glance: Glance, keys: MasterKey, issuer: IssuingKey) -> str | None:
    """The newest activation key's; made now when it is due and the job that makes it is late."""
    made = glance.activation_from
    if made is not None and work.now - made < activation_keys.ROTATE_EVERY:
        return glance.activation_kid
    if not is_established(work.session):
        return None
    return activation_keys.current(work, keys=keys, issuer=issuer).kid


def _activation_key(work: Work, kid: str | None) -> list[Change]:
    query = select(ActivationKey).where(ActivationKey.kid == kid)
    return [Change("keys", "activation", key) for key in work.session.scalars(query)]


def _paper(paper: Paper) -> list[Change]:
    known = paper.keys_at or paper.list_at
    return [Change("verification", "paper", paper)] if known else []


def _own_devices(work: Work) -> list[Change]:
    found = devices.listed(work, work.actor.known_id)
    return [Change("device", device.id, device) for device in found]
