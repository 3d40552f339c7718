"""The change feed: what one person's phone must learn since it last asked.

A phone holds its person's desk as of a standing: a snapshot of the database, a moment, and the
mandates that counted then. An answer leads from there to the present, in pages:

- at positions held then and now: steps stamped by transactions that the snapshot did not show;
- at positions newly held: everything that waits there;
- at positions no longer held: tombstones for what the phone may have, also when a mandate ended by
  the clock and nobody wrote anything;
- where another's mandate began or ended by the clock: the papers on whose route their name stands.

Steps carry their stamps themselves (triggers in migrations/guards.sql), so there is no log of
changes that could be forgotten, compacted or outlived: a cursor of any age is good. See
docs/adr/0020.
"""

import hashlib
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    false,
    literal,
    or_,
    select,
    text,
    tuple_,
    union,
)
from sqlalchemy.orm import aliased

from backend.certificates.issuer import IssuingKey
from backend.core.db import Work
from backend.core.masterkey import MasterKey
from backend.documents.models import Document
from backend.offline.cursor import Cursor, Horizon, Place, Standing, mark
from backend.offline.facts import Change, Glance, Paper, told
from backend.organisation.mandates import VALID
from backend.organisation.models import Mandate, Person, Position
from backend.routing.inbox import mark_delivered
from backend.routing.machine import ACTIVE
from backend.routing.models import Step
from backend.routing.reading import desk_readings
from backend.signing.offline.policy import KEPT

_GLANCE = text("""
SELECT (pg_control_system()).system_identifier AS cluster,
       (pg_control_checkpoint()).timeline_id AS timeline,
       pg_snapshot_xmin(seen)::text::bigint AS low,
       pg_snapshot_xmax(seen)::text::bigint AS high,
       ARRAY(SELECT number::text::bigint FROM pg_snapshot_xip(seen) number) AS open,
       (SELECT offline FROM agency LIMIT 1) AS policy,
       key.kid, key.created_at,
       (SELECT made_at FROM status_publication LIMIT 1) AS listed,
       (SELECT max(not_before) FROM authority WHERE kind = 'claim') AS keyed,
       (SELECT md5(string_agg(concat_ws('|', id, name, may_sign_from, revoked_at, lost_at), ','
                              ORDER BY id))
        FROM device WHERE person_id = :person) AS devices
FROM pg_current_snapshot() seen
LEFT JOIN (SELECT kid, created_at FROM activation_key ORDER BY created_at DESC LIMIT 1) key ON true
""")


@dataclass(frozen=True)
class Kept:
    """A step whose paper no phone may keep."""

    step_id: UUID
    document_id: UUID


@dataclass(frozen=True)
class Feed:
    changes: list[Change]
    cursor: str
    more: bool
    """Ask again at once."""
    reset: bool
    """What the phone holds and does not get again until `more` ends is to be forgotten."""


@dataclass(frozen=True)
class _Positions:
    """Of the mandates a person had and has, by what an answer must do about them."""

    kept: set[UUID]
    gained: set[UUID]
    regained: set[UUID]
    """Of those gained, held before under another mandate."""
    lost: set[UUID]
    turned: set[UUID]
    """Anybody's, where a mandate began or ended by the clock."""


def changes(
    work: Work, since: str | None, *, limit: int, keys: MasterKey, issuer: IssuingKey
) -> Feed:
    """One page of what the actor's phone must learn. Marks what it shows as delivered."""
    look = work.session.execute(_GLANCE, {"person": work.actor.known_id}).one()
    seen = Horizon(look.low, look.high, tuple(look.open))
    life = _life(look.cluster, look.timeline, work.actor.known_id)
    cursor = Cursor.decode(since) if since else None
    reset = cursor is None or cursor.life != life
    if cursor is None or reset:
        cursor = Cursor(life)
    mandates = _mandates(work, cursor.has)
    counting = frozenset(mark(row.id) for row in mandates if row.valid)
    aim = cursor.towards or Standing(seen, work.now, counting)
    branches = _branches(cursor.has, aim, seen, _positions(mandates, cursor.has, aim))
    rows = _steps(work, branches, cursor.after, limit)
    glance = Glance(
        look.policy, look.kid, look.created_at, look.devices, Paper(look.keyed, look.listed)
    )
    facts, marks = told(work, glance, cursor.facts, keys=keys, issuer=issuer)
    more = len(rows) > limit
    if more:
        last = rows[limit - 1]
        place = Place(last.live, last.rank, last.due, last.id)
        onward = replace(cursor, facts=marks, towards=aim, after=place)
    else:
        onward = Cursor(life, aim, marks)
    return Feed([*facts, *_shown(work, rows[:limit])], onward.encode(), more, reset)


