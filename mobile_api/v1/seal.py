"""The agency's electronic seal: its custodians' passphrases and their consent to sealing."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response
from pydantic import StringConstraints

from backend.signing.seal import seal_activation, seals
from backend.signing.seal.seal_activation import Standing
from backend.signing.signing import Envelope
from mobile_api.access import signed_in
from mobile_api.context import current_actor, current_services, current_work
from mobile_api.fields import Body, Statement
from mobile_api.origin import audience
from mobile_api.v1.shown import Answer

bp = APIBlueprint("seal", __name__, url_prefix="/api/v1/seal", tag="signing")


class Consent(Body):
    statement: Statement
    """Compact JWS, typ `seal+jwt`, by this device: {aud, sub, jti, iat, seq, purpose: "join",
    jwe_sha256}, or purpose "activate" with {activation: null | the first custodian's, ends_at:
    seconds since 1970, documents}."""
    secrets: Annotated[str, StringConstraints(min_length=16, max_length=8192)]
    """Compact JWE to the activation key, protected header with `sad_jti`: {passphrase, code}."""


class SealState(StrEnum):
    NONE = "none"
    """Two officers have not agreed to one, or the person is not its custodian."""
    TO_JOIN = "to-join"
    """The person's own passphrase is missing."""
    WAITING = "waiting"
    """The other custodian's passphrase is missing."""
    IDLE = "idle"
    PROPOSED = "proposed"
    """One custodian consented; the other has a quarter of an hour."""
    ACTIVE = "active"


class Activation(Answer):
    id: UUID
    mine: bool
    """The person's own consent stands already."""
    ends_at: datetime
    documents: int
    used: int


class SealAnswer(Answer):
    state: SealState
    custodians: list[str]
    """Names."""
    activation: Activation | None
    waiting: int
    """Papers that wait for the seal."""


@bp.get("")
@signed_in
@bp.output(SealAnswer)
def read() -> SealAnswer:
    """How the seal stands, for its custodians; others learn nothing."""
    return _show(seal_activation.standing(current_work()))


@bp.post("/join")
@signed_in
@bp.input(Consent)
@bp.output(SealAnswer)
def join(json_data: Consent) -> SealAnswer:
    """Chooses one's own passphrase for one's half of the seal."""
    seals.join(current_work(), _envelope(json_data), current_services().seal)
    return _show(seal_activation.standing(current_work()))


@bp.post("/activations")
@signed_in
@bp.input(Consent)
@bp.output({}, status_code=204)
def activate(json_data: Consent) -> Response:
    """Consents to sealing, first or second; with the second the seal is active."""
    current_services().desk.activate_seal(current_actor(), _envelope(json_data))
    return Response(status=204)


@bp.delete("/activation")
@signed_in
@bp.output({}, status_code=204)
def end() -> Response:
    """Ends sealing at once."""
    seal_activation.end(current_work())
    return Response(status=204)


def _envelope(consent: Consent) -> Envelope:
    return Envelope(consent.statement, consent.secrets, audience())


def _show(standing: Standing | None) -> SealAnswer:
    if standing is None:
        return SealAnswer(state=SealState.NONE, custodians=[], activation=None, waiting=0)
    row = standing.activation
    if not standing.joined:
        state = SealState.TO_JOIN
    elif not standing.complete:
        state = SealState.WAITING
    elif row is None:
        state = SealState.IDLE
    else:
        state = SealState.ACTIVE if row.agreed_at else SealState.PROPOSED
    activation = None
    if row is not None:
        mine = standing.person_id in {row.proposed_by, row.agreed_by}
        activation = Activation(
            id=row.id, mine=mine, ends_at=row.ends_at, documents=row.most, used=row.used
        )
    return SealAnswer(
        state=state,
        custodians=standing.names,
        activation=activation,
        waiting=standing.waiting,
    )
