"""No one person's word makes an officer, or turns one person into another."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from backend.core.db import Actor, Work
from backend.core.errors import DomainError
from backend.identity import decisions, grants, officers
from backend.identity.models import DecisionKind, DecisionState, TwoOfficerDecision
from backend.notifications.models import Notice
from backend.organisation import mandates
from backend.organisation.models import Person, Role, RoleGrant
from tests.factories import people

DAY = timedelta(hours=24)


@pytest.fixture
def holder(work):
    """`holder(role)`: a person with an account and that role, long since."""

    def make(role: Role | None = None, **facts) -> Person:
        person = people.person(work.session)
        people.account(work.session, person, totp_confirmed_at=people.LONG_AGO)
        if role:
            people.role(work.session, person, role, **facts)
        return person

    return make


@pytest.fixture
def administrator(holder):
    return holder(Role.ADMINISTRATOR)


@pytest.fixture
def head(work):
    chair = people.position(work.session, head_of_unit=True)
    return people.official(work.session, chair)


@pytest.fixture
def checked(work, holder):
    """Somebody whose identity two officers checked: the house is past its set-up."""
    officer, signer = holder(), holder()
    decision = TwoOfficerDecision(
        kind=DecisionKind.ISSUE_CERTIFICATE,
        person_id=signer.id,
        payload={},
        state=DecisionState.AGREED,
        proposed_by=officer.id,
        created_at=work.now,
        decided_at=work.now,
    )
    work.session.add(decision)
    work.session.flush()
    return signer


def acting(work: Work, person: Person, *roles: Role) -> Work:
    return Work(work.session, work.clock, Actor(person.id, roles=frozenset(roles)))


def name_officer(work, administrator, person) -> RoleGrant:
    return grants.give_role(
        acting(work, administrator, Role.ADMINISTRATOR), person.id, Role.REGISTRATION_OFFICER
    )


def code(refused) -> str:
    return refused.value.code


def told(work, run_jobs, person, event) -> list[dict]:
    work.session.commit()
    run_jobs()
    notices = work.session.scalars(select(Notice).where(Notice.person_id == person.id))
    return [n.data for n in notices if n.data.get("event") == event]


class TestBeforeAnybodyWasChecked:
    def test_the_administrator_names_the_first_two_and_not_a_third(
        self, work, administrator, holder
    ):
        first, second = (name_officer(work, administrator, holder()) for _ in range(2))
        assert first.counts_from == second.counts_from == work.now
        with pytest.raises(DomainError) as refused:
            name_officer(work, administrator, holder())
        assert code(refused) == "identity/officers-decide"

    def test_of_two_administrators_at_once_one_names_the_second(
        self, work, sessions, administrator, holder
    ):
        holder(Role.REGISTRATION_OFFICER)
        second, third = holder(), holder()
        work.session.commit()

        def name_third():
            with sessions() as session:
                name_officer(Work(session, work.clock), administrator, third)
                session.commit()

        with ThreadPoolExecutor(1) as pool:
            name_officer(work, administrator, second)
            naming = pool.submit(name_third)
            wait([naming], timeout=0.5)
            work.session.commit()
            with pytest.raises(DomainError) as refused:
                naming.result()
        assert code(refused) == "identity/officers-decide"

    @pytest.mark.parametrize("role", [Role.REGISTRATION_OFFICER, Role.AUDITOR, Role.OFFICIAL])
    def test_nobody_gives_a_role_to_themselves(self, work, administrator, role):
        with pytest.raises(DomainError) as refused:
            grants.give_role(
                acting(work, administrator, Role.ADMINISTRATOR), administrator.id, role
            )
        assert code(refused) == "identity/own-rights"

    def test_nobody_takes_a_chair_by_themselves(self, work, administrator):
        with pytest.raises(DomainError) as refused:
            grants.appoint(
                acting(work, administrator, Role.ADMINISTRATOR),
                administrator.id,
                people.position(work.session).id,
                people.MandateKind.PLT,
                "SK/1",
                starts_at=work.now,
                ends_at=work.now + DAY,
            )
        assert code(refused) == "identity/own-rights"


@pytest.mark.usefixtures("checked", "pair")
class TestTwoOfficersNameAThird:
    @pytest.fixture
    def pair(self, holder):
        return [holder(Role.REGISTRATION_OFFICER) for _ in range(2)]

    def propose(self, work, proposer, role, person):
        return decisions.propose(
            acting(work, proposer, role), DecisionKind.MAKE_OFFICER, person.id, {"decree": "SK/7"}
        )

    def agree(self, work, officer, decision):
        return decisions.agree(acting(work, officer, Role.REGISTRATION_OFFICER), decision.id)

    def test_one_officer_proposes_and_the_other_agrees(self, work, pair, holder):
        newcomer = holder()
        decision = self.propose(work, pair[0], Role.REGISTRATION_OFFICER, newcomer)
        assert newcomer.id not in officers.active(work)
        self.agree(work, pair[1], decision)
        assert newcomer.id in officers.active(work)

    def test_an_administrators_proposal_takes_the_words_of_two_officers(
        self, work, administrator, pair, holder
    ):
        newcomer = holder()
        decision = self.propose(work, administrator, Role.ADMINISTRATOR, newcomer)
        assert self.agree(work, pair[0], decision).decision.state is DecisionState.PROPOSED
        with pytest.raises(DomainError) as refused:
            self.agree(work, pair[0], decision)
        assert code(refused) == "identity/same-officer"
        assert newcomer.id not in officers.active(work)
        assert self.agree(work, pair[1], decision).decision.state is DecisionState.AGREED
        assert newcomer.id in officers.active(work)

    def test_the_first_word_falls_with_its_officer(self, work, administrator, pair, holder):
        decision = self.propose(work, administrator, Role.ADMINISTRATOR, holder())
        self.agree(work, pair[0], decision)
        grant = work.session.scalar(select(RoleGrant).where(RoleGrant.person_id == pair[0].id))
        grants.take_role(work, grant.id)
        assert decision.state is DecisionState.WITHDRAWN

    def test_an_administrator_proposes_nothing_else_and_agrees_to_nothing(
        self, work, administrator, holder
    ):
        person = holder()
        with pytest.raises(DomainError) as refused:
            decisions.propose(
                acting(work, administrator, Role.ADMINISTRATOR),
                DecisionKind.RESET_SECOND_FACTOR,
                person.id,
                {"method": "m", "evidence": "e"},
            )
        assert code(refused) == "general/forbidden"
        decision = self.propose(work, administrator, Role.ADMINISTRATOR, person)
        with pytest.raises(DomainError):
            decisions.agree(acting(work, administrator, Role.ADMINISTRATOR), decision.id)

    def test_nobody_is_proposed_by_themselves(self, work, administrator):
        with pytest.raises(DomainError) as refused:
            self.propose(work, administrator, Role.ADMINISTRATOR, administrator)
        assert code(refused) == "identity/own-case"


@pytest.mark.usefixtures("checked", "left")
class TestWhenTooFewAreLeft:
    @pytest.fixture
    def left(self, holder):
        return holder(Role.REGISTRATION_OFFICER)

    def test_the_grant_counts_after_a_day(self, work, administrator, holder, clock):
        newcomer = holder()
        grant = name_officer(work, administrator, newcomer)
        assert grant.counts_from == work.now + DAY
        assert newcomer.id not in officers.active(work)
        clock.advance(DAY)
        assert newcomer.id in officers.active(work)

    def test_giving_it_again_changes_nothing(self, work, administrator, holder):
        newcomer = holder()
        first = name_officer(work, administrator, newcomer)
        assert name_officer(work, administrator, newcomer).id == first.id
        assert first.counts_from == work.now + DAY

    @pytest.mark.parametrize("path", ["agree", "refuse"])
    def test_until_then_every_officers_door_says_from_when(
        self, work, checked, administrator, left, browser_of, holder, path
    ):
        newcomer = holder()
        grant = name_officer(work, administrator, newcomer)
        decision = decisions.propose(
            acting(work, left, Role.REGISTRATION_OFFICER),
            DecisionKind.RESET_SECOND_FACTOR,
            checked.id,
            {"method": "m", "evidence": "e"},
        )
        browser = browser_of(newcomer)
        device, _ = people.device(work.session, checked)
        work.session.commit()
        for answer in (
            browser.get("/decisions"),
            browser.get("/people"),
            browser.post(f"/decisions/{decision.id}/{path}", {"note": "Cocok."}),
            browser.post(
                "/decisions",
                {"kind": "issue-certificate", "person_id": str(checked.id), "payload": {}},
            ),
            browser.post(f"/people/{checked.id}/devices/{device.id}/revoke"),
            browser.post(
                f"/certificates/{checked.id}/revoke", {"reason": "superseded", "note": "x"}
            ),
        ):
            assert answer.json["code"] == "identity/officer-waits", answer.json
            assert answer.json["params"]["counts_from"] == grant.counts_from.isoformat()

    def test_every_guardian_is_told_and_any_of_them_can_object(
        self, work, administrator, left, head, holder, run_jobs, browser_of
    ):
        auditor, newcomer = holder(Role.AUDITOR), holder()
        grant = name_officer(work, administrator, newcomer)
        for guardian in (left, auditor, head):
            (data,) = told(work, run_jobs, guardian, "role-granted")
            assert data["details"]["counts_from"] == grant.counts_from.isoformat()
        path = f"/roles/{grant.id}/objection"
        assert browser_of(newcomer).post(path, {"note": "Jangan."}).status_code == 404
        assert browser_of(holder()).get(path).status_code == 404
        assert browser_of(head).get(path).json["waiting"] is True
        answer = browser_of(auditor).post(path, {"note": "Tidak ada surat keputusannya."})
        assert answer.json["revoked_at"]
        late = browser_of(left).post(path, {"note": "Saya juga."})
        assert late.json["code"] == "identity/objection-late"
        assert told(work, run_jobs, newcomer, "role-objected")

    def test_pushing_the_honest_out_first_is_told_and_leaves_them_their_no(
        self, work, administrator, left, holder, run_jobs, browser_of
    ):
        auditor, newcomer = holder(Role.AUDITOR), holder()
        act = acting(work, administrator, Role.ADMINISTRATOR)
        for honest in (left, auditor):
            grant = work.session.scalar(select(RoleGrant).where(RoleGrant.person_id == honest.id))
            grants.take_role(act, grant.id)
        grant = name_officer(work, administrator, newcomer)
        assert told(work, run_jobs, left, "role-revoked")
        assert told(work, run_jobs, auditor, "role-granted")
        answer = browser_of(left).post(f"/roles/{grant.id}/objection", {"note": "Bukan begini."})
        assert answer.status_code == 200
        assert newcomer.id not in officers.active(work)

    def test_the_machines_operator_names_at_once_and_is_told_of(self, work, left, holder, run_jobs):
        newcomer = holder()
        grant = grants.give_role(work, newcomer.id, Role.REGISTRATION_OFFICER)
        assert grant.counts_from == work.now
        assert told(work, run_jobs, left, "role-granted")


class TestBecomingSomebodyElse:
    @pytest.mark.parametrize("fact", ["name", "nip"])
    def test_a_checked_identity_is_not_the_administrators_to_change(
        self, work, checked, administrator, fact
    ):
        act = acting(work, administrator, Role.ADMINISTRATOR)
        value = {"name": "Bupati Contoh", "nip": "199001012020011001"}[fact]
        with pytest.raises(DomainError) as refused:
            grants.change_facts(act, checked.id, **{fact: value})
        assert code(refused) == "identity/identity-checked"
        same = {fact: getattr(checked, fact)}
        assert grants.change_facts(act, checked.id, **same, phone="0812").phone == "0812"

    def test_nor_is_one_that_an_officer_saw_and_the_other_is_yet_to(
        self, work, administrator, holder
    ):
        officer, signer = holder(Role.REGISTRATION_OFFICER), holder()
        people.device(work.session, signer)
        facts = {"method": "m", "evidence": "KTP", "checked_at": "2026-07-06"}
        act = acting(work, officer, Role.REGISTRATION_OFFICER)
        decision = decisions.propose(act, DecisionKind.ISSUE_CERTIFICATE, signer.id, facts)
        change = partial(
            grants.change_facts, acting(work, administrator, Role.ADMINISTRATOR), signer.id
        )
        with pytest.raises(DomainError) as refused:
            change(name="Bupati Contoh")
        assert code(refused) == "identity/identity-checked"
        decisions.withdraw(act, decision.id)
        assert change(name="Nama Benar").name == "Nama Benar"

    def test_no_officer_makes_themselves_a_custodian_of_the_seal(self, work, holder):
        officer, other, custodian = (
            holder(Role.REGISTRATION_OFFICER),
            holder(Role.REGISTRATION_OFFICER),
            holder(),
        )
        for each in (officer, custodian):
            people.device(work.session, each)
        facts = {"decree": "SK/9", "second_custodian_id": str(officer.id)}
        order = (DecisionKind.MAKE_SEAL, custodian.id, facts)
        with pytest.raises(DomainError) as refused:
            decisions.propose(acting(work, officer, Role.REGISTRATION_OFFICER), *order)
        assert code(refused) == "identity/own-case"
        decision = decisions.propose(acting(work, other, Role.REGISTRATION_OFFICER), *order)
        with pytest.raises(DomainError) as refused:
            decisions.agree(acting(work, officer, Role.REGISTRATION_OFFICER), decision.id)
        assert code(refused) == "identity/own-case"

    def test_a_citizens_number_is_another_officers_to_enter_and_a_change_is_told(
        self, work, holder, run_jobs, browser_of
    ):
        officer, signer = holder(Role.REGISTRATION_OFFICER), holder()
        browser = browser_of(officer)
        own = browser.put(f"/people/{officer.id}/nik", {"nik": "3300000000000001"})
        assert own.json["code"] == "identity/own-case"
        for number, times in (("3300000000000002", 0), ("3300000000000003", 1)):
            answer = browser.put(f"/people/{signer.id}/nik", {"nik": number})
            assert answer.status_code == 204
            assert len(told(work, run_jobs, signer, "identity-corrected")) == times
        with pytest.raises(DomainError) as refused:
            grants.change_facts(acting(work, holder(), Role.ADMINISTRATOR), signer.id, name="Lain")
        assert code(refused) == "identity/identity-checked"

    def test_two_officers_correct_it(self, work, checked, holder):
        one, other = holder(Role.REGISTRATION_OFFICER), holder(Role.REGISTRATION_OFFICER)
        decision = decisions.propose(
            acting(work, one, Role.REGISTRATION_OFFICER),
            DecisionKind.CORRECT_IDENTITY,
            checked.id,
            {"method": "m", "evidence": "Ijazah", "name": "Nama Baru, S.E."},
        )
        decisions.agree(acting(work, other, Role.REGISTRATION_OFFICER), decision.id)
        assert checked.name == "Nama Baru, S.E."

    @pytest.mark.parametrize("wrong", [{}, {"nip": "12"}, {"name": " "}, {"nip": "taken"}])
    def test_a_correction_corrects_something_to_something_possible(
        self, work, checked, holder, wrong
    ):
        one, other = holder(Role.REGISTRATION_OFFICER), holder()
        facts = {k: other.nip if v == "taken" else v for k, v in wrong.items()}
        with pytest.raises(DomainError):
            decisions.propose(
                acting(work, one, Role.REGISTRATION_OFFICER),
                DecisionKind.CORRECT_IDENTITY,
                checked.id,
                {"method": "m", "evidence": "e", **facts},
            )

    def test_an_account_once_opened_is_not_invited_to_again(self, browser_of, holder):
        person = holder()
        administrator = browser_of(holder(Role.ADMINISTRATOR))
        body = {"person_id": str(person.id), "username": "lain"}
        again = administrator.post("/invitations", body)
        assert again.json["code"] == "identity/account-exists"
        administrator.post(f"/people/{person.id}/leave")
        assert administrator.post("/invitations", body).status_code == 404
        twin = {"name": person.name, "nip": person.nip}
        assert administrator.post("/people", twin).json["code"] == "organisation/nip-taken"

    def test_a_new_holder_of_a_chair_is_told_to_those_who_know_it(
        self, work, administrator, head, holder, run_jobs
    ):
        chair = mandates.mandates_of(work.session, head.id, work.now)[0].position
        puppet, auditor = holder(), holder(Role.AUDITOR)
        grants.appoint(
            acting(work, administrator, Role.ADMINISTRATOR),
            puppet.id,
            chair.id,
            people.MandateKind.PLH,
            "SK/8",
            starts_at=work.now,
            ends_at=work.now + DAY,
        )
        for person in (head, auditor, puppet):
            assert told(work, run_jobs, person, "mandate-given")
