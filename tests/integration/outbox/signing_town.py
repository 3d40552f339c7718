"""Papers to be signed, in the town whose officials share a phone; and what its signatures prove."""

import base64
import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pyotp
from sqlalchemy import func, select

from backend.bootstrap import Services
from backend.certificates.revocation import make_ready
from backend.core import crashpoints
from backend.core.db import Actor
from backend.documents.models import Document, Version
from backend.identity import totp
from backend.identity.models import Account
from backend.routing import routes
from backend.routing.replacement import adopt_version
from backend.signing import batches
from backend.signing.models import (
    BatchItem,
    BatchState,
    Signature,
    SigningAttempt,
    SigningAuthorisation,
)
from backend.signing.offline import policy
from backend.signing.offline.policy import OfflinePolicy
from backend.signing.progress import ItemState, progress
from tests.factories import papers, phones, signings
from tests.factories.papers import Official
from tests.factories.sheets import paper as sheet
from tests.integration.offline.conftest import Office

POINTS = ("signing.accepting", "signing.accepted", "signing.made", "signing.stored")
"""Where the server may die while it signs."""


OF_ITS_CLOCK = {"offline/before-grant", "offline/in-future", "offline/grant-expired"}
"""Refusals that only a clock earns that went wrong since it was measured."""


def claims_of(sad: str) -> dict[str, Any]:
    """What a statement says; its signature is the server's to check."""
    payload = sad.split(".")[1]
    found: dict[str, Any] = json.loads(
        base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    )
    return found


def step_of(clock: float) -> int:
    """The time step of the code that this clock shows."""
    return int(clock) // totp.INTERVAL


def signers(office: Office, owners: list[Official]) -> None:
    """These have keys and certificates; the agency lets them authorise without a line."""
    services = office.services
    with services.work() as work:
        make_ready(work, issuer=services.issuer)
        policy.change(work, OfflinePolicy(signing=True))
        for one in owners:
            account = work.session.get_one(Account, one.person.id)
            totp.set_confirmed(work, account, phones.SECRET, keys=services.master_key)
            phones.agree_to_issue(work, one.person.id)
    for one in owners:
        phones.Phone(services, one.person, one.device, one.key).create_credential()


@dataclass(frozen=True)
class Given:
    """A consent that the phone stated."""

    claims: dict[str, Any]
    code: int
    """The time step of the one-time code that was typed for it."""
    in_time: bool
    """Whether the phone's clock ran then as its statement says that it was measured."""

    @property
    def person(self) -> str:
        return str(self.claims["sub"])

    @property
    def at(self) -> datetime:
        """The claimed time, corrected as the server corrects it."""
        return datetime.fromtimestamp(self.claims["claimed_at"] - self.claims["skew"], UTC)


