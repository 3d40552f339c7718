"""Requests about papers: drawing them up, reading, ticking and signing them, showing them to all."""

from collections.abc import Callable
from itertools import count
from typing import Any

from backend.certificates.models import Certificate
from backend.documents.models import Page, Version
from backend.routing.models import Step, StepAction
from backend.signing.models import SigningAuthorisation
from tests.factories import seals
from tests.factories.away import allow, leave
from tests.factories.pdfs import make_pdf
from tests.factories.phones import PASSPHRASE, agree_to_issue, phone, signer
from tests.factories.signings import Case
from tests.security.whole_api.administration import Requests
from tests.security.whole_api.world import Call, World, sealed, sha256

PDF = make_pdf(pages=1)
_files = count(2)


def _new_pdf() -> bytes:
    return make_pdf(pages=1, seed=next(_files))


INITIAL, SIGN = StepAction.INITIAL, StepAction.SIGN


def _own(**query: Any) -> Callable[[World], Call]:
    return lambda world: Call(world.signer, query=query)


def _office(**query: Any) -> Callable[[World], Call]:
    return lambda world: Call(world.operator, query=query)


def _of_office(world: World) -> dict[str, str]:
    return {"unit_id": str(world.first.unit.id)}


def _drafted(body: Any = None) -> Callable[[World], Call]:
    """An operator about a draft."""
    return lambda world: Call(world.operator, {"document_id": world.draft().id}, body)


def _issued(body: Any = None) -> Callable[[World], Call]:
    return lambda world: Call(world.operator, {"document_id": world.issued().id}, body)


def _route(world: World) -> dict[str, Any]:
    position = world.signatory.position.id
    return {"steps": [{"position_id": str(position), "action": "sign"}]}


def _queue(world: World) -> Call:
    document = world.draft()
    world.operator.put(f"/documents/{document.id}/route", _route(world))
    return Call(world.operator, {"document_id": document.id})


def _supersede(world: World) -> Call:
    older, newer = world.issued(), world.issued()
    return Call(
        world.operator, {"document_id": older.id}, {"successor_id": str(newer.id), "note": "Baru."}
    )


def _revoke(world: World) -> Call:
    document = world.issued()
    with world.services.work() as work:
        work.session.add(
            Step(
                document_id=document.id,
                round=1,
                ordinal=1,
                position_id=world.signatory.position.id,
                action=SIGN,
                state="done",
                person_id=world.signatory.person.id,
                mandate_id=world.signatory.mandate.id,
                finished_at=work.now,
            )
        )
    return Call(world.signer, {"document_id": document.id}, {"note": "Keliru."})


def _upload(world: World) -> Call:
    data = _new_pdf()
    body = {"filename": "surat.pdf", "size": len(data), "sha256": sha256(data)}
    return Call(world.operator, body=body | {"document_id": str(world.draft().id)})


def _uploading(world: World) -> dict[str, Any]:
    answer = world.operator.post("/uploads", _upload(world).body)
    return {"upload_id": answer.json["id"]}


def _edit(world: World) -> Call:
    document = world.draft()
    tag = {"If-Match": f'"{document.revision}"'}
    return Call(world.operator, {"document_id": document.id}, {"subject": "Lain"}, headers=tag)


def _page(world: World) -> dict[str, Any]:
    """A page with a picture in the store."""
    document = world.draft()
    with world.services.work() as work:
        version = work.session.get_one(Version, document.current_version_id)
        page = work.session.get_one(Page, (version.id, 1))
        page.image_sha256 = world.services.blobs.put(PDF)
        version.sha256 = world.services.blobs.put(PDF)
    return {"version_id": version.id, "ordinal": 1}


def _version(world: World) -> Call:
    return Call(world.operator, {"version_id": _page(world)["version_id"]})


def _picture(world: World) -> Call:
    return Call(world.operator, _page(world))


def _number(world: World) -> dict[str, Any]:
    return _of_office(world) | {"type_code": "SK", "classification": "800"}


def _by_hand(world: World) -> Call:
    number = 500 + world.number()
    body = {"dated": "2026-02-27", "sequence": number, "text": f"800/{number}/CONTOH"}
    return Call(world.operator, body=_of_office(world) | body)


