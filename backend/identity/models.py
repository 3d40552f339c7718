"""Accounts, second factors, devices, sessions and the decisions two officers take together."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.core.db import Base, Identified, choice
from backend.organisation.models import Person


class Account(Base):
    """How a person signs in. The one-time-code secret is sealed with the master key."""

    __tablename__ = "account"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    totp_sealed: Mapped[bytes | None]
    totp_confirmed_at: Mapped[datetime | None]
    totp_pending_sealed: Mapped[bytes | None]
    """A new secret that has not yet proven its first code."""
    signing_suspended_at: Mapped[datetime | None]
    """Set when a second factor was reset; two officers lift it."""
    language: Mapped[str] = mapped_column(default="id")
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class UsedTotpStep(Base):
    """A time step whose code was accepted: RFC 6238 §5.2 allows each once."""

    __tablename__ = "used_totp_step"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    step: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    used_at: Mapped[datetime]


class RecoveryCode(Identified, Base):
    __tablename__ = "recovery_code"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    code_hash: Mapped[str]
    used_at: Mapped[datetime | None]


class Device(Identified, Base):
    """A browser profile with a P-256 key that never leaves it."""

    __tablename__ = "device"
    __table_args__ = (Index(None, "person_id"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str]
    public_jwk: Mapped[dict[str, Any]]
    thumbprint: Mapped[str] = mapped_column(unique=True)
    """RFC 7638, base64url."""
    enrolled_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    may_sign_from: Mapped[datetime]
    """A new device reads at once and signs from here on; an approval moves it to now."""
    approved_by_device_id: Mapped[UUID | None]
    revoked_at: Mapped[datetime | None]
    lost_at: Mapped[datetime | None]
    last_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    """The highest sequence number of an activation seen from this device."""


class Passkey(Identified, Base):
    """A WebAuthn credential on one device: its owner, recognised by the device, confirms with it."""

    __tablename__ = "passkey"
    __table_args__ = (
        Index(
            "uq_passkey_live", "device_id", unique=True, postgresql_where=text("removed_at IS NULL")
        ),
        Index(None, "person_id"),
    )

    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    credential_id: Mapped[str] = mapped_column(unique=True)
    """base64url."""
    attested: Mapped[bytes]
    """Attested credential data (WebAuthn §6.5.2): kind of authenticator, id, public key."""
    sign_count: Mapped[int] = mapped_column(BigInteger)
    """The highest seen; 0 where the authenticator keeps none."""
    backed_up: Mapped[bool]
    """Its maker copies it to its owner's other devices."""
    enrolled_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class SignInSession(Identified, Base):
    """One signed-in browser; every access token names it and it can be revoked at once."""

    __tablename__ = "sign_in_session"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"))
    """None between the second factor and the enrolment of the device key."""
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    user_agent: Mapped[str]
    network: Mapped[str] = mapped_column(default="")
    """The network it was opened from: attempts from there are not a stranger's."""
    csrf: Mapped[str]
    revoked_at: Mapped[datetime | None]


class RefreshToken(Base):
    __tablename__ = "refresh_token"

    jti: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sign_in_session.id"), index=True)
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    rotated_at: Mapped[datetime | None]
    successor: Mapped[UUID | None]
    successor_used: Mapped[bool] = mapped_column(default=False)


class FailureCounter(Base):
    """Failed attempts at one thing by one source, with the time until which it must wait."""

    __tablename__ = "failure_counter"

    subject: Mapped[str] = mapped_column(primary_key=True)
    """Such as `sign-in:<account>:<device or network>`."""
    failures: Mapped[int]
    locked_until: Mapped[datetime | None]
    updated_at: Mapped[datetime]


class DecisionKind(StrEnum):
    RESET_SECOND_FACTOR = "reset-second-factor"
    LIFT_SUSPENSION = "lift-suspension"
    ISSUE_CERTIFICATE = "issue-certificate"
    UNSUSPEND_CERTIFICATE = "unsuspend-certificate"
    APPROVE_DEVICE = "approve-device"
    MAKE_OFFICER = "make-officer"
    CORRECT_IDENTITY = "correct-identity"
    MAKE_SEAL = "make-seal"
    SIGNATURE_NOT_MADE = "signature-not-made"
    """Of an attempt whose outcome a signing service left open."""


