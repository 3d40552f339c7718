"""How an agency uses the national service. What nobody confirmed of it is a switch."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.organisation.models import Agency


class ServiceTerms(BaseModel):
    """What the agency's administrator chooses; address and account belong to the installation."""

    model_config = ConfigDict(frozen=True)

    version: Literal["v1", "v2"] = "v2"
    activation: Literal["passphrase", "code"] = "passphrase"
    """What signers give the service: their passphrase there, or (version 2) a code it sends them."""
    visible: bool = True
    """Whether the service draws the signer's block."""
    tags: bool = False
    """Whether blocks at an anchor character are left to the service to place."""
    files: Annotated[int, Field(ge=1, le=50)] = 1
    """How many files of one activation go to version 2 in one call."""
    corners: bool = False
    """Version 1 of this server takes width and height for the upper right corner."""
    unturned: bool = False
    """Version 2 of this server counts from the top left of a turned page before its turn."""

    @model_validator(mode="after")
    def _version_can_do_it(self) -> Self:
        if self.version == "v1" and (self.files > 1 or self.activation == "code"):
            raise ValueError("several files in a call, and codes, need version 2")
        return self

    @property
    def drawing(self) -> tuple[bool, bool]:
        """What the file to be signed, and the signer's consent to it, depend on."""
        return self.visible, self.tags

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> Self:
        """As the agency's row has it; what cannot be read counts as never chosen."""
        try:
            return cls.model_validate(stored or {})
        except ValidationError:
            return cls()


def current(session: Session) -> ServiceTerms:
    """The terms as they are now."""
    return ServiceTerms.of(session.scalar(select(Agency.service).limit(1)))
