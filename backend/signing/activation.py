"""Signature activation: what turns a person's consent on a phone into one use of their key.

The signature activation data (SAD, the term of CEN EN 419241) is a statement of the phone over
exactly the documents, digests, credential, provider and level; passphrase and code come sealed
beside it (see envelope.py). Hash-bound, SCAL2-inspired; it is no certified SCAL2 module.

The order of refusals is chosen so that whoever lacks one factor learns nothing of another:

1. everything that needs no secret, then whether the envelope opens at all (`open_envelope`);
2. the documents, by the caller: a paper that changed costs no code;
3. the one-time code, which is used up when it is right, and counted when it is wrong;
4. the passphrase, tried only after a right code, so that a thief of the phone can neither guess it
   nor lock its owner out; a wrong one is counted and the code stays used (`unlock`).
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from backend.core.db import Work
from backend.core.masterkey import MasterKey
from backend.identity import devices, passkeys, totp
from backend.identity.models import Device
from backend.identity.passkeys import Confirmation
from backend.signing.envelope import Secrets, open_sealed
from backend.signing.offline import policy
from backend.signing.papers import Ready
from backend.signing.problems import OTHER_CREDENTIAL, OTHER_PROVIDER
from backend.signing.provider import Credential, Opened, Provider
from backend.signing.sad import TYPE, Consent, SadClaims


@dataclass(frozen=True)
class Activation:
    """A verified SAD and its secrets, which are wiped at the end of the `with` block."""

    claims: Consent
    sad: str
    """As received: evidence of consent. Holds no secret."""
    device: Device
    credential: Credential
    secrets: Secrets = field(repr=False)
    confirmed: Confirmation | None = field(default=None, repr=False)
    """That its owner meant it, where that was asked: evidence as well."""

    @property
    def marks(self) -> dict[str, Any]:
        """What the trail and the timeline say of it beside each document."""
        return {"passkey": True} if self.confirmed else {}

    def check(self, ready: Ready) -> None:
        """Whether this paper, which could be signed, may be signed under this activation."""

    def accepted(self, work: Work, batch_id: UUID) -> None:
        """It is used up; its documents are in this batch."""

    def use_code(self, work: Work, *, keys: MasterKey) -> None:
        """Uses up the one-time code. Raises the refusals of totp.consume."""
        code = self.secrets.code.reveal().decode()
        totp.consume(work, work.actor.known_id, code, work.now, keys=keys)

    def open_key(self, work: Work, provider: Provider[Opened]) -> AbstractContextManager[Opened]:
        """Tries the passphrase; see Provider.open."""
        return provider.open(work, self.credential, self.secrets.passphrase)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.secrets.wipe()


def open_envelope(
    work: Work,
    sad: str,
    secrets: str,
    *,
    audience: str,
    provider: Provider[Any],
    keys: MasterKey,
    said: Confirmation | None = None,
    delay: timedelta = devices.DELAY,
) -> Activation:
    """Verifies and uses up an authorisation of the acting person's own device.

    `audience`: this installation's origin; `provider`: what the agency signs with now; `said`: with
    the device's passkey, where the agency asks for it on the line too.
    There is no fall-back to another provider, key or level; each document's level is compared with
    what was prepared (`Paper.require`). Raises the refusals of envelope.py, passkeys.require and
    Provider.usable, OTHER_CREDENTIAL and OTHER_PROVIDER; none of them costs a code.
    """
    opened = open_sealed(
        work, sad, secrets, typ=TYPE, shape=SadClaims, audience=audience, keys=keys
    )
    try:
        credential = named_credential(work, opened.claims, provider)
        rule = policy.current(work.session).passkey_now
        passkey = passkeys.require(
            work, opened.device, rule, sad, said, audience=audience, delay=delay
        )
    except BaseException:
        opened.secrets.wipe()
        raise
    confirmed = said if passkey else None
    return Activation(opened.claims, sad, opened.device, credential, opened.secrets, confirmed)


def unlock(
    work: Work, activation: Activation, *, keys: MasterKey, provider: Provider[Opened]
) -> AbstractContextManager[Opened]:
    """What signs the documents of this activation; use it in a `with` and drop it.

    Uses up the one-time code. Raises the refusals of totp.consume, WRONG_PASSPHRASE and
    CREDENTIAL_LOCKED, whose transactions are kept: the envelope is used up with them.
    """
    try:
        activation.use_code(work, keys=keys)
        return activation.open_key(work, provider)
    finally:
        activation.secrets.wipe()


def named_credential(work: Work, claims: Consent, provider: Provider[Any]) -> Credential:
    """What the person signs with now, if it is what the SAD names.

    Raises OTHER_PROVIDER, OTHER_CREDENTIAL, and the refusals of Provider.usable.
    """
    if claims.provider != provider.name:
        raise OTHER_PROVIDER()
    credential = provider.usable(work, work.actor.known_id)
    if claims.credential != credential.thumbprint:
        raise OTHER_CREDENTIAL()
    return credential
