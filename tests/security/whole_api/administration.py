"""Requests about the agency, its people, their accounts and devices."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from backend.documents.models import DocumentType
from backend.identity import invitations
from backend.organisation.models import Role
from tests.factories import people
from tests.factories.people import DeviceKey
from tests.security.whole_api.world import Call, World
from tests.support.browser import PASSWORD, Browser, signed_in

Requests = dict[str, Callable[[World], Call]]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8ffff3f0005fe02fea735814b0000000049454e44ae426082"
)
SUBSCRIPTION = {
    "endpoint": "https://fcm.googleapis.com/fcm/send/contoh",
    "keys": {
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    },
}


def _own(body: Any = None, **query: Any) -> Callable[[World], Call]:
    """Somebody about themselves."""
    return lambda world: Call(world.official(), body=body, query=query)


def _admin(body: Any = None, **query: Any) -> Callable[[World], Call]:
    return lambda world: Call(world.administrator, body=body, query=query)


def _row(make: Callable[..., Any], *more: Any) -> Callable[[World], Any]:
    def made(world: World) -> Any:
        with world.services.work() as work:
            return make(work.session, *more)

    return made


_position, _unit = _row(people.position), _row(people.unit)


def _token(world: World) -> str:
    with world.services.work() as work:
        person = people.person(work.session)
        return invitations.invite(work, person.id, f"tamu{world.number()}")


def _device(world: World) -> tuple[Browser, Any]:
    """Somebody's browser, and another device of theirs."""
    browser = world.official()
    with world.services.work() as work:
        return browser, people.device(work.session, browser.person_id)[0]


def _new_device(world: World) -> Call:
    key = DeviceKey()
    browser = signed_in(world.app, world.services, world.person(), device=False)
    claims = people.statement(browser.person_id, world.services.clock.now())
    proof = key.sign("device-proof+jwt", claims)
    body = {"name": "Ponsel baru", "public_jwk": key.public_jwk, "proof": proof}
    return Call(browser, body=body)


def _approve(world: World) -> Call:
    browser, device = _device(world)
    statement = browser.state("device-approval+jwt", device=str(device.id))
    return Call(browser, {"device_id": device.id}, {"statement": statement})


def _of_own_device(world: World) -> Call:
    browser, device = _device(world)
    return Call(browser, {"device_id": device.id})


def _of_their_device(world: World) -> Call:
    browser, device = _device(world)
    return Call(world.officers[0], {"person_id": browser.person_id, "device_id": device.id})


def _waiting_grant(world: World) -> dict[str, Any]:
    with world.services.work() as work:
        person = people.person(work.session)
        soon = world.services.clock.now() + timedelta(hours=20)
        row = people.role(
            work.session, person, Role.REGISTRATION_OFFICER, granted_at=work.now, counts_from=soon
        )
        return {"grant_id": row.id}


def _totp_confirm(world: World) -> Call:
    browser = world.official()
    begun = browser.post("/totp", {"code": world.code(browser)})
    browser.secret = begun.json["secret"]
    return Call(browser, body={"code": world.code(browser)})


def _with_code(world: World) -> Call:
    browser = world.official()
    return Call(browser, body={"code": world.code(browser)})


def _sign_in(world: World) -> Call:
    browser = world.official()
    given = {"username": browser.username, "password": PASSWORD}
    return Call(None, body=given | {"code": world.code(browser)})


def _end_other(world: World) -> Call:
    browser = world.official()
    here = browser.get("/session").json["id"]
    return Call(browser, {"session_id": here})


def _mandate(world: World) -> dict[str, Any]:
    with world.services.work() as work:
        person = people.person(work.session)
        return {
            "person_id": str(person.id),
            "position_id": str(people.position(work.session).id),
            "kind": "plt",
            "decree_number": "821/1/CONTOH",
            "starts_at": "2026-02-01T00:00:00Z",
            "ends_at": "2026-08-01T00:00:00Z",
        }


def _end_mandate(world: World) -> Call:
    with world.services.work() as work:
        row = people.mandate(work.session, people.person(work.session), _position(world))
        return Call(world.administrator, {"mandate_id": row.id}, {})


def _notices_read(world: World) -> Call:
    return Call(world.signer, body={"until_id": "ffffffff-ffff-7fff-bfff-ffffffffffff"})


def _kind(world: World) -> Call:
    with world.services.work() as work:
        work.session.merge(DocumentType(code="ND", name="Nota Dinas", active=True))
    return Call(world.administrator, {"code": "ND"}, {"name": "Nota dinas", "level": "B-LT"})


def _role(world: World) -> Call:
    body = {"person_id": str(world.person().id), "role": "auditor"}
    return Call(world.administrator, body=body)


def _take_role(world: World) -> Call:
    with world.services.work() as work:
        row = people.role(work.session, people.person(work.session), Role.AUDITOR)
    return Call(world.administrator, {"grant_id": row.id})


def _decision(who: int, body: dict[str, Any]) -> Callable[[World], Call]:
    return lambda world: Call(
        (world.administrator, *world.officers)[who], {"decision_id": world.decision()}, body
    )


def _refresh(world: World) -> Call:
    return Call(world.browser(world.person()), body={})


