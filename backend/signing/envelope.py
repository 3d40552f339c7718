"""A device's statement together with the secrets it was made for; each names the other.

The statement (JWS, ES256, by the device's key) carries the SHA-256 of the secrets' envelope; the
secrets (JWE to an activation key) carry the statement's `jti` in their protected header. Neither
can be paired with a stranger.
"""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import Annotated, Any, Generic, Self, TypeVar

from joserfc import jwe
from joserfc.registry import HeaderParameter
from pydantic import BaseModel, ConfigDict, StrictInt, StrictStr, StringConstraints, ValidationError
from pydantic import Field as Limits

from backend.audit import trail
from backend.core.db import Work
from backend.core.masterkey import MasterKey
from backend.identity import devices, once, statements
from backend.identity.models import Device
from backend.identity.problems import DEVICE_UNKNOWN
from backend.identity.totp import account_of
from backend.signing import activation_keys
from backend.signing.problems import ENVELOPE_INVALID, ENVELOPE_UNBOUND, SEQUENCE_SEEN
from backend.signing.vaults.vault import Secret

FRESHNESS = timedelta(minutes=5)
KEPT_SEQUENCES = timedelta(days=8)
KEY_AGREEMENT = "ECDH-ES+A256KW"
CIPHER = "A256GCM"
TYPE = "centang-secrets+json"
LONGEST = 8 * 1024
LONGEST_SECRET = 256

_JWE = jwe.JWERegistry(
    header_registry={"sad_jti": HeaderParameter("Statement", "str", required=True)},
    algorithms=[KEY_AGREEMENT, CIPHER],  # and so no compression: `zip` names a third
)

Digest = Annotated[StrictStr, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256, lower-case hex."""


class Claims(BaseModel):
    """What every statement with secrets says. Unknown members are refused: they were signed too."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    aud: StrictStr
    sub: StrictStr
    jti: StrictStr
    iat: StrictInt
    seq: Annotated[StrictInt, Limits(ge=1, lt=1 << 53)]
    jwe_sha256: Digest


AnyClaims = TypeVar("AnyClaims", bound=Claims)


class Secrets:
    """What the person typed. Shows nothing; wiped at the end of its block."""

    def __init__(self, passphrase: str, code: str, old_passphrase: str | None = None) -> None:
        self.passphrase = Secret(passphrase)
        self.code = Secret(code)
        self.old_passphrase = Secret(old_passphrase) if old_passphrase else None

    def wipe(self) -> None:
        for secret in (self.passphrase, self.code, self.old_passphrase):
            if secret is not None:
                secret.wipe()

    def __repr__(self) -> str:
        return "Secrets(…)"


@dataclass(frozen=True)
class Opened(Generic[AnyClaims]):
    """A statement that holds, from a device that may sign, and its secrets until the block ends."""

    claims: AnyClaims
    device: Device
    secrets: Secrets

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.secrets.wipe()


def open_sealed(
    work: Work,
    statement: str,
    sealed: str,
    *,
    typ: str,
    shape: type[AnyClaims],
    audience: str,
    keys: MasterKey,
) -> Opened[AnyClaims]:
    """Verifies a statement, uses it up and decrypts its secrets; use the answer in a `with`.

    Everything that needs no secret is judged before anything is decrypted, and nothing here tells
    a right passphrase or code from a wrong one. The account and the device stay locked to the end
    of the transaction, so that of two equal envelopes one waits and is then refused. Refusals
    leave no trace, so that an honest phone may try again, except SEQUENCE_SEEN.
    """
    device, raw = statements.read(work, statement, typ)
    if device.person_id != work.actor.known_id or device.id != work.actor.device_id:
        raise DEVICE_UNKNOWN()
    # In this order wherever both are locked: the account, then its device.
    account_of(work, device.person_id)
    work.session.refresh(device, with_for_update=True)
    devices.require_may_sign(work, device)
    claims = shaped(raw, shape)
    statements.accept_claims(
        work, raw, typ, subject=str(device.person_id), audience=audience, freshness=FRESHNESS
    )
    secrets = decrypt(work, sealed, claims, keys)
    _advance(work, device, claims)
    device.last_used_at = work.now
    return Opened(claims, device, secrets)


def shaped(raw: dict[str, Any], shape: type[AnyClaims]) -> AnyClaims:
    """Claims of the kind expected. Raises ENVELOPE_INVALID."""
    try:
        return shape.model_validate(raw)
    except ValidationError as error:
        raise ENVELOPE_INVALID() from error


def _advance(work: Work, device: Device, claims: Claims) -> None:
    """Sequence numbers only grow. One that comes twice, in different statements, means that two
    phones hold one key: it is kept as evidence.
    """
    if claims.seq <= device.last_seq:
        trail.record(
            work,
            "device.sequence-repeated",
            "device",
            device.id,
            seq=claims.seq,
            last_seq=device.last_seq,
            jti=claims.jti,
        )
        raise SEQUENCE_SEEN()
    note_sequence(work, device, claims)


def note_sequence(work: Work, device: Device, claims: Claims) -> bool:
    """Marks a sequence number as seen; False when it was seen before.

    What was authorised without a line may arrive after later numbers did, so each is remembered
    for as long as such a statement is accepted at all.
    """
    device.last_seq = max(device.last_seq, claims.seq)
    return once.consume(work, "sequence", f"{device.id} {claims.seq}", work.now + KEPT_SEQUENCES)


def decrypt(work: Work, sealed: str, claims: Claims, keys: MasterKey) -> Secrets:
    """What was sealed for this very statement.

    Raises ENVELOPE_UNBOUND, ENVELOPE_INVALID or ACTIVATION_KEY_GONE.
    """
    if not hmac.compare_digest(claims.jwe_sha256, hashlib.sha256(sealed.encode()).hexdigest()):
        raise ENVELOPE_UNBOUND()
    if len(sealed) > LONGEST or not sealed.isascii():
        raise ENVELOPE_INVALID()
    header = _header(sealed)
    if not hmac.compare_digest(str(header.get("sad_jti")).encode(), claims.jti.encode()):
        raise ENVELOPE_UNBOUND()
    if header.get("typ") != TYPE or header.get("alg") != KEY_AGREEMENT:
        raise ENVELOPE_INVALID()
    key = activation_keys.private_key(work, str(header.get("kid")), keys=keys)
    try:
        opened = jwe.decrypt_compact(sealed, key, registry=_JWE)
        content = json.loads(opened.plaintext or b"")
    except Exception:  # noqa: BLE001 (bytes of strangers; whatever broke, nothing was opened)
        # No cause: it could carry what was decrypted.
        raise ENVELOPE_INVALID() from None
    return _secrets(content)


def _header(sealed: str) -> dict[str, Any]:
    try:
        text = sealed.split(".", 1)[0]
        header = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError as error:
        raise ENVELOPE_INVALID() from error
    if not isinstance(header, dict):
        raise ENVELOPE_INVALID()
    return header


def _secrets(content: Any) -> Secrets:
    names = {"passphrase", "code", "old_passphrase"}
    if not isinstance(content, dict) or not {"passphrase", "code"} <= content.keys() <= names:
        raise ENVELOPE_INVALID()
    values = [value for value in content.values() if value is not None]
    if not all(isinstance(v, str) and 0 < len(v) <= LONGEST_SECRET for v in values):
        raise ENVELOPE_INVALID()
    if content["passphrase"] is None or content["code"] is None:
        raise ENVELOPE_INVALID()
    return Secrets(content["passphrase"], content["code"], content.get("old_passphrase"))
