"""Key credentials, placements, prepared files, authorisations and finished signatures."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, Identified, choice
from backend.documents.models import SignatureLevel


class KeyCredential(Identified, Base):
    """A signer's key in a vault. Whoever reads this row alone, or with the master key, opens nothing."""

    __tablename__ = "key_credential"
    __table_args__ = (
        Index(
            "uq_key_credential_live",
            "person_id",
            unique=True,
            postgresql_where=text("retired_at IS NULL"),
        ),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    certificate_id: Mapped[UUID | None] = mapped_column(ForeignKey("certificate.id"))
    vault: Mapped[str]
    """The vault the key was made in, `software` or `pkcs11`; it opens nowhere else."""
    algorithm: Mapped[str]
    wrapped: Mapped[bytes]
    """Versioned envelope, see signing/wrapping.py; AAD binds owner and id."""
    wrong_tries: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class Seal(Identified, Base):
    """The agency's electronic seal: a key that opens only for both of its custodians together."""

    __tablename__ = "seal"
    __table_args__ = (
        # Of the seals that were not retired there is one.
        Index(
            "uq_seal_live", text("(true)"), unique=True, postgresql_where=text("retired_at IS NULL")
        ),
    )

    decision_id: Mapped[UUID] = mapped_column(ForeignKey("two_officer_decision.id"), unique=True)
    certificate_id: Mapped[UUID | None] = mapped_column(ForeignKey("certificate.id"))
    """None until both custodians opened it for the first time; then the key was made."""
    vault: Mapped[str]
    algorithm: Mapped[str]
    wrapped: Mapped[bytes | None]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class SealCustodian(Identified, Base):
    """One of the two who hold a seal, and their half of what opens it."""

    __tablename__ = "seal_custodian"
    __table_args__ = (UniqueConstraint("seal_id", "person_id"),)

    seal_id: Mapped[UUID] = mapped_column(ForeignKey("seal.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    half: Mapped[bytes | None]
    """Random bytes in an envelope that needs this custodian's passphrase (wrapping.py)."""
    wrong_tries: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]


class SealActivation(Identified, Base):
    """What two custodians consented to: sealing until a time, for so many papers."""

    __tablename__ = "seal_activation"

    seal_id: Mapped[UUID] = mapped_column(ForeignKey("seal.id"))
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    agreed_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    ends_at: Mapped[datetime]
    most: Mapped[int]
    """Papers that may be sealed under it."""
    used: Mapped[int] = mapped_column(default=0)
    proposed_at: Mapped[datetime]
    agreed_at: Mapped[datetime | None]
    desk: Mapped[int | None] = mapped_column(BigInteger)
    """Whose memory has the key (presence.py)."""
    ended_at: Mapped[datetime | None]
    statements: Mapped[list[Any]]
    """Both compact JWS as received: evidence of consent."""


class DocumentSeal(Identified, Base):
    """A version with every signer's field, under the agency's seal: what the first signer signs."""

    __tablename__ = "document_seal"
    __table_args__ = (
        Index(
            "uq_document_seal_live",
            "document_id",
            unique=True,
            postgresql_where=text("voided_at IS NULL"),
        ),
    )

    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"), index=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("version.id"))
    activation_id: Mapped[UUID] = mapped_column(ForeignKey("seal_activation.id"))
    certificate_id: Mapped[UUID] = mapped_column(ForeignKey("certificate.id"))
    layout_digest: Mapped[str]
    """Of everything that was drawn into the file; another layout needs another seal."""
    file_sha256: Mapped[str]
    sealed_at: Mapped[datetime]
    """The time stamp's genTime."""
    voided_at: Mapped[datetime | None]


class ActivationKey(Identified, Base):
    """A key to which phones encrypt passphrase and code (ECDH-ES, P-256); rotated daily."""

    __tablename__ = "activation_key"

    kid: Mapped[str] = mapped_column(unique=True)
    public_jwk: Mapped[dict[str, Any]]
    """With `x5c`: certified by this installation's authority."""
    sealed: Mapped[bytes | None]
    """The private key under the master key; None once destroyed."""
    created_at: Mapped[datetime]
    encrypt_until: Mapped[datetime]
    destroy_at: Mapped[datetime]


class Placement(Identified, Base):
    """Where a step's signature appearance stands on a version."""

    __tablename__ = "placement"
    __table_args__ = (UniqueConstraint("document_id", "ordinal"),)

    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"))
    ordinal: Mapped[int]
    """The step's ordinal on the route."""
    page: Mapped[int]
    x: Mapped[float]
    """Points from the left and bottom of the page as displayed."""
    y: Mapped[float]
    width: Mapped[float]
    height: Mapped[float]
    anchor: Mapped[str | None]
    """The anchor character the place was taken from."""


class Prepared(Identified, Base):
    """A file with all fields and appearances and the next signer's placeholder."""

    __tablename__ = "prepared"
    __table_args__ = (
        Index(
            "uq_prepared_live", "step_id", unique=True, postgresql_where=text("voided_at IS NULL")
        ),
    )

    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"), index=True)
    step_id: Mapped[UUID] = mapped_column(ForeignKey("step.id"))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("version.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    mandate_id: Mapped[UUID] = mapped_column(ForeignKey("mandate.id"))
    provider: Mapped[str] = mapped_column(default="local")
    """Who is to sign it; for another it has to be prepared anew."""
    certificate_id: Mapped[UUID | None] = mapped_column(ForeignKey("certificate.id"))
    """None where a service outside holds it."""
    sha256: Mapped[str]
    """SHA-256 of the file with /M and /Contents zeroed: what a SAD names."""
    blob_sha256: Mapped[str]
    """The same, for the prepared file is stored with its slots zeroed."""
    block_sha256: Mapped[str | None]
    """The signer's block as a picture, for a service that draws no text."""
    layout: Mapped[dict[str, Any]]
    """Byte offsets: contents_start, contents_end, m_start, m_end, byte_range[4], field. For a
    service that makes its own field: `placement`, see bsre/orders.py."""
    level: Mapped[SignatureLevel] = mapped_column(choice(SignatureLevel))
    """What a SAD must name for it."""
    first: Mapped[bool]
    """No signature stands in the file yet: this one certifies it (DocMDP)."""
    plan_digest: Mapped[str]
    """Of everything the file was made from; another plan voids it."""
    signers: Mapped[list[Any]]
    """Who is to sign from here on, in order: [{step_id, person_id, mandate_id, field, page, rect}]."""
    picture_sha256: Mapped[str | None]
    """Of the page with the next signer's block, as a small picture for their phone; drawn after."""
    created_at: Mapped[datetime]
    voided_at: Mapped[datetime | None]


class BatchState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    """Whoever performed it is gone, or could not go on: one new activation finishes the rest."""
    FINISHED = "finished"


class SigningBatch(Identified, Base):
    """The documents of one activation, and of further ones that continue it."""

    __tablename__ = "signing_batch"
    __table_args__ = (
        Index("ix_signing_batch_running", "desk", postgresql_where=text("state = 'running'")),
        Index(None, "person_id", "id"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    state: Mapped[BatchState] = mapped_column(choice(BatchState))
    total: Mapped[int]
    desk: Mapped[int] = mapped_column(BigInteger)
    """The advisory lock that the performing process holds for as long as it lives."""
    problem: Mapped[dict[str, Any] | None]
    """{code, params}: why it paused."""
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class SigningAuthorisation(Identified, Base):
    """A signature activation data (SAD) that was accepted: evidence of consent."""

    __tablename__ = "signing_authorisation"

    batch_id: Mapped[UUID] = mapped_column(ForeignKey("signing_batch.id"), index=True)
    jti: Mapped[str] = mapped_column(index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"))
    certificate_id: Mapped[UUID | None] = mapped_column(ForeignKey("certificate.id"))
    provider: Mapped[str]
    sad: Mapped[str] = mapped_column(deferred=True)
    """The compact JWS as received, which names every digest. Holds no secret."""
    confirmation: Mapped[dict[str, Any] | None] = mapped_column(deferred=True)
    """What the device's passkey said to it (WebAuthn), where that was asked for."""
    accepted_at: Mapped[datetime]
    marks: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Of one that was made without a line: when, by which clock and grant (offline/replay.py)."""


class AttemptState(StrEnum):
    ACCEPTED = "accepted"
    """Authorisation used up; the signature is being made."""
    FINISHED = "finished"
    FAILED = "failed"
    """Nothing was signed; a new authorisation is needed."""
    UNKNOWN = "unknown"
    """A signing service did not say whether it signed; nothing happens until that is known."""


class SigningAttempt(Identified, Base):
    """One authorised signature on one document, from acceptance to commit."""

    __tablename__ = "signing_attempt"
    __table_args__ = (
        Index(
            "uq_signing_attempt_live",
            "step_id",
            unique=True,
            postgresql_where=text("state IN ('accepted', 'unknown', 'finished')"),
        ),
    )

    authorisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("signing_authorisation.id"), index=True
    )
    step_id: Mapped[UUID] = mapped_column(ForeignKey("step.id"))
    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"))
    prepared_id: Mapped[UUID] = mapped_column(ForeignKey("prepared.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    provider: Mapped[str]
    level: Mapped[SignatureLevel] = mapped_column(choice(SignatureLevel))
    state: Mapped[AttemptState] = mapped_column(choice(AttemptState))
    failure: Mapped[dict[str, Any] | None]
    """{code, params}."""
    accepted_at: Mapped[datetime]
    dispatched_at: Mapped[datetime | None]
    """When a service outside was asked to sign: from then on only it knows whether it did."""
    finished_at: Mapped[datetime | None]


class BatchItem(Base):
    """One document of a batch, in the order of the activation, and its newest attempt."""

    __tablename__ = "batch_item"
    __table_args__ = (UniqueConstraint("batch_id", "step_id"),)

    batch_id: Mapped[UUID] = mapped_column(ForeignKey("signing_batch.id"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"))
    step_id: Mapped[UUID] = mapped_column(ForeignKey("step.id"))
    attempt_id: Mapped[UUID | None] = mapped_column(ForeignKey("signing_attempt.id"))
    failure: Mapped[dict[str, Any] | None]
    """{code, params}: why it was not accepted; then there is no attempt."""


class Signature(Identified, Base):
    """A finished signature and the file it completed."""

    __tablename__ = "signature"
    __table_args__ = (UniqueConstraint("step_id"),)

    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"), index=True)
    step_id: Mapped[UUID] = mapped_column(ForeignKey("step.id"))
    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("signing_attempt.id"))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("version.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    certificate_id: Mapped[UUID] = mapped_column(ForeignKey("certificate.id"))
    field: Mapped[str]
    file_sha256: Mapped[str]
    level: Mapped[SignatureLevel] = mapped_column(choice(SignatureLevel))
    """Of a B-LTA paper the file gets there once everybody has signed (archiving.py)."""
    signed_at: Mapped[datetime]
    """The signature time stamp's genTime."""
    signer_name: Mapped[str]
    capacity: Mapped[str]
    """The words that stand in the appearance, such as «Plt. Sekretaris Daerah»."""
    voided_at: Mapped[datetime | None]


class ArchiveState(StrEnum):
    MADE = "made"
    """Awaits the full validator."""
    KEPT = "kept"
    """It was, or is, the document's file."""
    REFUSED = "refused"


class ArchiveStamp(Identified, Base):
    """A document time stamp over a finished file, and the file it completed."""

    __tablename__ = "archive_stamp"

    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"), index=True)
    base_sha256: Mapped[str]
    """The document's file before."""
    file_sha256: Mapped[str]
    field: Mapped[str]
    algorithm: Mapped[str]
    """Of the time-stamping key, such as `ecdsa-256`."""
    stamped_at: Mapped[datetime]
    valid_until: Mapped[datetime]
    """The end of the time-stamping certificate."""
    renew_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[ArchiveState] = mapped_column(choice(ArchiveState))


class ServiceCall(Identified, Base):
    """One call to a signing service outside, with its answer: no secret, no number, no file."""

    __tablename__ = "service_call"

    attempt_id: Mapped[UUID | None] = mapped_column(ForeignKey("signing_attempt.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """Whose standing or signature was asked for."""
    provider: Mapped[str]
    call: Mapped[str]
    """`status`, `sign`, `download` or `verify`, with the service's version."""
    at: Mapped[datetime]
    milliseconds: Mapped[int]
    outcome: Mapped[str]
    """`answered`, `refused`, `away`, `unknown`, or why a result was not accepted."""
    http_status: Mapped[int | None]
    code: Mapped[int | None]
    """The service's own."""
    words: Mapped[str | None]
    """The service's own, shortened, without what it may have echoed."""
    reference: Mapped[str | None]
    """The service's name of the document (`id_dokumen`)."""
    result_digest: Mapped[str | None]
    """SHA-256 of what came back; the file itself is kept only when it passed."""