def _void(world: World) -> Call:
    taken = world.operator.post("/numbers", _number(world))
    return Call(world.operator, {"number_id": taken.json["id"]}, {"note": "Batal."})


def _new_document(world: World) -> Call:
    return Call(world.operator, body=_number(world) | {"subject": "Perihal contoh"})


def _on(make: Callable[[World], Case], body: Any = None) -> Callable[[World], Call]:
    """The signer about a step that waits for them."""
    return lambda world: Call(world.signer, world.step(make(world)), body)


def _tick(world: World) -> Call:
    case = world.to_sign(ticked=False)
    return Call(world.signer, world.step(case), {"statement": world.statement(case)})


def _withdraw(world: World) -> Call:
    case = world.on_its_way(SIGN)
    return Call(world.operator, {"document_id": case.document_id}, {"note": "Keliru."})


def _authorise(world: World) -> Call:
    case = world.to_sign()
    return Call(world.signer, body=sealed(case.sad(world.signatory), "sad"))


def _away(world: World) -> Call:
    case = world.on_its_way(SIGN)
    case.prepare()
    allow(case)
    world.services.clock.advance(seconds=30)
    statement = leave([case]).authorise()
    body = {"sad": statement.sad, "secrets": statement.secrets}
    return Call(world.signer, body=body, headers={"Idempotency-Key": statement.entry})


def _attempt(world: World) -> Call:
    return Call(world.signer, {"attempt_id": world.signed.id})


def _batch(world: World) -> Call:
    with world.services.work() as work:
        authorisation = work.session.get_one(SigningAuthorisation, world.signed.authorisation_id)
    return Call(world.signer, {"batch_id": authorisation.batch_id})


def _create_key(world: World) -> Call:
    with world.services.work() as work:
        made = phone(world.services, work)
        agree_to_issue(work, made.person.id)
    return Call(world.phone(made), body=sealed(made.envelope("credential+jwt", purpose="create")))


def _passphrase(world: World) -> Call:
    made = signer(world.services)
    world.services.clock.advance(seconds=30)
    secrets = {"passphrase": "gajah putih main layang", "old_passphrase": PASSPHRASE}
    envelope = made.envelope("credential+jwt", secrets=secrets, purpose="change-passphrase")
    return Call(world.phone(made), body=sealed(envelope))


def _certificate(world: World) -> Certificate:
    return signer(world.services).certificate


def _join(world: World) -> Call:
    held = seals.custody(world.services, joined=False)
    sent = held.envelope(0, purpose="join")
    return Call(world.phone(held.phones[0]), body=sealed((sent.sad, sent.secrets)))


def _placements(world: World) -> Call:
    document = world.draft()
    world.operator.put(f"/documents/{document.id}/route", _route(world))
    item = {"ordinal": 1, "page": 1, "x": 300, "y": 100, "width": 200, "height": 90}
    return Call(world.operator, {"document_id": document.id}, {"items": [item]})


def _preflights(world: World) -> Call:
    return Call(world.signer, body={"steps": [str(world.to_sign().next_step.id)]})


