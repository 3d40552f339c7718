"""The port to whoever makes signatures: our own engine with a vault, or a service outside.

A provider is opened once an activation, inside the transaction that accepts it, and performs the
activation's documents one after another with no transaction open. What it opened forgets every
secret when its `with` block ends. No provider ever stands in for another.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar
from uuid import UUID

from backend.certificates.models import Certificate
from backend.core.db import Work
from backend.core.errors import DomainError
from backend.documents.models import SignatureLevel
from backend.signing.models import KeyCredential
from backend.signing.pdf.container import SignerIdentity
from backend.signing.pdf.selfcheck import Expected
from backend.signing.vaults.vault import Secret

Opened = TypeVar("Opened")
Given_contra = TypeVar("Given_contra", contravariant=True)


class Activation(StrEnum):
    """What the sheet asks of the signer, beside the one-time code of this house."""

    PASSPHRASE = "passphrase"  # noqa: S105 (what is asked for, not what is answered)
    SERVICE_CODE = "service-code"
    """A one-time code that a service outside sends the signer when it is asked to."""


@dataclass(frozen=True)
class Credential:
    """What a person signs with at one provider: good now, and locked to the transaction's end."""

    thumbprint: str
    """What a SAD names: of the certificate, or of the person's account at a service outside."""
    issuer: str
    key: KeyCredential | None
    certificate: Certificate | None
    """None where a service outside holds it, and shows it only in what it signed."""
    counting: bool = True
    """Whether a wrong passphrase counts towards the lock."""

    @property
    def certificate_id(self) -> UUID | None:
        return self.certificate.id if self.certificate else None


@dataclass(frozen=True)
class Task:
    """An accepted attempt, with everything needed to perform it without the database."""

    attempt_id: UUID
    person_id: UUID
    document_id: UUID
    at: datetime
    """Acceptance, whole seconds: what /M says."""
    level: SignatureLevel
    base_sha256: str
    """The version that was ticked."""
    prepared_sha256: str
    """The stored file to sign, `Prepared.blob_sha256`."""
    layout: dict[str, Any]
    """As the preparation stored it, `Prepared.layout`."""
    identity: SignerIdentity | None
    """None where a service outside holds the certificate."""
    first: bool
    """No signature stands in the file yet."""
    alone: bool = False
    """It was refused before, so it goes to nobody together with others: they may be in order."""


@dataclass(frozen=True)
class SignedFile:
    """A complete file, which counts for nothing until it passed every check."""

    data: bytes
    signed_at: datetime
    """The signature time stamp's genTime."""
    field: str
    level: SignatureLevel
    certificate: bytes | None = None
    """DER of the signer's, where it was not known before."""
    expected: Expected | None = None
    """What it is to be checked against; None where the provider did."""


class OutcomeUnknownError(Exception):
    """The service was asked to sign and did not say whether it did: never to be tried again by
    itself. `facts` (plain JSON, no secret) go into the trail.
    """

    def __init__(self, **facts: Any) -> None:
        super().__init__("the outcome is unknown")
        self.facts = facts


class ActivationOverError(Exception):
    """A document failed with `refusal`, and nothing more can be signed with this activation: a
    token was pulled out, a service refused the passphrase. The rest waits for a new activation.
    """

    def __init__(self, refusal: DomainError) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


Outcome = SignedFile | DomainError | OutcomeUnknownError
"""What became of one of several documents: its file, why there is none, or that nobody knows."""


class Together(Protocol[Given_contra]):
    """Takes several documents in one call."""

    @property
    def at_once(self) -> int:
        """How many at the most."""
        ...

    def perform_together(self, tasks: Sequence[Task], opened: Given_contra) -> Sequence[Outcome]:
        """What became of each, in their order. What is raised, as by `Provider.perform`, is true
        of all of them.
        """
        ...


class Provider(Protocol[Opened]):
    """Makes signatures for one kind of credential."""

    @property
    def name(self) -> str:
        """What a SAD names, and what stands in `SigningAuthorisation.provider`."""
        ...

    @property
    def dispatches(self) -> bool:
        """Whether documents go to a service outside, which may have signed what we never hear of.

        An attempt that was interrupted after its dispatch ends as unknown instead of failed.
        """
        ...

    @property
    def activation(self) -> Activation:
        """What `open` is given as the passphrase."""
        ...

    @property
    def together(self) -> Together[Opened] | None:
        """What takes several documents in one call; None where each goes by itself."""
        ...

    def check(self, person_id: UUID) -> None:
        """Whether a signature for this person could be made now, as far as that is known before a
        secret is typed: the service answers, the person may sign there, the clocks agree.

        Call it with no transaction open: it may wait for a network, a few seconds. Raises why not.
        """
        ...

    def usable(self, work: Work, person_id: UUID) -> Credential:
        """What the person signs with. Raises why they cannot sign here."""
        ...

    def open(
        self, work: Work, credential: Credential, passphrase: Secret
    ) -> AbstractContextManager[Opened]:
        """What performs the activation's documents, and forgets all of it at the block's end.

        The one-time code was right and is used up; `passphrase` is wiped as soon as this returns.
        Raises WRONG_PASSPHRASE and CREDENTIAL_LOCKED where that can be known at once.
        """
        ...

    def perform(self, task: Task, opened: Opened) -> SignedFile:
        """Makes one signature. Never called twice at once with the same `opened`.

        Raises a refusal (DomainError) for this document alone, OutcomeUnknownError, or
        ActivationOverError. Anything else counts as «not made», or as unknown where the document
        went to a service outside.
        """
        ...
