"""The signing desk: whoever opens envelopes and performs what they consent to."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy import Engine as Database

from backend.core.db import Actor
from backend.signing import signing
from backend.signing.presence import presence
from backend.signing.seal import seal_activation
from backend.signing.seal.seals import Tools
from backend.signing.signing import Accepted, Engine, Envelope, OpenWork


class Desk(Protocol):
    def authorise(self, actor: Actor, envelope: Envelope, *, patience: float) -> Accepted:
        """Hands an envelope over; returns once it is accepted and used up.

        An activation of one document is awaited to its end, up to `patience` seconds longer.
        Raises what signing.authorise refuses, DESK_AWAY (nothing was used up) or DESK_SILENT.
        """
        ...

    def activate_seal(self, actor: Actor, envelope: Envelope) -> UUID:
        """One custodian's consent to sealing; the activation. Raises what seal_activation.activate refuses."""
        ...


@dataclass(frozen=True)
class InProcessDesk:
    """Signs in the caller's own process and returns at the end of everything (tests)."""

    open_work: OpenWork
    engine: Engine
    database: Database
    seal: Tools

    def authorise(self, actor: Actor, envelope: Envelope, *, patience: float) -> Accepted:  # noqa: ARG002
        with presence(self.database) as present:
            return signing.authorise(self.open_work, self.engine, actor, envelope, desk=present.key)

    def activate_seal(self, actor: Actor, envelope: Envelope) -> UUID:
        with self.open_work(actor) as work:
            return seal_activation.activate(work, envelope, self.seal).id
