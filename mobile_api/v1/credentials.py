"""A person's own credential, and what officers do to certificates."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response
from pydantic import StringConstraints

from backend.certificates import lifecycle
from backend.certificates.lifecycle import RevocationReason
from backend.organisation.models import Role
from backend.signing import activation_keys, credentials, enrolment, renewal, signing
from backend.signing.credentials import CredentialState, Standing
from backend.signing.models import ActivationKey
from mobile_api.access import needs, signed_in
from mobile_api.context import current_services, current_work
from mobile_api.fields import Body, Note, Statement
from mobile_api.origin import audience
from mobile_api.v1.shown import Answer, CertificateAnswer, show_certificate

bp = APIBlueprint("credentials", __name__, url_prefix="/api/v1")


class Envelope(Body):
    statement: Statement
    """Compact JWS, typ `credential+jwt`, by this device: {aud, sub, jti, iat, seq, purpose:
    "create" | "change-passphrase" | "renew", jwe_sha256}."""
    secrets: Annotated[str, StringConstraints(min_length=16, max_length=8192)]
    """Compact JWE to the activation key, protected header with `sad_jti`: {passphrase, code,
    old_passphrase?}."""


class Suspension(Body):
    reason: Note


class Revocation(Body):
    reason: RevocationReason
    note: Note


class ActivationKeyAnswer(Answer):
    kid: str
    jwk: dict[str, Any]
    """P-256, with `x5c`: this installation's authority vouches for it."""
    expires_at: datetime
    """Fetch a new one from here on."""


class CredentialAnswer(Answer):
    state: CredentialState
    certificate: CertificateAnswer | None
    tries_left: int
    locked_until: datetime | None
    may_create: bool
    """Two officers agreed: a (new) key can be made."""
    may_renew: bool
    """It ends soon, and its holder may make the next one alone."""


@bp.get("/signing/activation-key")
@signed_in
@bp.output(ActivationKeyAnswer)
def activation_key() -> ActivationKeyAnswer:
    """The key to which passphrase and code are encrypted today."""
    services = current_services()
    key = activation_keys.current(current_work(), keys=services.master_key, issuer=services.issuer)
    return show_activation_key(key)


@bp.get("/credential")
@signed_in
@bp.output(CredentialAnswer)
def read() -> CredentialAnswer:
    """One's own key and certificate: what state they are in."""
    return _own_credential()


@bp.post("/credential")
@signed_in
@bp.input(Envelope)
@bp.output(CredentialAnswer, status_code=201)
def create(json_data: Envelope) -> CredentialAnswer:
    """Makes one's key under a new passphrase, after two officers agreed, with its certificate."""
    return _make_key(enrolment.create, json_data)


@bp.post("/credential/renewal")
@signed_in
@bp.input(Envelope)
@bp.output(CredentialAnswer, status_code=201)
def renew(json_data: Envelope) -> CredentialAnswer:
    """Makes one's next key and certificate before the present one ends."""
    return _make_key(renewal.renew, json_data)


@bp.post("/credential/passphrase")
@signed_in
@bp.input(Envelope)
@bp.output({}, status_code=204)
def change_passphrase(json_data: Envelope) -> Response:
    """Wraps one's key under another passphrase."""
    enrolment.change_passphrase(current_work(), _sent(json_data), current_services().enrolment)
    return Response(status=204)


@bp.post("/certificates/<uuid:certificate_id>/suspend")
@signed_in
@bp.input(Suspension)
@bp.output(CertificateAnswer)
def suspend(certificate_id: UUID, json_data: Suspension) -> CertificateAnswer:
    """Puts a certificate on hold at once: one's own, or as an officer anybody's."""
    row = lifecycle.suspend(
        current_work(), certificate_id, json_data.reason, issuer=current_services().issuer
    )
    return show_certificate(row)


@bp.post("/certificates/<uuid:certificate_id>/revoke")
@needs(Role.REGISTRATION_OFFICER)
@bp.input(Revocation)
@bp.output(CertificateAnswer)
def revoke(certificate_id: UUID, json_data: Revocation) -> CertificateAnswer:
    """Ends a certificate for good; its key is destroyed."""
    row = enrolment.revoke(
        current_work(),
        certificate_id,
        json_data.reason,
        json_data.note,
        issuer=current_services().issuer,
    )
    return show_certificate(row)


def show_activation_key(key: ActivationKey) -> ActivationKeyAnswer:
    return ActivationKeyAnswer(kid=key.kid, jwk=key.public_jwk, expires_at=key.encrypt_until)


def _make_key(make: Callable[..., object], envelope: Envelope) -> CredentialAnswer:
    make(current_work(), _sent(envelope), current_services().enrolment)
    return _own_credential()


def _sent(envelope: Envelope) -> signing.Envelope:
    return signing.Envelope(envelope.statement, envelope.secrets, audience())


def _own_credential() -> CredentialAnswer:
    work = current_work()
    return show_credential(credentials.standing(work, work.actor.known_id))


def show_credential(standing: Standing) -> CredentialAnswer:
    certificate = standing.certificate
    return CredentialAnswer(
        state=standing.state,
        certificate=show_certificate(certificate) if certificate else None,
        tries_left=standing.tries_left,
        locked_until=standing.locked_until,
        may_create=standing.may_create,
        may_renew=standing.may_renew,
    )
