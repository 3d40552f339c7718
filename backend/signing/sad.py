"""What a SAD states (the term of CEN EN 419241): which documents, digests, credential, provider and
level a person consents to. How it is opened and used: activation.py.
"""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, StrictStr, model_validator
from pydantic import Field as Limits

from backend.documents.models import SignatureLevel
from backend.signing.bsre.orders import ServicePlacement
from backend.signing.envelope import Claims, Digest

TYPE = "sad+jwt"
MOST_DOCUMENTS = 500


class SadDocument(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: UUID
    step: UUID
    version_sha256: Digest
    """What was shown and ticked."""
    prepared_sha256: Digest | None = None
    """The prepared file with /M and /Contents zeroed."""
    input_sha256: Digest | None = None
    """Instead, for a service that makes its own field: the file it is given."""
    placement: ServicePlacement | None = None
    """And where its visible signature stands; None for an invisible one."""
    action: Literal["sign"]
    level: SignatureLevel | None = None
    """Where it differs from the envelope's."""

    @model_validator(mode="after")
    def _one_file(self) -> Self:
        if (self.prepared_sha256 is None) is (self.input_sha256 is None):
            raise ValueError("exactly one file is to be named")
        return self


def _each_once(documents: tuple[SadDocument, ...]) -> tuple[SadDocument, ...]:
    if len({d.step for d in documents}) != len(documents):
        raise ValueError("a step is named twice")
    return documents


class Consent(Claims):
    """Consent to sign these documents, with this credential, in this way, once."""

    credential: Digest
    """SHA-256 of the signer's certificate."""
    provider: StrictStr
    level: SignatureLevel
    """Of every document that does not name its own."""
    documents: Annotated[
        tuple[SadDocument, ...],
        Limits(min_length=1, max_length=MOST_DOCUMENTS),
        AfterValidator(_each_once),
    ]

    def level_of(self, document: SadDocument) -> SignatureLevel:
        return document.level or self.level


class SadClaims(Consent):
    """As it is given on the line."""

    grant: None
    """Of a statement made without one; see offline/replay.py."""
