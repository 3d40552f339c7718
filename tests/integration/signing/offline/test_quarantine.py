"""A phone is reported lost: what it sends afterwards is kept apart, whatever time it claims."""

from typing import Any

import pytest
from sqlalchemy import text

from backend.bootstrap import Services
from backend.core.db import Actor
from backend.documents.models import DocumentState
from backend.identity import devices
from backend.identity.models import (
    Device,
    Quarantined,
    QuarantineKind,
    SecurityEvent,
    SecurityEventKind,
)
from backend.organisation.models import Role
from backend.routing.models import StepState
from mobile_api.app import Application
from tests.factories import people
from tests.factories.away import Away, Statement
from tests.factories.phones import PASSPHRASE
from tests.factories.signings import Case
from tests.support.browser import Browser, signed_in
from tests.support.clock import SettableClock

refusal = pytest.mark.refusal


@pytest.fixture
def lost(app: Application, services: Services, away: Away) -> Browser:
    """The phone that will be lost, signed in."""
    phone = away.signatory.phone
    return signed_in(app, services, phone.person, device=phone.device)


@pytest.fixture
def healthy(app: Application, services: Services, away: Away) -> Browser:
    """Another phone of the same person."""
    return signed_in(app, services, away.signatory.person)


def send(browser: Browser, statement: Statement) -> Any:
    return browser.post(
        "/sync/authorisations",
        {"sad": statement.sad, "secrets": statement.secrets},
        headers={"Idempotency-Key": statement.entry},
    )


def report(healthy: Browser, away: Away) -> None:
    answer = healthy.post(f"/devices/{away.signatory.phone.device.id}/report-lost")
    assert answer.status_code == 200


