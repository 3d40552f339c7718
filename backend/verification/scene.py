"""What a signature is judged against: whom to trust, as of when, with which evidence."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from backend.verification.certs import Cert, Shelf
from backend.verification.revocation import Evidence, Statements
from backend.verification.trust import Trust


@dataclass(frozen=True)
class Scene:
    trust: Trust
    at: datetime
    """Now, or what a later time stamp proves."""
    evidence: Evidence
    certificates: tuple[Cert, ...] = ()
    """From the file's security store, for building chains."""
    shelf: Shelf = field(default_factory=Shelf)
    sealed: bool = False
    """A later, trusted document time stamp proves that this existed at `at`."""

    def at_moment(self, at: datetime) -> "Scene":
        return replace(self, at=at)

    def before_stamp(self, at: datetime) -> "Scene":
        return replace(self, at=at, sealed=True)

    def carrying(self, more: Statements) -> "Scene":
        evidence = Evidence(self.evidence.carried + more, self.evidence.known)
        return replace(self, evidence=evidence)
