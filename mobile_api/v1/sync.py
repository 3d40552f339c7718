"""A phone that was away: what it takes along, and the authorisations it brings back."""

import base64
import json
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from apiflask import APIBlueprint
from flask import request
from pydantic import BaseModel, Field, StringConstraints

from backend.core import limits
from backend.core.errors import INVALID, NOT_FOUND
from backend.identity.models import QuarantineKind
from backend.signing import activation_keys, progress
from backend.signing.models import BatchState, SigningBatch
from backend.signing.offline import grants, policy
from backend.signing.offline.policy import OfflinePolicy
from backend.signing.progress import ItemState
from backend.signing.signing import Accepted, Envelope
from mobile_api.access import from_outbox, signed_in_secret
from mobile_api.context import current_actor, current_services, current_work
from mobile_api.fields import Body, LongStatement, Moment
from mobile_api.origin import audience
from mobile_api.v1.credentials import ActivationKeyAnswer, show_activation_key
from mobile_api.v1.signing import (
    PATIENCE,
    PasskeySaid,
    Refusal,
    leave_transaction,
    recorded,
    refusal,
    said,
)

bp = APIBlueprint("sync", __name__, url_prefix="/api/v1/sync", tag="offline")

AGAIN_SECONDS = "3"
"""After so long a phone asks again about what is being signed."""
MINTINGS = 60
"""Of one person in an hour."""

OUTCOMES: dict[ItemState, Literal["signed", "signing", "refused", "unknown"]] = {
    ItemState.WAITING: "signing",
    ItemState.SIGNING: "signing",
    ItemState.DONE: "signed",
    ItemState.FAILED: "refused",
    ItemState.UNKNOWN: "unknown",
}


class GrantOrder(Body):
    device_time: Moment
    """The phone's clock, as it sends this."""
    wanted: Annotated[int, Field(ge=1, le=grants.MOST)] = grants.MOST


class GrantShown(BaseModel):
    grant: str
    """For one authorisation made without a line."""
    expires_at: datetime
    """By the server's clock."""


class Provisions(BaseModel):
    """What a phone needs to authorise without a line, for as long as its grants last."""

    grants: list[GrantShown]
    """None where the policy allows no signing without a line."""
    skew: int | None
    """Seconds by which the phone's clock is ahead: an authorisation under these grants says it."""
    server_time: datetime
    activation_key: ActivationKeyAnswer
    policy: OfflinePolicy


class OfflineAuthorisation(Body):
    sad: LongStatement
    """As of POST /signing/authorisations, with {grant, claimed_at (= iat, the phone's clock, whole
    seconds), skew (as its grants came with)}."""
    secrets: Annotated[str, StringConstraints(min_length=16, max_length=8192)]
    """As of POST /signing/authorisations, with the code that the phone's clock showed."""
    passkey: PasskeySaid | None = None
    """As of POST /signing/authorisations, where the policy asks for it."""


class Outcome(BaseModel):
    document_id: UUID
    step_id: UUID
    outcome: Literal["signed", "signing", "refused", "unknown"]
    signed_at: datetime | None
    problem: Refusal | None


class Outcomes(BaseModel):
    items: list[Outcome]
    """In the authorisation's order."""
    batch_id: UUID
    received_at: datetime


@bp.post("/grants")
@signed_in_secret
@bp.input(GrantOrder)
@bp.output(Provisions)
def mint(json_data: GrantOrder) -> Provisions:
    """Up to ten single-use grants for what waits for this person now, and the day's key."""
    services, work = current_services(), current_work()
    limits.hit(
        services.sessions,
        f"grants:{work.actor.known_id}",
        MINTINGS,
        timedelta(hours=1),
        work.now,
    )
    minted = grants.mint(work, json_data.device_time, json_data.wanted, keys=services.master_key)
    key = activation_keys.current(work, keys=services.master_key, issuer=services.issuer)
    made = minted.grants if minted else []
    return Provisions(
        grants=[GrantShown(grant=one, expires_at=minted.expires_at) for one in made if minted],
        skew=minted.skew if minted else None,
        server_time=work.now,
        activation_key=show_activation_key(key),
        policy=policy.current(work.session),
    )


@bp.post("/authorisations")
@from_outbox(QuarantineKind.AUTHORISATION)
@bp.input(OfflineAuthorisation)
@bp.output(Outcomes)
@bp.doc(responses={202: "As 200, and some documents are being signed still: send it again."})
def replay(json_data: OfflineAuthorisation) -> Outcomes | tuple[Outcomes, int, dict[str, str]]:
    """Carries out what a phone authorised without a line; `Idempotency-Key` names its entry.

    The whole of it is refused with a problem, or each document ends on its own. The same entry
    again is answered the same. While documents are being signed the answer is 202, and what is
    «signing» in a 200 waits in a paused batch: GET /signing/batches/{id} tells more.
    """
    entry = request.headers.get("Idempotency-Key")
    if entry is None:
        raise INVALID()
    services, actor = current_services(), current_actor()
    leave_transaction()
    passkey = said(json_data.passkey)
    envelope = Envelope(json_data.sad, json_data.secrets, audience(), entry=entry, passkey=passkey)
    accepted = services.desk.authorise(actor, envelope, patience=PATIENCE)
    answer = outcomes(json_data.sad, accepted)
    signing = any(item.outcome == "signing" for item in answer.items)
    running = current_work().session.get_one(SigningBatch, accepted.batch_id).state
    if signing and running is BatchState.RUNNING:
        return answer, 202, {"Retry-After": AGAIN_SECONDS}
    return answer


def outcomes(sad: str, accepted: Accepted) -> Outcomes:
    """How the documents of an authorisation that was carried out ended."""
    work = current_work()
    found = {item.step_id: item for item in progress.progress(work, accepted.batch_id).items}
    items = []
    for named in documents_of(sad):
        step_id = UUID(named["step"])
        item = found.get(step_id)
        items.append(
            Outcome(
                document_id=UUID(named["id"]),
                step_id=step_id,
                outcome=OUTCOMES[item.state] if item else "refused",
                signed_at=item.signed_at if item else None,
                problem=recorded(item.failure) if item else refusal(NOT_FOUND()),
            )
        )
    return Outcomes(items=items, batch_id=accepted.batch_id, received_at=work.now)


def documents_of(sad: str) -> list[dict[str, Any]]:
    """What a statement names; it must have been verified, or be verified before it counts."""
    try:
        payload = sad.split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return list(found["documents"])
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise INVALID() from error
