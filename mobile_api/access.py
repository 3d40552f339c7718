"""Access rules. Every view declares exactly one; a view without a rule answers nobody."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from backend.core.db import Actor
from backend.core.errors import SIGN_IN_REQUIRED
from backend.identity import officers
from backend.identity.models import QuarantineKind
from backend.identity.problems import ENROL_FIRST
from backend.organisation.models import Role

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Rule:
    """Who may call a view. No roles and `signed_in` means any signed-in person."""

    signed_in: bool
    roles: frozenset[Role] = frozenset()
    storable: bool = True
    """Whether the answer may be kept for a repeated Idempotency-Key (no secrets in it)."""
    enrolling: bool = False
    """Whether it is also for who has not confirmed a second factor yet."""
    outbox: QuarantineKind | None = None
    """What a phone sends here later than it was done; from a lost one it is set apart."""

    def check(self, actor: Actor) -> None:
        if not self.signed_in:
            return
        if actor.person_id is None:
            raise SIGN_IN_REQUIRED()
        if actor.enrolling and not self.enrolling:
            raise ENROL_FIRST()
        if self.roles and not self.roles & actor.roles:
            raise officers.refusal(actor, self.roles)


def _declare(rule: Rule) -> Callable[[View], View]:
    def declare(view: View) -> View:
        if hasattr(view, "access_rule"):
            raise RuntimeError(f"{view.__name__} declares two access rules")
        view.access_rule = rule  # type: ignore[attr-defined]
        return view

    return declare


public = _declare(Rule(signed_in=False))
signed_in = _declare(Rule(signed_in=True))
enrolling = _declare(Rule(signed_in=True, enrolling=True))
"""As `signed_in`, before the second factor is confirmed too."""
enrolling_secret = _declare(Rule(signed_in=True, enrolling=True, storable=False))
"""As `enrolling`, and the answer carries a secret that must not be stored."""
public_secret = _declare(Rule(signed_in=False, storable=False))
"""As `public`, and the answer carries a secret that must not be stored."""
signed_in_secret = _declare(Rule(signed_in=True, storable=False))
"""As `signed_in`, and the answer carries a secret that must not be stored."""


def from_outbox(kind: QuarantineKind) -> Callable[[View], View]:
    """As `signed_in`; what a lost phone sends is kept in quarantine instead of asking to sign in."""
    return _declare(Rule(signed_in=True, outbox=kind))


def needs(*roles: Role) -> Callable[[View], View]:
    """Any one of these roles."""
    return _declare(Rule(signed_in=True, roles=frozenset(roles)))


def needs_secret(*roles: Role) -> Callable[[View], View]:
    """Any one of these roles, and the answer carries a secret that must not be stored."""
    return _declare(Rule(signed_in=True, roles=frozenset(roles), storable=False))


def rule_of(view: Callable[..., Any]) -> Rule | None:
    """The declared rule; None means nobody may call the view."""
    return getattr(view, "access_rule", None)
