"""Where a phone stands in the change feed, as it carries it about.

The server keeps nothing about phones: a cursor says what its phone holds. It is no secret and needs
no seal, for it only chooses among what its bearer may see anyway.
"""

import base64
import binascii
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import cbor2
from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import InstrumentedAttribute

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MARK = 4
FACT = 6

Stamp = InstrumentedAttribute[int] | InstrumentedAttribute[int | None]


@dataclass(frozen=True)
class Horizon:
    """Whose outcome a snapshot shows (PostgreSQL's `pg_snapshot`).

    Rows carry the transaction that changed them last. Transactions are numbered as they begin, so
    «everything above the highest number seen» would skip whoever began early and committed late.
    Below `low` all are over, from `high` on none had begun, and of those between `open` had not
    ended.
    """

    low: int = 0
    high: int = 0
    open: tuple[int, ...] = ()

    def misses(self, stamp: Stamp) -> ColumnElement[bool]:
        """What was stamped by a transaction whose outcome the snapshot does not show."""
        later = stamp >= self.high
        return and_(stamp >= self.low, or_(later, stamp.in_(self.open)) if self.open else later)

    def shows(self, stamp: Stamp) -> ColumnElement[bool]:
        """What was stamped by a transaction whose outcome it shows."""
        earlier = stamp < self.high
        return and_(earlier, stamp.not_in(self.open)) if self.open else earlier


@dataclass(frozen=True)
class Standing:
    """A moment as the feed knows it: what was committed, what time it was, who the person was."""

    horizon: Horizon = Horizon()
    at: datetime = EPOCH
    mandates: frozenset[bytes] = frozenset()
    """Marks of those that counted."""


@dataclass(frozen=True)
class Place:
    """The last step of a page: what is gone first, then in the desk's order."""

    live: int
    rank: int
    due: datetime
    step_id: UUID


@dataclass(frozen=True)
class Cursor:
    life: bytes
    """Of the database and the person it was made for; another's means nothing here."""
    has: Standing = Standing()
    """What the phone holds is the desk of then."""
    facts: tuple[bytes, ...] = ()
    """Digests of what it was last told about its person; see facts.py."""
    towards: Standing | None = None
    """Between pages: what it will hold after the last one."""
    after: Place | None = field(default=None)

    def encode(self) -> str:
        towards = _standing(self.towards) if self.towards else None
        parts = [self.life, _standing(self.has), b"".join(self.facts), towards]
        if self.after:
            place = self.after
            parts.append([place.live, place.rank, _micros(place.due), place.step_id.bytes])
        return base64.urlsafe_b64encode(cbor2.dumps(parts)).rstrip(b"=").decode()

    @classmethod
    def decode(cls, given: str) -> "Cursor | None":
        """None for what was never a cursor."""
        try:
            packed = base64.b64decode(
                given + "=" * (-len(given) % 4), altchars=b"-_", validate=True
            )
            life, has, facts, towards, *after = cbor2.loads(packed)
            return cls(
                life=bytes(life),
                has=_read_standing(has),
                facts=_cut(facts, FACT),
                towards=None if towards is None else _read_standing(towards),
                after=_read_place(*after) if after else None,
            )
        except (cbor2.CBORError, binascii.Error, ValueError, TypeError, OverflowError):
            return None


def mark(mandate_id: UUID) -> bytes:
    """A mandate among the few that one person ever had."""
    return mandate_id.bytes[-MARK:]


def _standing(standing: Standing) -> list[Any]:
    horizon, marks = standing.horizon, b"".join(sorted(standing.mandates))
    beyond = [number - horizon.low for number in (horizon.high, *horizon.open)]
    return [horizon.low, beyond, _micros(standing.at), marks]


def _read_standing(parts: Any) -> Standing:
    low, (high, *pending), at, marks = parts
    numbers = [low, low + high, *(low + number for number in pending)]
    if not all(isinstance(number, int) and 0 <= number < 1 << 62 for number in numbers):
        raise ValueError("no transactions")
    return Standing(
        horizon=Horizon(numbers[0], numbers[1], tuple(numbers[2:])),
        at=_moment(at),
        mandates=frozenset(_cut(marks, MARK)),
    )


def _read_place(parts: Any) -> Place:
    live, rank, due, step_id = parts
    return Place(int(live), int(rank) & 0x7FFF, _moment(due), UUID(bytes=step_id))


def _cut(packed: bytes, size: int) -> tuple[bytes, ...]:
    return tuple(packed[i : i + size] for i in range(0, len(packed), size))


def _micros(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def _moment(micros: Any) -> datetime:
    return EPOCH + timedelta(microseconds=int(micros))
