"""An authorisation that was made without a line, judged when it arrives.

It enters the same machinery as any other (signing.py); what differs is when it counts. The phone's
clock decides which one-time code was shown; every window is judged by the time corrected with the
skew that was measured when its grant was minted. The order of refusals is activation.py's: whoever
lacks one factor learns nothing of another. The claimed time is evidence alone: the time of the
signature is its time stamp's.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field as Limits
from pydantic import StrictInt, StrictStr, StringConstraints
from sqlalchemy import select

from backend.certificates.models import Certificate, CertificateStatus
from backend.core.db import Work
from backend.core.errors import DomainError
from backend.core.masterkey import MasterKey
from backend.identity import devices, failures, passkeys, quarantine, statements, totp
from backend.identity.models import Device, QuarantineKind
from backend.identity.passkeys import Confirmation
from backend.identity.problems import (
    CODE_USED,
    DEVICE_UNKNOWN,
    DEVICE_WAITS,
    QUARANTINED,
    SIGNING_SUSPENDED,
    STATEMENT_INVALID,
    STATEMENT_REPLAYED,
)
from backend.routing.problems import NO_MANDATE_THEN
from backend.signing.activation import Activation, named_credential
from backend.signing.envelope import decrypt, note_sequence, shaped
from backend.signing.offline import answers, grants, policy, problems
from backend.signing.offline.grants import Grant
from backend.signing.offline.policy import OfflinePolicy
from backend.signing.papers import Ready
from backend.signing.problems import (
    ACTIVATION_KEY_GONE,
    CREDENTIAL_LOCKED,
    ENVELOPE_INVALID,
    WRONG_PASSPHRASE,
)
from backend.signing.provider import Opened, Provider
from backend.signing.sad import TYPE, Consent

TOLERANCE = timedelta(minutes=2)
"""How far a corrected time may lie outside its bounds: a slow line makes the skew less exact."""

AGAIN = frozenset(
    {
        DEVICE_WAITS,
        SIGNING_SUSPENDED,
        ACTIVATION_KEY_GONE,
        problems.BAD_SIGNATURE,
        problems.REPLAYED,
    }
)
"""Refusals that may pass, or say nothing about a statement of this phone."""

Epoch = Annotated[StrictInt, Limits(ge=0, lt=1 << 40)]


class OfflineConsent(Consent):
    """A consent given without a line. `iat` is the phone's clock, as `claimed_at` is."""

    grant: Annotated[StrictStr, StringConstraints(max_length=200)]
    claimed_at: Epoch
    skew: StrictInt
    """As the sync said that the grant came from: seconds by which the phone's clock is ahead."""


@dataclass(frozen=True)
class Made:
    """When and under what an authorisation was made, as far as that can be known."""

    claims: OfflineConsent
    grant: Grant
    policy: OfflinePolicy
    at: datetime
    """Corrected."""

    @property
    def by_its_clock(self) -> datetime:
        return datetime.fromtimestamp(self.claims.claimed_at, UTC)


@dataclass(frozen=True, kw_only=True)
class Replayed(Activation):
    """A verified authorisation that was made without a line."""

    made: Made
    entry: str
    envelope_sha256: str = field(repr=False)

    @property
    def marks(self) -> dict[str, Any]:
        return super().marks | {
            "made_at": self.made.at.isoformat(),
            "device_clock": self.made.by_its_clock.isoformat(),
            "skew": self.made.claims.skew,
            "grant": self.made.grant.name,
        }

    def check(self, ready: Ready) -> None:
        if str(ready.turn.step.id) not in self.made.grant.minting.steps:
            raise problems.NOT_IN_GRANT()
        if ready.turn.round.document.secrecy not in self.made.policy.secrecies:
            raise problems.SECRECY()
        if ready.mandate.starts_at > self.made.at:
            raise NO_MANDATE_THEN(position=ready.turn.step.position.title)

    def accepted(self, work: Work, batch_id: UUID) -> None:
        self._note(work, batch_id=batch_id)

    def use_code(self, work: Work, *, keys: MasterKey) -> None:
        """The code of the phone's clock, once. Wrong ones are counted apart from those typed on the
        line, so that a phone whose clock is off does not keep its owner out.
        """
        person_id = work.actor.known_id
        account = totp.account_of(work, person_id)
        name = failures.subject("offline-code", person_id)
        failures.check(work, name)
        code = self.secrets.code.reveal().decode()
        try:
            step = totp.accept(work, account, code, self.made.by_its_clock, keys=keys)
        except DomainError as refusal:
            if refusal.problem is CODE_USED:
                raise problems.CODE_USED() from None
            raise
        if step is None:
            failures.count(work, name)
            raise problems.CODE_WRONG()
        failures.clear(work, name)

    def open_key(self, work: Work, provider: Provider[Opened]) -> AbstractContextManager[Opened]:
        """Tries the passphrase. What was typed before the first wrong one could be told of is not
        counted again: whoever is away types it ten times before hearing that it was wrong.
        """
        counts = not answers.is_same_batch(work, self.device, self.made.at)
        credential = replace(self.credential, counting=counts)
        try:
            return provider.open(work, credential, self.secrets.passphrase)
        except DomainError as refusal:
            if refusal.problem not in {WRONG_PASSPHRASE, CREDENTIAL_LOCKED}:
                raise
            wrong = problems.PASSPHRASE_WRONG()
            self._note(work, problem=wrong, counted=counts)
            raise wrong from None

    def _note(self, work: Work, **came_to: Any) -> None:
        """What it came to, in the transaction that decides it; see answers.note."""
        answers.note(
            work,
            self.device,
            self.claims.jti,
            entry=self.entry,
            sad_digest=self.envelope_sha256,
            grant=self.made.grant.name,
            made_at=self.made.at,
            **came_to,
        )