@refusal("offline/quarantined", "its owner or a registration officer reported it lost", of="device")
def test_what_a_lost_phone_sends_is_kept_without_its_secrets(
    app: Application,
    away: Away,
    lost: Browser,
    healthy: Browser,
    paper: Case,
    services: Services,
    clock: SettableClock,
) -> None:
    before = away.authorise()  # made long before the report
    clock.advance(minutes=10)
    report(healthy, away)
    clock.advance(minutes=30)  # its access has run out, too
    refused = send(lost, before)
    assert (refused.status_code, refused.json["code"]) == (403, "offline/quarantined")
    assert send(lost, before).json["code"] == "offline/quarantined"  # and is kept once
    assert paper.next_step.state is StepState.TICKED

    later = signed_in(app, services, away.signatory.person)
    (item,) = later.get("/quarantine").json["items"]
    assert item["kind"] == "authorisation"
    assert item["device_id"] == str(away.signatory.phone.device.id)
    assert [p["document_id"] for p in item["papers"]] == [str(paper.document_id)]
    assert item["claimed_at"] < item["arrived_at"]
    with services.work() as work:
        kinds = [event.kind for event in work.session.query(SecurityEvent)]
        assert kinds.count(SecurityEventKind.SENT_FROM_LOST) == 1
        # Neither the sealed secrets nor what was typed lies anywhere in the database.
        tables = work.session.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ).all()
        for needle in (PASSPHRASE, before.secrets, before.secrets.rsplit(".", 2)[1]):
            for table in tables:
                found = work.session.scalar(
                    text(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE :needle'),  # noqa: S608
                    {"needle": f"%{needle}%"},
                )
                assert not found, table


def test_it_is_kept_apart_too_when_the_phone_signed_in_anew(
    away: Away, healthy: Browser, services: Services
) -> None:
    statement = away.authorise()
    report(healthy, away)
    refused = send(healthy, statement)  # under another device's session
    assert refused.json["code"] == "offline/quarantined"
    (item,) = healthy.get("/quarantine").json["items"]
    assert item["claimed_at"] is not None


def test_ticks_initials_returns_and_rejections_of_a_lost_phone_are_kept(
    away: Away, lost: Browser, healthy: Browser, paper: Case, services: Services
) -> None:
    report(healthy, away)
    step = paper.next_step
    for what in ("opened", "tick", "initial", "return", "reject"):
        body = {"statement": "x" * 20} if what == "tick" else {}
        answer = lost.post(f"/steps/{step.id}/{what}", body)
        assert answer.json["code"] == "offline/quarantined"
    kinds = [item["kind"] for item in healthy.get("/quarantine").json["items"]]
    assert kinds == ["reject", "return", "initial", "tick"]
    assert lost.get(f"/steps/{step.id}").json["code"] == "general/sign-in-required"
    assert paper.next_step.state is StepState.TICKED


def test_a_revoked_phone_is_only_asked_to_sign_in(
    away: Away, lost: Browser, paper: Case, services: Services
) -> None:
    with services.work() as work:
        devices.revoke(work, away.signatory.phone.device.id, person_id=None)
    assert lost.post(f"/steps/{paper.next_step.id}/reject").status_code == 401
    with services.work() as work:
        assert work.session.query(Quarantined).count() == 0


def test_cookies_without_their_sessions_token_are_nobodys(
    away: Away, lost: Browser, healthy: Browser, paper: Case, services: Services
) -> None:
    report(healthy, away)
    lost.csrf = "bukan-tokennya"
    assert lost.post(f"/steps/{paper.next_step.id}/reject").status_code == 401
    with services.work() as work:
        assert work.session.query(Quarantined).count() == 0


def test_a_registration_officer_reports_it_as_well(
    app: Application, services: Services, away: Away, lost: Browser
) -> None:
    with services.work() as work:
        officer = people.person(work.session)
        people.role(work.session, officer, Role.REGISTRATION_OFFICER)
    desk = signed_in(app, services, officer)
    person, device = away.signatory.person.id, away.signatory.phone.device.id
    assert desk.post(f"/people/{person}/devices/{device}/report-lost").status_code == 200
    assert send(lost, away.authorise()).json["code"] == "offline/quarantined"
    assert desk.get("/quarantine").json["items"] == []  # it is its owner's alone


@refusal("offline/quarantine-decided", "deciding on it: it was discarded or confirmed", of="device")
def test_its_owner_discards_it_once(
    away: Away, lost: Browser, healthy: Browser, paper: Case
) -> None:
    report(healthy, away)
    send(lost, away.authorise())
    (item,) = healthy.get("/quarantine").json["items"]
    assert healthy.post(f"/quarantine/{item['id']}/discard").status_code == 204
    assert healthy.get("/quarantine").json["items"] == []
    again = healthy.post(f"/quarantine/{item['id']}/discard")
    assert again.json["code"] == "offline/quarantine-decided"
    assert paper.next_step.state is StepState.TICKED


def test_its_owner_confirms_it_with_a_fresh_activation_from_a_healthy_phone(
    away: Away,
    lost: Browser,
    healthy: Browser,
    paper: Case,
    services: Services,
    clock: SettableClock,
) -> None:
    statement = away.authorise()
    report(healthy, away)
    send(lost, statement)
    (item,) = healthy.get("/quarantine").json["items"]
    path = f"/quarantine/{item['id']}/confirm"

    old = healthy.post(path, {"sad": statement.sad, "secrets": statement.secrets})
    assert old.status_code >= 400  # what was quarantined is never an activation itself
    clock.advance(minutes=5)
    phone = away.signatory.phone
    assert healthy.key is not None
    with services.work() as work:
        phone.device = work.session.get_one(Device, healthy.device_id)
    phone.key = healthy.key
    stranger = phone.sad([{**away.documents[0], "step": "0192b1c0-0000-7000-8000-000000000001"}])
    other = healthy.post(path, dict(zip(("sad", "secrets"), stranger, strict=True)))
    assert other.json["code"] == "signing/not-of-batch"

    sad, secrets = phone.sad(away.documents)
    answer = healthy.post(path, {"sad": sad, "secrets": secrets})
    assert answer.status_code == 200, answer.text
    assert [one["outcome"] for one in answer.json["items"]] == ["signed"]
    assert paper.document().state is DocumentState.SIGNED
    assert healthy.get("/quarantine").json["items"] == []


@refusal("offline/do-again", "confirming a tick, initial, return or rejection", of="device")
def test_a_tick_is_not_confirmed_but_made_again(
    away: Away, lost: Browser, healthy: Browser, paper: Case
) -> None:
    report(healthy, away)
    lost.post(f"/steps/{paper.next_step.id}/reject", {"note": "Salah."})
    (item,) = healthy.get("/quarantine").json["items"]
    statement = away.authorise()
    answer = healthy.post(
        f"/quarantine/{item['id']}/confirm", {"sad": statement.sad, "secrets": statement.secrets}
    )
    assert answer.json["code"] == "offline/do-again"


def test_nobody_else_sees_or_decides_on_it(
    app: Application, services: Services, away: Away, lost: Browser, healthy: Browser
) -> None:
    report(healthy, away)
    send(lost, away.authorise())
    (item,) = healthy.get("/quarantine").json["items"]
    with services.work() as work:
        stranger = people.official(work.session)
    browser = signed_in(app, services, stranger)
    assert browser.get("/quarantine").json["items"] == []
    assert browser.post(f"/quarantine/{item['id']}/discard").status_code == 404


def test_a_stolen_phone_fills_no_database(
    away: Away, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    from backend.identity import quarantine

    monkeypatch.setattr(quarantine, "MOST", 3)
    with services.work(Actor(person_id=away.signatory.person.id)) as work:
        device = work.session.get_one(Device, away.signatory.phone.device.id)
        for number in range(5):
            quarantine.keep(
                work, device, QuarantineKind.REJECT, entry=f"entri-{number}", steps=["x"]
            )
        assert len(quarantine.waiting(work)) == 3
