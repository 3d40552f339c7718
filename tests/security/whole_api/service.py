"""Requests about the national service, the trust store, and what a lost phone sent."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding

from backend.core.ids import new_id
from backend.identity.models import Quarantined, QuarantineKind, QuarantineState
from backend.routing.models import StepAction
from backend.signing import attempts, choosing
from backend.signing.bsre.terms import ServiceTerms
from backend.signing.models import SigningAttempt
from backend.verification.anchors import add_anchor
from backend.verification.trust import BOTH, anchor_of
from tests.factories import people
from tests.factories.national import sign
from tests.fakes.bsre import Fault
from tests.security.whole_api.administration import Requests
from tests.security.whole_api.world import Call, World, sealed


def _left_open(world: World) -> UUID:
    """An attempt of which only the service knows; then the agency signs itself again."""
    world.nation.choose()
    case = world.on_its_way(StepAction.SIGN)
    world.nation.server.house.faults.append(Fault.CUT_AFTER_SIGNING)
    attempt_id: UUID = sign(case, world.signatory)
    with world.services.work() as work:
        attempt = work.session.get_one(SigningAttempt, attempt_id)
        assert attempt.dispatched_at is not None
        attempt.dispatched_at -= attempts.LONGEST
        choosing.choose(work, "local", ServiceTerms(), service_known=True)
    return attempt_id


def _outcome(make: Callable[[World], Any]) -> Callable[[World], Call]:
    """An officer about a signature that was left open."""

    def call(world: World) -> Call:
        attempt_id = _left_open(world)
        return Call(world.officers[0], {"attempt_id": attempt_id}, make(world))

    return call


def _code(world: World) -> Call:
    world.nation.choose(activation="code")
    return Call(world.signer, body={"documents": 2})


def _root(world: World) -> str:
    return world.nation.server.house.pki.root.public_bytes(Encoding.PEM).decode()


def _trusted(world: World) -> Call:
    own = world.nation.server.house.pki.issuing.public_bytes(Encoding.DER)
    with world.services.work() as work:
        row = add_anchor(work, anchor_of("Sementara Contoh", own, BOTH, psre=False))
        return Call(world.administrator, {"anchor_id": row.id})


def _quarantined(world: World, steps: list[str]) -> dict[str, Any]:
    with world.services.work() as work:
        device, _ = people.device(work.session, world.signer.person_id)
        row = Quarantined(
            person_id=world.signer.person_id,
            device_id=device.id,
            kind=QuarantineKind.AUTHORISATION,
            entry=str(new_id()),
            steps=steps,
            arrived_at=work.now,
            claimed_at=work.now - timedelta(hours=1),
            state=QuarantineState.WAITING,
        )
        work.session.add(row)
        work.session.flush()
        return {"item_id": row.id}


def _confirmed(world: World) -> Call:
    with world.services.work() as work:
        choosing.choose(work, "local", ServiceTerms(), service_known=True)
    case = world.to_sign()
    kept = _quarantined(world, [str(case.next_step.id)])
    return Call(world.signer, kept, sealed(case.sad(world.signatory), "sad"))


EVIDENCE = {"evidence": "Log layanan dibaca bersama pengelolanya."}
REQUESTS: Requests = {
    "GET /api/v1/passkeys": lambda w: Call(w.signer),
    "POST /api/v1/signing/unknown/{attempt_id}/ask": _outcome(lambda _: None),
    "POST /api/v1/signing/unknown/{attempt_id}/not-signed": _outcome(lambda _: EVIDENCE),
    "PUT /api/v1/signing/unknown/{attempt_id}/file": _outcome(
        lambda world: world.nation.server.house.signed[-1]
    ),
    "POST /api/v1/signing/service-codes": _code,
    "POST /api/v1/quarantine/{item_id}/confirm": _confirmed,
    "POST /api/v1/quarantine/{item_id}/discard": lambda w: Call(w.signer, _quarantined(w, [])),
    "GET /api/v1/trust-anchors": lambda w: Call(w.administrator),
    "POST /api/v1/trust-anchors": lambda w: Call(
        w.administrator, body={"certificate": _root(w), "purposes": ["signing"]}
    ),
    "DELETE /api/v1/trust-anchors/{anchor_id}": _trusted,
}
