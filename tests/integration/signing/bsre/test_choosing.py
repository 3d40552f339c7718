"""Whom the agency signs with, and how, is its administrator's choice, which counts at once."""

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from backend.audit.models import AuditEntry
from backend.documents.models import DocumentState
from backend.organisation.models import Role
from backend.signing import unknown
from backend.signing.models import Prepared
from mobile_api.app import Application
from tests.factories import people
from tests.factories.national import Nation, authorise
from tests.factories.signings import Case, case
from tests.fakes.bsre import Fault
from tests.integration.signing.bsre.leaving_open import left_open, officer
from tests.support.browser import Browser, signed_in
from tests.support.jobs import run_pending

USUAL = {
    "version": "v2",
    "activation": "passphrase",
    "visible": True,
    "tags": False,
    "files": 1,
    "corners": False,
    "unturned": False,
}
PATH = "/agency/provider"


def somebody(app: Application, national: Nation, role: Role) -> Browser:
    app.serve(national.services)
    with national.services.work() as work:
        person = people.person(work.session)
        people.role(work.session, person, role)
    return signed_in(app, national.services, person)


def chosen(browser: Browser, provider: str, **service: Any) -> Any:
    answer = browser.put(PATH, {"provider": provider, "service": service})
    assert answer.status_code == 200, answer.json
    return answer.json["service"]


def prepared(paper: Case) -> Prepared:
    with paper.work() as work:
        live = select(Prepared).where(
            Prepared.document_id == paper.document_id, Prepared.voided_at.is_(None)
        )
        return work.session.scalars(live).one()


def test_what_waits_is_prepared_anew_for_whoever_signs_from_now_on(
    app: Application, one_nation: Nation
) -> None:
    paper = case(one_nation.services)
    paper.tick(paper.signatories[0])
    paper.prepare()
    one_nation.enrol(paper.signatories[0].person)
    one_nation.trust()
    assert prepared(paper).provider == "local"
    administrator = somebody(app, one_nation, Role.ADMINISTRATOR)
    known = {"provider": "local", "service": USUAL, "service_known": True}
    assert administrator.get(PATH).json == known

    assert chosen(administrator, "bsre", version="v1") == USUAL | {"version": "v1"}
    run_pending(one_nation.services)
    visible = prepared(paper)
    assert (visible.provider, bool(visible.layout["placement"])) == ("bsre", True)

    chosen(administrator, "bsre", version="v2", visible=False)
    run_pending(one_nation.services)
    bare = prepared(paper)
    assert (bare.provider, bare.layout["placement"]) == ("bsre", None)

    chosen(administrator, "bsre", version="v1", visible=False)
    run_pending(one_nation.services)
    assert prepared(paper).id == bare.id, "who is asked in which words changes no file"

    authorise(paper, paper.signatories[0])
    assert paper.document().state is DocumentState.SIGNED
    assert "POST /api/sign/pdf" in one_nation.server.house.calls
    with one_nation.services.work() as work:
        entries = work.session.query(AuditEntry).filter_by(action="agency.provider-chosen")
        said = [entry.data for entry in entries.order_by(AuditEntry.seq)]
    assert [(one["provider"], one["version"], one["visible"]) for one in said] == [
        ("bsre", "v1", True), ("bsre", "v2", False), ("bsre", "v1", False)
    ]  # fmt: skip


def test_what_cannot_be_done_is_not_chosen(app: Application, one_nation: Nation) -> None:
    one_nation.case()
    administrator = somebody(app, one_nation, Role.ADMINISTRATOR)
    for impossible in ({"version": "v1", "files": 2}, {"version": "v1", "activation": "code"}):
        refused = administrator.put(PATH, {"provider": "bsre", "service": impossible})
        assert (refused.status_code, refused.json["code"]) == (422, "general/invalid")
    auditor = somebody(app, one_nation, Role.AUDITOR)
    assert auditor.get(PATH).json["provider"] == "bsre"
    assert auditor.put(PATH, {"provider": "local"}).status_code == 403

    settings = one_nation.services.settings.model_copy(update={"bsre_url": None})
    one_nation.services = replace(one_nation.services, settings=settings)
    administrator = somebody(app, one_nation, Role.ADMINISTRATOR)
    assert administrator.get(PATH).json["service_known"] is False
    refused = administrator.put(PATH, {"provider": "bsre"})
    assert refused.json["code"] == "signing/service-not-set-up"


def test_what_the_service_left_open_is_settled_whoever_signs_by_now(
    app: Application, one_nation: Nation
) -> None:
    paper, attempt_id = left_open(one_nation, Fault.CUT_AFTER_SIGNING)
    chosen(somebody(app, one_nation, Role.ADMINISTRATOR), "local")
    run_pending(one_nation.services)
    assert paper.document().state is DocumentState.UNKNOWN
    (kept,) = one_nation.server.house.signed

    services = one_nation.services
    unknown.settle_signed(services.work, services.signing, officer(paper), attempt_id, kept)

    assert paper.document().state is DocumentState.SIGNED
