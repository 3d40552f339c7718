"""Access ends the same minute, for each of the ways it can end."""

import pytest

from backend.audit import queries
from backend.core.errors import DomainError
from backend.identity import departure, statements
from backend.identity.models import DecisionKind, DecisionState, TwoOfficerDecision
from backend.organisation import appointments, mandates
from backend.organisation.models import Mandate, Person, Role, RoleGrant
from tests.factories import people


@pytest.fixture
def administrator(work, browser_of):
    person = people.person(work.session)
    people.role(work.session, person, Role.ADMINISTRATOR)
    return browser_of(person)


def test_who_leaves_is_out_with_the_next_request(administrator, browser_of, owner, work, services):
    phone = browser_of(owner)
    mandate = work.session.query(Mandate).filter_by(person_id=owner.id).one()
    assert phone.get("/session").status_code == 200
    assert administrator.post(f"/people/{owner.id}/leave").json["left_at"]
    assert phone.get("/session").status_code == 401
    refreshed = phone.client.post(
        "/api/v1/session/refresh", json={}, headers={"X-CSRF-Token": phone.csrf}
    )
    assert refreshed.json["code"] == "identity/session-ended"
    work.session.expire_all()
    assert mandates.valid_mandate(work.session, owner.id, mandate.position_id, work.now) is None
    assert all(g.revoked_at for g in work.session.query(RoleGrant).filter_by(person_id=owner.id))
    with pytest.raises(DomainError):
        statements.verify(
            work,
            owner.id,
            phone.state("tick+jwt"),
            "tick+jwt",
            audience=services.settings.origin,
        )
    assert administrator.post(f"/people/{owner.id}/leave").status_code == 404


def test_what_they_did_stays_in_the_trail(administrator, owner, work):
    administrator.post(f"/people/{owner.id}/leave")
    actions = {e.action for e in queries.entries(work.session, subject_id=owner.id)}
    assert {"person.left", "role.revoked"} <= actions
    assert work.session.get(Person, owner.id).name


def test_the_position_waits_for_the_next_holder(administrator, owner, work):
    position_id = work.session.query(Mandate).filter_by(person_id=owner.id).one().position_id
    administrator.post(f"/people/{owner.id}/leave")
    successor = people.person(work.session)
    work.session.commit()
    body = {
        "person_id": str(successor.id),
        "position_id": str(position_id),
        "kind": "definitif",
        "decree_number": "SK/9/CONTOH",
        "starts_at": work.now.isoformat(),
    }
    assert administrator.post("/mandates", body).status_code == 201
    assert mandates.valid_mandate(work.session, successor.id, position_id, work.now)


def test_a_revoked_role_closes_its_doors_with_the_next_request(administrator, browser_of, work):
    officer = people.person(work.session)
    grant = people.role(work.session, officer, Role.REGISTRATION_OFFICER)
    browser = browser_of(officer)
    assert browser.get("/decisions").status_code == 200
    assert administrator.delete(f"/roles/{grant.id}").status_code == 204
    assert browser.get("/decisions").status_code == 403


def test_an_ended_mandate_takes_the_officials_role_with_it(administrator, browser_of, work, clock):
    person = people.person(work.session)
    mandate = people.mandate(work.session, person, people.position(work.session))
    browser = browser_of(person)
    assert [r["role"] for r in browser.get("/session").json["roles"]] == ["official"]
    assert administrator.post(f"/mandates/{mandate.id}/end", {}).status_code == 200
    session = browser.get("/session").json
    assert session["roles"] == []
    assert session["mandates"] == []


def test_an_acting_mandate_ends_by_the_clock(browser_of, work, clock):
    person = people.person(work.session)
    ends_at = work.now.replace(hour=3)
    people.mandate(work.session, person, people.position(work.session), kind="plh", ends_at=ends_at)
    browser = browser_of(person)
    assert browser.get("/session").json["mandates"][0]["capacity"].startswith("Plh. ")
    clock.set(ends_at)
    access = browser.client.post(
        "/api/v1/session/refresh", json={}, headers={"X-CSRF-Token": browser.csrf}
    )
    assert access.json["mandates"] == []
    assert access.json["roles"] == []


def test_the_last_administrator_stays(administrator, work):
    answer = administrator.post(f"/people/{administrator.person_id}/leave")
    assert answer.json["code"] == "identity/last-administrator"
    grant = work.session.query(RoleGrant).filter_by(role=Role.ADMINISTRATOR).one()
    answer = administrator.delete(f"/roles/{grant.id}")
    assert answer.json["code"] == "identity/last-administrator"
    assert administrator.get("/session").status_code == 200


@pytest.mark.parametrize("leaver", ["officer", "subject"])
def test_open_decisions_by_or_about_who_left_are_withdrawn(work, owner, leaver):
    officer = people.person(work.session)
    people.role(work.session, officer, Role.REGISTRATION_OFFICER)
    decision = TwoOfficerDecision(
        kind=DecisionKind.ISSUE_CERTIFICATE,
        person_id=owner.id,
        payload={},
        state=DecisionState.PROPOSED,
        proposed_by=officer.id,
        created_at=work.now,
    )
    work.session.add(decision)
    work.session.flush()
    departure.leave(work, officer.id if leaver == "officer" else owner.id)
    assert decision.state is DecisionState.WITHDRAWN


def test_changing_position_moves_what_one_may_act_for(work, owner):
    old = work.session.query(Mandate).filter_by(person_id=owner.id).one()
    new = people.position(work.session)
    appointments.end_mandate(work, old.id)
    appointments.give_mandate(
        work, owner.id, new.id, people.MandateKind.DEFINITIVE, "SK/10", starts_at=work.now
    )
    held = [m.position_id for m in mandates.mandates_of(work.session, owner.id, work.now)]
    assert held == [new.id]
