"""Two officers: nobody becomes someone else by the word of one."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update

from backend.core.errors import DomainError
from backend.identity import devices
from backend.identity.models import (
    Account,
    DecisionState,
    Device,
    SecurityEvent,
    TwoOfficerDecision,
)
from backend.organisation.models import Role, RoleGrant
from tests.factories import people

CHECK = {"method": "tatap muka", "evidence": "KTP dan kartu pegawai", "checked_at": "2026-03-02"}


@pytest.fixture
def officers(work, browser_of):
    found = []
    for _ in range(3):
        officer = people.person(work.session)
        people.role(work.session, officer, Role.REGISTRATION_OFFICER)
        found.append(officer)
    return [browser_of(officer) for officer in found]


@pytest.fixture
def phone(browser_of, owner):
    return browser_of(owner)


def propose(officer, kind, person_id, **payload):
    body = {"kind": kind, "person_id": str(person_id), "payload": payload or CHECK}
    return officer.post("/decisions", body)


def decide(officers, kind, person_id, **payload):
    decision = propose(officers[0], kind, person_id, **payload).json
    return officers[1].post(f"/decisions/{decision['id']}/agree")


def test_one_proposes_and_another_agrees(officers, phone, owner):
    proposed = propose(officers[0], "issue-certificate", owner.id)
    assert (proposed.status_code, proposed.json["state"]) == (201, "proposed")
    own = officers[0].post(f"/decisions/{proposed.json['id']}/agree")
    assert own.json["code"] == "identity/same-officer"
    agreed = officers[1].post(f"/decisions/{proposed.json['id']}/agree", {"note": "Cocok."})
    assert agreed.json["state"] == "agreed"
    assert agreed.json["link"] is None
    late = officers[2].post(f"/decisions/{proposed.json['id']}/agree")
    assert late.json["code"] == "identity/decision-closed"


def test_the_person_it_is_about_is_neither_officer(officers):
    me, other = officers[0], officers[1]
    own = propose(me, "issue-certificate", me.person_id)
    assert own.json["code"] == "identity/own-case"
    about_me = propose(other, "issue-certificate", me.person_id).json
    for word, body in (("agree", {}), ("refuse", {"note": "Tidak."})):
        answer = me.post(f"/decisions/{about_me['id']}/{word}", body)
        assert answer.json["code"] == "identity/own-case"


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.OPERATOR, None])
def test_only_registration_officers_decide(browser_of, work, phone, owner, officers, role):
    person = people.person(work.session)
    if role:
        people.role(work.session, person, role, people.unit(work.session))
    browser = browser_of(person)
    assert propose(browser, "issue-certificate", owner.id).status_code == 403
    open_one = propose(officers[0], "issue-certificate", owner.id).json
    assert browser.post(f"/decisions/{open_one['id']}/agree").status_code == 403


def test_of_two_officers_who_agree_at_once_one_is_counted(officers, phone, owner):
    decision = propose(officers[0], "issue-certificate", owner.id).json
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(lambda o: o.post(f"/decisions/{decision['id']}/agree"), officers[1:])
        )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


def test_the_same_thing_is_proposed_once_at_a_time(officers, phone, owner):
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda o: propose(o, "issue-certificate", owner.id), officers))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


def test_refusing_needs_a_reason_and_closes(officers, phone, owner):
    decision = propose(officers[0], "issue-certificate", owner.id).json
    path = f"/decisions/{decision['id']}/refuse"
    assert officers[1].post(path, {}).status_code == 422
    assert officers[1].post(path, {"note": "Foto tidak cocok."}).json["state"] == "refused"
    assert officers[2].post(f"/decisions/{decision['id']}/agree").status_code == 409
    assert propose(officers[0], "issue-certificate", owner.id).status_code == 201


def test_only_the_proposer_withdraws(officers, phone, owner):
    decision = propose(officers[0], "issue-certificate", owner.id).json
    path = f"/decisions/{decision['id']}/withdraw"
    assert officers[1].post(path).status_code == 403
    assert officers[0].post(path).json["state"] == "withdrawn"


def test_how_identity_was_checked_must_be_written_down(officers, phone, owner):
    answer = propose(officers[0], "issue-certificate", owner.id, method="tatap muka")
    assert answer.json["code"] == "general/invalid"


def test_a_certificate_is_proposed_only_for_who_has_a_device(officers, owner):
    answer = propose(officers[0], "issue-certificate", owner.id)
    assert answer.json["code"] == "identity/nothing-to-decide"


def test_what_a_former_officer_proposed_is_nobodys_to_agree(officers, phone, owner, work):
    decision = propose(officers[0], "issue-certificate", owner.id).json
    work.session.execute(
        update(RoleGrant)
        .where(RoleGrant.person_id == officers[0].person_id)
        .values(revoked_at=work.now)
    )
    work.session.commit()
    answer = officers[1].post(f"/decisions/{decision['id']}/agree")
    assert answer.json["code"] == "identity/decision-closed"


def test_a_reset_suspends_signing_ends_sessions_and_gives_one_link(
    officers, phone, owner, work, new_client
):
    agreed = decide(officers, "reset-second-factor", owner.id)
    account = work.session.get(Account, owner.id)
    work.session.refresh(account)
    assert account.signing_suspended_at is not None
    assert account.totp_confirmed_at is None
    assert phone.get("/session").status_code == 401
    assert "/undangan#" in agreed.json["link"]
    again = officers[1].get("/decisions").text
    token = agreed.json["link"].rpartition("#")[2]
    assert token not in again
    client = new_client()
    look = client.post("/api/v1/invitations/look", json={"token": token}).json
    assert look["username"] == account.username
    body = {"token": token, "password": "layang layang di sawah"}
    assert client.post("/api/v1/invitations/accept", json=body).status_code == 204
    used = client.post("/api/v1/invitations/accept", json=body)
    assert used.json["code"] == "identity/invitation-ended"
    assert work.session.query(SecurityEvent).one().kind == "second-factor-reset"


def test_lifting_a_suspension_waits_for_the_new_authenticator_and_takes_two(
    officers, phone, owner, work
):
    assert propose(officers[0], "lift-suspension", owner.id).json["code"] == (
        "identity/nothing-to-decide"
    )
    account = work.session.get(Account, owner.id)
    account.signing_suspended_at = work.now
    work.session.commit()
    assert decide(officers, "lift-suspension", owner.id).json["state"] == "agreed"
    work.session.refresh(account)
    assert account.signing_suspended_at is None


@pytest.mark.parametrize("kind", ["approve-device", "issue-certificate"])
def test_two_officers_let_a_new_device_sign(officers, phone, owner, work, kind):
    waiting, _ = people.device(work.session, owner, may_sign_from=work.now.replace(year=2027))
    work.session.commit()
    decide(officers, kind, owner.id, **CHECK, device_id=str(waiting.id))
    work.session.refresh(waiting)
    assert waiting.may_sign_from == work.now
    devices.require_may_sign(work, waiting)


@pytest.mark.parametrize("device_id", ["bukan-uuid", "01a20101-368f-713f-975f-477bac5beec4"])
def test_a_device_that_is_not_the_persons_is_not_decided_on(officers, phone, owner, device_id):
    answer = propose(officers[0], "approve-device", owner.id, device_id=device_id)
    assert answer.status_code in {404, 422}


def test_decisions_are_listed_page_by_page(officers, phone, owner):
    for _ in range(3):
        decision = propose(officers[0], "issue-certificate", owner.id).json
        officers[0].post(f"/decisions/{decision['id']}/withdraw")
    first = officers[1].get("/decisions?limit=2").json
    rest = officers[1].get(f"/decisions?limit=2&cursor={first['next_cursor']}").json
    assert (len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (2, 1, None)
    assert officers[1].get("/decisions?cursor=!!").status_code == 422
    assert officers[1].get("/decisions?state=proposed").json["items"] == []


def test_every_word_is_in_the_trail(officers, phone, owner, work):
    from backend.audit import queries

    decide(officers, "issue-certificate", owner.id)
    actions = [e.action for e in queries.entries(work.session, subject_id=owner.id)]
    assert "decision.proposed" in actions
    assert "decision.agreed" in actions
    assert queries.verify(work.session).intact
    assert work.session.query(TwoOfficerDecision).one().state is DecisionState.AGREED
    assert work.session.query(Device).count() == 4
    with pytest.raises(DomainError):
        devices.live_device(work, phone.device_id, person_id=officers[0].person_id)