REQUESTS: Requests = {
    "GET /api/v1/agency": _own(),
    "PATCH /api/v1/agency": _admin({"city": "Contoh"}),
    "GET /api/v1/agency/logo": lambda w: (_put_logo(w), Call(None))[1],
    "PUT /api/v1/agency/logo": _admin(PNG),
    "GET /api/v1/agency/offline": _own(),
    "PUT /api/v1/agency/offline": _admin({"signing": True}),
    "GET /api/v1/agency/provider": _admin(),
    "PUT /api/v1/agency/provider": _admin({"provider": "local", "service": {"version": "v1"}}),
    "GET /api/v1/agency/settings": _admin(),
    "GET /api/v1/audit": lambda w: Call(w.auditor, query={"limit": 5}),
    "GET /api/v1/audit/verification": lambda w: Call(w.auditor),
    "GET /api/v1/decisions": lambda w: Call(w.officers[0], query={"limit": 5}),
    "POST /api/v1/decisions": lambda w: Call(w.officers[0], body=w.proposal()),
    "POST /api/v1/decisions/{decision_id}/agree": _decision(2, {}),
    "POST /api/v1/decisions/{decision_id}/refuse": _decision(2, {"note": "Belum lengkap."}),
    "POST /api/v1/decisions/{decision_id}/withdraw": _decision(1, {}),
    "GET /api/v1/devices": _own(),
    "POST /api/v1/devices": _new_device,
    "DELETE /api/v1/devices/{device_id}": _of_own_device,
    "POST /api/v1/devices/{device_id}/approve": _approve,
    "POST /api/v1/devices/{device_id}/report-lost": _of_own_device,
    "GET /api/v1/document-types": _own(),
    "GET /api/v1/document-types/settings": _admin(),
    "PUT /api/v1/document-types/{code}": _kind,
    "POST /api/v1/invitations": lambda w: Call(
        w.administrator,
        body={"person_id": str(w.person().id), "username": f"baru{w.number()}"},
    ),
    "POST /api/v1/invitations/accept": lambda w: Call(
        None, body={"token": _token(w), "password": "layang layang di sawah"}
    ),
    "POST /api/v1/invitations/look": lambda w: Call(None, body={"token": _token(w)}),
    "POST /api/v1/mandates": lambda w: Call(w.administrator, body=_mandate(w)),
    "POST /api/v1/mandates/{mandate_id}/end": _end_mandate,
    "GET /api/v1/notices": _own(limit=5),
    "POST /api/v1/notices/read": _notices_read,
    "GET /api/v1/notification-preferences": _own(),
    "PUT /api/v1/notification-preferences": _own(
        {
            "email": True,
            "push": True,
            "quiet": {"start": "21:00", "end": "05:00"},
            "topics": ["waits"],
            "urgent_passes": True,
        }
    ),
    "POST /api/v1/password": _own({"old": PASSWORD, "new": "layang layang di sawah"}),
    "GET /api/v1/people": _admin(limit=5),
    "POST /api/v1/people": _admin({"name": "Orang Contoh Baru"}),
    "GET /api/v1/people/{person_id}": lambda w: Call(
        w.administrator, {"person_id": w.signer.person_id}
    ),
    "PATCH /api/v1/people/{person_id}": lambda w: Call(
        w.administrator, {"person_id": w.person().id}, {"phone": "021555000"}
    ),
    "POST /api/v1/people/{person_id}/devices/{device_id}/report-lost": _of_their_device,
    "POST /api/v1/people/{person_id}/devices/{device_id}/revoke": _of_their_device,
    "POST /api/v1/people/{person_id}/leave": lambda w: Call(
        w.administrator, {"person_id": w.person().id}
    ),
    "PUT /api/v1/people/{person_id}/nik": lambda w: Call(
        w.officers[0], {"person_id": w.person().id}, {"nik": "3201234567890001"}
    ),
    "GET /api/v1/positions": _own(limit=5),
    "POST /api/v1/positions": lambda w: Call(
        w.administrator, body={"unit_id": str(_unit(w).id), "title": "Kepala Bidang Contoh"}
    ),
    "DELETE /api/v1/positions/{position_id}": lambda w: Call(
        w.administrator, {"position_id": _position(w).id}
    ),
    "PATCH /api/v1/positions/{position_id}": lambda w: Call(
        w.administrator, {"position_id": _position(w).id}, {"title": "Kepala Contoh"}
    ),
    "GET /api/v1/push/key": _own(),
    "DELETE /api/v1/push/subscription": _own(),
    "PUT /api/v1/push/subscription": _own(SUBSCRIPTION),
    "GET /api/v1/quarantine": _own(),
    "POST /api/v1/recovery-codes": _with_code,
    "POST /api/v1/roles": _role,
    "DELETE /api/v1/roles/{grant_id}": _take_role,
    "GET /api/v1/roles/{grant_id}/objection": lambda w: Call(w.auditor, _waiting_grant(w)),
    "POST /api/v1/roles/{grant_id}/objection": lambda w: Call(
        w.auditor, _waiting_grant(w), {"note": "Tidak ada surat keputusannya."}
    ),
    "DELETE /api/v1/session": _own(),
    "GET /api/v1/session": _own(),
    "PATCH /api/v1/session": _own({"language": "en"}),
    "POST /api/v1/session/refresh": _refresh,
    "GET /api/v1/sessions": _own(),
    "DELETE /api/v1/sessions/{session_id}": _end_other,
    "GET /api/v1/setup": lambda _: Call(None),
    "POST /api/v1/sign-in": _sign_in,
    "POST /api/v1/totp": _with_code,
    "POST /api/v1/totp/confirm": _totp_confirm,
    "GET /api/v1/units": _own(),
    "POST /api/v1/units": _admin({"name": "Dinas Baru", "code": "BARU"}),
    "DELETE /api/v1/units/{unit_id}": lambda w: Call(w.administrator, {"unit_id": _unit(w).id}),
    "PATCH /api/v1/units/{unit_id}": lambda w: Call(
        w.administrator, {"unit_id": _unit(w).id}, {"name": "Dinas Contoh"}
    ),
}


def _put_logo(world: World) -> None:
    answer = world.administrator.put("/agency/logo", data=PNG, content_type="image/png")
    assert answer.status_code == 200, answer.json