@dataclass
class Signings:
    """What is signed in a town, and by what consent."""

    office: Office
    base: bytes = field(default_factory=sheet)
    consents: dict[str, Given] = field(default_factory=dict)
    """By jti: every statement that the phone ever made."""
    sent: set[str] = field(default_factory=set)
    """Of those that left the phone, or tried to."""
    refused: set[str] = field(default_factory=set)
    """Whose person was told, on the line, that nothing was signed."""
    code: int = 0
    """The time step of the code that was typed last."""
    died: bool = False

    @property
    def services(self) -> Services:
        return self.office.services

    # -- papers ------------------------------------------------------------------------------

    def paper(self, owner: int) -> UUID:
        """One that waits for this person's signature alone."""
        office = self.office
        with office.work() as work:
            document = papers.document(work.session, office.base.unit, office.base.operator)
            version = signings.version_of(work, self.services, document, self.base)
            document.current_version_id = version.id
        with office.work() as work:
            office.draw(work, document.id, (owner,))
            routes.queue(work, document.id)
            return document.id

    def replace(self, document_id: UUID) -> None:
        with self.office.work() as work:
            document = work.session.get_one(Document, document_id)
            versions = select(func.max(Version.ordinal)).where(Version.document_id == document_id)
            ordinal = work.session.scalars(versions).one() + 1
            made = signings.version_of(work, self.services, document, self.base, ordinal=ordinal)
            adopt_version(work, made.id)

    # -- the person --------------------------------------------------------------------------

    def secrets(self, *, ahead: timedelta = timedelta()) -> dict[str, str]:
        """What is typed, with the code of a clock that runs ahead so far."""
        shown = self.services.clock.now() + ahead
        self.code = step_of(shown.timestamp())
        return {"passphrase": phones.PASSPHRASE, "code": pyotp.TOTP(phones.SECRET).at(shown)}

    def note(self, sad: str, told: Mapping[int, Collection[int]], *, sent: bool) -> dict[str, Any]:
        """What the phone states, with the code that was typed last; `told`: what its clock said when.

        Until it is stated nothing else is typed: nobody consents while a page stands still.
        """
        claims = claims_of(sad)
        right = claims["iat"] - claims.get("skew", 0)
        in_time = right in told.get(claims["iat"], ())
        self.consents.setdefault(claims["jti"], Given(claims, self.code, in_time))
        if sent:
            self.sent.add(claims["jti"])
        return claims

    def refused_rightly(self, jti: str, code: str) -> bool | None:
        """Whether this refusal of a whole consent is true; None for one that is not of a whole."""
        given = self.consents[jti]
        if code == "offline/window-exceeded":
            return self.services.clock.now() - given.at > OfflinePolicy().window
        if code in OF_ITS_CLOCK:
            return not given.in_time
        if code == "offline/code-used":
            # A clock that was set back shows the codes of before again: each counts once.
            return any(
                one.person == given.person and one.code == given.code
                for other, one in self.consents.items()
                if other != jti and other in self.sent
            )
        if code == "offline/code-wrong":
            # Its page stood still between the code and the statement, while the clock was moved.
            return abs(step_of(given.claims["claimed_at"]) - given.code) > totp.WINDOW
        return None

    # -- the server's death ------------------------------------------------------------------

    def doom(self, point: str) -> None:
        """At its next signature the server dies there."""

        def die() -> None:
            crashpoints.disarm()
            self.died = True
            raise SystemExit  # as a kill would: nothing is written after it

        crashpoints.arm(point, die)

    def start_again(self) -> bool:
        """Whether it died: then what nobody performs any more is closed, as at its start."""
        died, self.died = self.died, False
        if died:
            batches.sweep(self.services.work)
        return died

    # -- what is true ------------------------------------------------------------------------

    def broken_off(self, owner: Official, jti: str) -> dict[UUID, ItemState]:
        """How the desk shows the papers of this consent, where a death paused its batch."""
        with self.services.work(Actor(person_id=owner.person.id)) as work:
            batch = (
                select(BatchItem.batch_id)
                .join(SigningAttempt, SigningAttempt.id == BatchItem.attempt_id)
                .join(
                    SigningAuthorisation,
                    SigningAuthorisation.id == SigningAttempt.authorisation_id,
                )
                .where(SigningAuthorisation.jti == jti)
            )
            found = work.session.scalars(batch).first()
            if found is None:
                return {}
            shown = progress(work, found)
            if shown.batch.state is not BatchState.PAUSED:
                return {}
            return {item.document_id: item.state for item in shown.items}

    def signed(self, documents: list[UUID]) -> Counter[tuple[str, UUID]]:
        """How often each consent signed each of these papers; fails at a signature without one."""
        with self.office.work() as work:
            rows = work.session.execute(
                select(Signature, SigningAuthorisation)
                .join(SigningAttempt, SigningAttempt.id == Signature.attempt_id)
                .join(
                    SigningAuthorisation,
                    SigningAuthorisation.id == SigningAttempt.authorisation_id,
                )
                .where(Signature.document_id.in_(documents))
            ).all()
            found: Counter[tuple[str, UUID]] = Counter()
            steps: Counter[UUID] = Counter()
            for signature, authorisation in rows:
                consent = self.consents.get(authorisation.jti)
                assert consent, "signed without a consent of this phone"
                assert authorisation.jti not in self.refused, "signed, and said not to be"
                assert claims_of(authorisation.sad) == consent.claims
                assert consent.person == str(signature.person_id)
                named = {(one["id"], one["step"]) for one in consent.claims["documents"]}
                assert (str(signature.document_id), str(signature.step_id)) in named
                steps[signature.step_id] += 1
                found[authorisation.jti, signature.document_id] += 1
        assert max(steps.values(), default=0) <= 1, "two signatures on one step"
        return found
