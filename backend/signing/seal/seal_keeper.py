"""What the sealing process remembers, and nobody else: half a consent, or the opened seal.

Nothing of it is written anywhere. A restart forgets it, and both custodians activate anew.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from backend.signing.vaults.vault import UnlockedKey


@dataclass(frozen=True)
class _Half:
    activation_id: UUID
    half: bytes = field(repr=False)
    until: datetime


@dataclass(frozen=True)
class _Open:
    activation_id: UUID
    key: UnlockedKey
    until: datetime


class SealKeeper:
    """One seal's memory; safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._half: _Half | None = None
        self._open: _Open | None = None

    def keep_half(self, activation_id: UUID, half: bytes, until: datetime) -> None:
        """Waits for the other custodian; an older half is forgotten."""
        with self._lock:
            self._half = _Half(activation_id, half, until)

    def take_half(self, activation_id: UUID, now: datetime) -> bytes | None:
        """The half of the first custodian, once."""
        with self._lock:
            kept, self._half = self._half, None
        if kept is None or kept.activation_id != activation_id or kept.until <= now:
            return None
        return kept.half

    def open(self, activation_id: UUID, key: UnlockedKey, until: datetime) -> None:
        """Seals with this key from now on, instead of any before."""
        self.forget()
        with self._lock:
            self._open = _Open(activation_id, key, until)

    def activation(self, now: datetime) -> UUID | None:
        """Under which activation this process can seal now. One that is over is forgotten here."""
        with self._lock:
            if self._open is not None and self._open.until <= now:
                self.forget()
            return self._open.activation_id if self._open else None

    @contextmanager
    def key(self, activation_id: UUID) -> Iterator[UnlockedKey | None]:
        """The key of this activation for one seal; None where this process has it no more."""
        with self._lock:
            opened = self._open
            match = opened is not None and opened.activation_id == activation_id
            yield opened.key if opened and match else None

    def forget(self) -> None:
        with self._lock:
            if self._open is not None:
                self._open.key.forget()
            self._open = None