def _life(cluster: int, timeline: int, person_id: UUID) -> bytes:
    """Transactions are counted anew, or again, in a restored database and after a failover."""
    return hashlib.sha256(f"{cluster}/{timeline}/{person_id}".encode()).digest()[:4]


def _mandates(work: Work, has: Standing) -> list[Any]:
    """One's own, ever; and those of anybody that began or ended by the clock since."""
    own = Mandate.person_id == work.actor.known_id
    turned: ColumnElement[bool] = false()
    if has.mandates:
        moments = (Mandate.starts_at, Mandate.ends_at, Person.left_at, Position.closed_at)
        turned = or_(*(and_(moment > has.at, moment <= work.now) for moment in moments))
    query = (
        select(
            Mandate.id,
            Mandate.position_id,
            own.label("own"),
            and_(own, VALID).label("valid"),
            turned.label("turned"),
        )
        .join(Mandate.person)
        .join(Mandate.position)
        .where(or_(own, turned))
    )
    return list(work.session.execute(query, {"at": work.now}))


def _positions(mandates: list[Any], has: Standing, aim: Standing) -> _Positions:
    had: dict[UUID, set[bytes]] = {}
    due: dict[UUID, set[bytes]] = {}
    for row in mandates:
        if row.own and mark(row.id) in has.mandates:
            had.setdefault(row.position_id, set()).add(mark(row.id))
        if row.own and mark(row.id) in aim.mandates:
            due.setdefault(row.position_id, set()).add(mark(row.id))
    now = {row.position_id for row in mandates if row.valid}
    kept = {position for position in had if had[position] == due.get(position)}
    return _Positions(
        kept=kept & now,
        gained=(due.keys() - kept) & now,
        regained=(due.keys() - kept) & had.keys(),
        lost=had.keys() - due.keys(),
        turned={row.position_id for row in mandates if row.turned},
    )


def _steps(work: Work, branches: list[Select[Any]], place: Place | None, limit: int) -> list[Any]:
    """What is gone and what is new, one row more than asked for when there are more."""
    if not branches:
        return []
    found = union(*branches).subquery()
    order = (found.c.live, found.c.rank, found.c.due, found.c.id)
    query = (
        select(found, Document.secrecy)
        .join(Document, Document.id == found.c.document_id)
        .order_by(*order)
        .limit(limit + 1)
    )
    if place:
        after = (place.live, place.rank, place.due, place.step_id)
        query = query.where(tuple_(*order) > tuple_(*map(literal, after)))
    return list(work.session.execute(query))


def _branches(
    has: Standing, aim: Standing, seen: Horizon, positions: _Positions
) -> list[Select[Any]]:
    active = Step.state.in_(ACTIVE)
    # A stamp from the future is of the database's former life: it says nothing.
    fresh = and_(has.horizon.misses(Step.changed_in), Step.changed_in < seen.high)
    had = or_(has.horizon.shows(Step.arrived_in), Step.arrived_in >= seen.high)
    # What arrives while the pages are read comes afterwards; else nobody would know it was told.
    here = and_(active, or_(aim.horizon.shows(Step.arrived_in), Step.arrived_in >= seen.high))
    other = aliased(Step)
    renamed = exists().where(
        other.document_id == Step.document_id, other.position_id.in_(positions.turned)
    )
    branches: list[tuple[int, set[UUID], list[ColumnElement[bool]]]] = [
        (0, positions.kept | positions.regained, [fresh, had, ~active]),
        (0, positions.lost, [had, active]),
        (0, positions.lost, [had, fresh, ~active]),
        (1, positions.kept, [here, fresh]),
        (1, positions.kept if positions.turned else set(), [here, renamed]),
        (1, positions.gained, [here]),
    ]
    return [
        _select(live).where(Step.position_id.in_(held), *which)
        for live, held, which in branches
        if held
    ]


def _select(live: int) -> Select[Any]:
    columns: list[Any] = [
        Step.id,
        Step.document_id,
        literal(live).label("live"),
        Step.desk_rank.label("rank"),
        Step.desk_due.label("due"),
    ]
    return select(*columns)


def _shown(work: Work, rows: list[Any]) -> list[Change]:
    keepable = [row.id for row in rows if row.live and row.secrecy in KEPT]
    readings = desk_readings(work, keepable)
    if work.actor.device_id is not None:
        mark_delivered(work, [found.item for found in readings.values()])
    changes: list[Change] = []
    for row in rows:
        if not row.live:
            changes.append(Change("step", row.id))
        elif row.secrecy not in KEPT:
            changes.append(Change("step", row.id, Kept(row.id, row.document_id)))
        elif row.id in readings:  # else it ended just now, and the next answer says so
            changes.append(Change("step", row.id, readings[row.id]))
    return changes