class DecisionState(StrEnum):
    PROPOSED = "proposed"
    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class TwoOfficerDecision(Identified, Base):
    """Something only two different registration officers can do together."""

    __tablename__ = "two_officer_decision"
    __table_args__ = (
        Index(None, "state", "created_at"),
        Index(
            "uq_two_officer_decision_proposed",
            "person_id",
            "kind",
            # A person has one account and one name, but several signatures may be unsure at once.
            text("coalesce(payload ->> 'attempt_id', '')"),
            unique=True,
            postgresql_where=text("state = 'proposed'"),
        ),
    )

    kind: Mapped[DecisionKind] = mapped_column(choice(DecisionKind))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    payload: Mapped[dict[str, Any]]
    """For a certificate: how identity was checked (`method`, `evidence`, `checked_at`)."""
    state: Mapped[DecisionState] = mapped_column(choice(DecisionState))
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    first_officer_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """Whose word was the first of the two: the proposer's, unless an administrator proposed."""
    created_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    note: Mapped[str | None]


class QuarantineKind(StrEnum):
    OPENED = "opened"
    """Refused like the others, but nothing to decide on."""
    AUTHORISATION = "authorisation"
    TICK = "tick"
    INITIAL = "initial"
    RETURN = "return"
    REJECT = "reject"


class QuarantineState(StrEnum):
    WAITING = "waiting"
    DISCARDED = "discarded"
    CONFIRMED = "confirmed"


class Quarantined(Identified, Base):
    """What a lost or copied device sent afterwards, whatever time it claims. Holds no secret."""

    __tablename__ = "quarantined"
    __table_args__ = (UniqueConstraint("device_id", "entry"), Index(None, "person_id", "state"))

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"))
    kind: Mapped[QuarantineKind] = mapped_column(choice(QuarantineKind))
    entry: Mapped[str]
    """The outbox entry that it came in."""
    steps: Mapped[list[Any]]
    """Ids as text, as claimed."""
    statement: Mapped[str | None] = mapped_column(deferred=True)
    """The compact JWS, where there is one that this device signed."""
    claimed_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime]
    state: Mapped[QuarantineState] = mapped_column(choice(QuarantineState))
    decided_at: Mapped[datetime | None]
    decided_device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"))


class ConsumedOnce(Base):
    """Identifiers that may be used once: token ids, enrolment challenges, grants."""

    __tablename__ = "consumed_once"
    kind: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    used_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Invitation(Identified, Base):
    """A one-time link with which a person chooses a password; only its hash is kept."""

    __tablename__ = "invitation"

    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    username: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SecurityEventKind(StrEnum):
    DEVICE_ENROLLED = "device-enrolled"
    DEVICE_APPROVED = "device-approved"
    DEVICE_REVOKED = "device-revoked"
    DEVICE_LOST = "device-lost"
    DEVICE_CLONED = "device-cloned"
    SENT_FROM_LOST = "sent-from-lost"
    PASSKEY_ENROLLED = "passkey-enrolled"
    PASSKEY_REMOVED = "passkey-removed"
    PASSKEY_COPIED = "passkey-copied"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105 (a word, not a secret)
    SECOND_FACTOR_REPLACED = "second-factor-replaced"
    SECOND_FACTOR_RESET = "second-factor-reset"
    SUSPENSION_LIFTED = "suspension-lifted"
    SESSION_REUSED = "session-reused"
    SIGN_IN_GUESSED = "sign-in-guessed"
    CERTIFICATE_ISSUED = "certificate-issued"
    CERTIFICATE_RENEWED = "certificate-renewed"
    CERTIFICATE_SUSPENDED = "certificate-suspended"
    CERTIFICATE_UNSUSPENDED = "certificate-unsuspended"
    CERTIFICATE_REVOKED = "certificate-revoked"
    PASSPHRASE_CHANGED = "passphrase-changed"  # noqa: S105 (a word, not a secret)
    PASSPHRASE_LOCKED = "passphrase-locked"  # noqa: S105
    IDENTITY_CORRECTED = "identity-corrected"
    ROLE_GRANTED = "role-granted"
    OPERATOR_CLEARED = "operator-cleared"
    ROLE_REVOKED = "role-revoked"
    ROLE_OBJECTED = "role-objected"
    MANDATE_GIVEN = "mandate-given"


class SecurityEvent(Identified, Base):
    """Something happened to a person's keys, devices or ways in, of which they are told."""

    __tablename__ = "security_event"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[SecurityEventKind] = mapped_column(choice(SecurityEventKind))
    at: Mapped[datetime]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