REQUESTS: Requests = {
    "PUT /api/v1/agenda-series": lambda w: Call(
        w.operator, body=_of_office(w) | {"year": 2025, "last": 12}
    ),
    "POST /api/v1/certificates/{certificate_id}/revoke": lambda w: Call(
        w.officers[0],
        {"certificate_id": _certificate(w).id},
        {"reason": "superseded", "note": "Contoh."},
    ),
    "POST /api/v1/certificates/{certificate_id}/suspend": lambda w: Call(
        w.officers[0], {"certificate_id": _certificate(w).id}, {"reason": "Ponsel hilang."}
    ),
    "GET /api/v1/changes": _own(limit=5),
    "GET /api/v1/credential": _own(),
    "POST /api/v1/credential": _create_key,
    "POST /api/v1/credential/passphrase": _passphrase,
    "GET /api/v1/documents": _office(limit=5),
    "POST /api/v1/documents": _new_document,
    "GET /api/v1/documents/{document_id}": _drafted(),
    "PATCH /api/v1/documents/{document_id}": _edit,
    "POST /api/v1/documents/{document_id}/archive": _issued(),
    "POST /api/v1/documents/{document_id}/cancel": _drafted({"note": "Batal."}),
    "GET /api/v1/documents/{document_id}/file": _issued(),
    "GET /api/v1/documents/{document_id}/placements": _drafted(),
    "PUT /api/v1/documents/{document_id}/placements": _placements,
    "POST /api/v1/documents/{document_id}/queue": _queue,
    "POST /api/v1/documents/{document_id}/revoke": _revoke,
    "GET /api/v1/documents/{document_id}/route": _drafted(),
    "PUT /api/v1/documents/{document_id}/route": lambda w: Call(
        w.operator, {"document_id": w.draft().id}, _route(w)
    ),
    "POST /api/v1/documents/{document_id}/send": _issued(),
    "POST /api/v1/documents/{document_id}/supersede": _supersede,
    "GET /api/v1/documents/{document_id}/timeline": _drafted(),
    "POST /api/v1/documents/{document_id}/versions": lambda w: Call(
        w.operator, {"document_id": w.draft().id}, _new_pdf()
    ),
    "POST /api/v1/documents/{document_id}/withdraw": _withdraw,
    "GET /api/v1/history": _own(limit=5),
    "GET /api/v1/inbox": _own(limit=5),
    "GET /api/v1/numbers": lambda w: Call(w.operator, query=_of_office(w)),
    "POST /api/v1/numbers": lambda w: Call(w.operator, body=_number(w)),
    "POST /api/v1/numbers/by-hand": _by_hand,
    "POST /api/v1/numbers/{number_id}/void": _void,
    "GET /api/v1/public/records/{code}": lambda w: Call(None, {"code": w.issued().public_code}),
    "POST /api/v1/public/verifications": lambda _: Call(None, body=PDF),
    "POST /api/v1/public/verifications/report": lambda w: Call(None, body={"package": w.package()}),
    "GET /api/v1/seal": _own(),
    "POST /api/v1/seal/join": _join,
    "GET /api/v1/signing/activation-key": _own(),
    "GET /api/v1/signing/attempts/{attempt_id}": _attempt,
    "POST /api/v1/signing/authorisations": _authorise,
    "GET /api/v1/signing/batches": _own(),
    "GET /api/v1/signing/batches/{batch_id}": _batch,
    "POST /api/v1/signing/preflights": _preflights,
    "GET /api/v1/signing/unknown": lambda w: Call(w.officers[0]),
    "GET /api/v1/steps/{step_id}": _on(World.to_initial),
    "POST /api/v1/steps/{step_id}/initial": _on(World.to_initial, {}),
    "POST /api/v1/steps/{step_id}/opened": _on(World.to_initial, {}),
    "POST /api/v1/steps/{step_id}/reject": _on(World.to_initial, {"note": "Tidak perlu."}),
    "POST /api/v1/steps/{step_id}/return": _on(World.to_initial, {"note": "Perbaiki."}),
    "GET /api/v1/steps/{step_id}/signing": _on(World.to_sign),
    "GET /api/v1/steps/{step_id}/signing/appearance": _on(World.to_sign),
    "POST /api/v1/steps/{step_id}/tick": _tick,
    "POST /api/v1/sync/authorisations": _away,
    "POST /api/v1/sync/grants": lambda w: Call(
        w.signer, body={"device_time": w.services.clock.now().isoformat(), "wanted": 2}
    ),
    "GET /api/v1/tracking": _office(limit=5),
    "POST /api/v1/uploads": _upload,
    "DELETE /api/v1/uploads/{upload_id}": lambda w: Call(w.operator, _uploading(w)),
    "GET /api/v1/uploads/{upload_id}": lambda w: Call(w.operator, _uploading(w)),
    "PATCH /api/v1/uploads/{upload_id}": lambda w: Call(
        w.operator, _uploading(w), b"%PDF-1.7", headers={"Upload-Offset": "0"}
    ),
    "GET /api/v1/versions/{version_id}": _version,
    "GET /api/v1/versions/{version_id}/file": _version,
    "GET /api/v1/versions/{version_id}/pages/{ordinal}/image": _picture,
    "GET /api/v1/versions/{version_id}/pages/{ordinal}/text": _picture,
}