def open_replayed(
    work: Work,
    sad: str,
    secrets: str,
    entry: str,
    *,
    audience: str,
    provider: Provider[Any],
    keys: MasterKey,
    said: Confirmation | None = None,
    delay: timedelta = devices.DELAY,
) -> Replayed:
    """Verifies an authorisation made without a line and uses it up; no code is judged yet.

    Raises one of problems.py for each way it can fail, AnsweredError when it was answered before,
    and whatever activation.open_envelope refuses that is no matter of time. `said`: with the
    device's passkey, when the authorisation was made.
    """
    device, raw = stated(work, sad)
    if device.person_id != work.actor.known_id:
        raise DEVICE_UNKNOWN()
    totp.account_of(work, device.person_id)
    work.session.refresh(device, with_for_update=True)
    if device.lost_at is not None:
        _set_apart(work, device, raw, sad, entry)
        raise QUARANTINED()
    answers.require_new(work, raw, sad, entry)
    if device.revoked_at is not None:
        raise problems.DEVICE_REVOKED()
    if device.id != work.actor.device_id:
        raise DEVICE_UNKNOWN()
    devices.require_may_sign(work, device)
    claims = shaped(raw, OfflineConsent)
    if claims.iat != claims.claimed_at:
        raise ENVELOPE_INVALID()
    made = _made(work, claims, device, keys)
    _require_certificate(work, claims)
    credential = named_credential(work, claims, provider)
    passkey = passkeys.require(
        work, device, made.policy.passkey, sad, said, audience=audience, delay=delay, late=True
    )
    if not _use_up(work, raw, made, device, audience):
        devices.stop_cloned(work, device, seq=claims.seq, jti=claims.jti)
        _set_apart(work, device, raw, sad, entry)
        raise problems.SEQ_SEEN()
    opened = decrypt(work, secrets, claims, keys)
    return Replayed(
        claims=claims,
        sad=sad,
        device=device,
        credential=credential,
        secrets=opened,
        confirmed=said if passkey else None,
        made=made,
        entry=entry,
        envelope_sha256=answers.digest(sad),
    )


def stated(work: Work, sad: str) -> tuple[Device, dict[str, Any]]:
    """The device that signed this, whatever became of it since, and what it said.

    Raises DEVICE_UNKNOWN or BAD_SIGNATURE.
    """
    try:
        kid = str(statements.header_of(sad).get("kid"))
        device = work.session.scalar(select(Device).where(Device.thumbprint == kid))
        if device is None:
            raise DEVICE_UNKNOWN()
        return device, statements.claims_signed_by(device.public_jwk, sad, TYPE)
    except DomainError as refusal:
        if refusal.problem is STATEMENT_INVALID:
            raise problems.BAD_SIGNATURE() from None
        raise


def _made(work: Work, claims: OfflineConsent, device: Device, keys: MasterKey) -> Made:
    """Whether the policy, the grant and the clock allow it."""
    allowed = policy.current(work.session)
    if not allowed.signing:
        raise problems.POLICY_OFF()
    if len(claims.documents) > allowed.documents_per_statement:
        raise problems.TOO_MANY_DOCUMENTS(most=allowed.documents_per_statement)
    grant = grants.read(work, claims.grant, device, keys=keys)
    minting = grant.minting
    if claims.skew != minting.skew:
        raise problems.CLOCK_CHANGED()
    at = datetime.fromtimestamp(claims.claimed_at - minting.skew, UTC)
    if at < minting.issued_at - TOLERANCE:
        raise problems.BEFORE_GRANT()
    if at > work.now + TOLERANCE:
        raise problems.IN_FUTURE()
    if at > minting.expires_at:
        raise problems.GRANT_EXPIRED()
    if work.now - at > allowed.window:
        raise problems.WINDOW_EXCEEDED(hours=allowed.window_hours)
    return Made(claims, grant, allowed, min(at, work.now))


def _require_certificate(work: Work, claims: Consent) -> None:
    status = work.session.scalar(
        select(Certificate.status).where(Certificate.thumbprint == claims.credential)
    )
    if status is CertificateStatus.REVOKED:
        raise problems.KEY_REVOKED()


def _use_up(work: Work, raw: dict[str, Any], made: Made, device: Device, audience: str) -> bool:
    """The statement, its grant and its sequence number: each counts once.

    False for a number seen before: one number in two statements means that two phones hold one
    key, and nobody knows whose is whose.
    """
    try:
        statements.accept_claims(
            work, raw, TYPE, subject=str(device.person_id), audience=audience, freshness=None
        )
    except DomainError as refusal:
        if refusal.problem is STATEMENT_REPLAYED:
            raise problems.REPLAYED() from None
        raise
    grants.use(work, made.grant)
    device.last_used_at = work.now
    return note_sequence(work, device, made.claims)


def _set_apart(work: Work, device: Device, raw: dict[str, Any], sad: str, entry: str) -> None:
    """Keeps the statement for its owner to look at. The secrets are dropped here."""
    documents = raw.get("documents")
    named = [d.get("step") for d in documents if isinstance(d, dict)] if documents else []
    quarantine.keep(
        work,
        device,
        QuarantineKind.AUTHORISATION,
        entry=entry,
        steps=[str(step) for step in named],
        statement=sad,
        claimed=answers.claimed(raw),
    )


def refuse(work: Work, sad: str, entry: str, refusal: DomainError) -> None:
    """Makes a refusal final where its phone may not simply try again later."""
    if refusal.status not in {409, 422} or refusal.problem in AGAIN:
        return
    device, raw = stated(work, sad)
    if device.person_id == work.actor.known_id:
        answers.note_refusal(work, device, raw, sad=sad, entry=entry, refusal=refusal)
