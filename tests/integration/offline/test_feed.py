"""What a phone learns from the change feed, and when."""

from datetime import timedelta

import pytest

from backend.documents.models import DocumentType, Secrecy, Urgency
from backend.organisation.models import Agency, Person, Position, Unit
from backend.routing import decisions
from backend.routing.models import EventKind, Step, TimelineEvent
from tests.factories import people


def kinds(answer):
    return [change.kind for change in answer.changes]


def steps(answer):
    return [change for change in answer.changes if change.kind == "step"]


class TestFirstSync:
    def test_it_brings_what_waits_most_urgent_first_and_then_nothing(self, office):
        plain = office.paper()
        pressing = office.paper(urgency=Urgency.AMAT_SEGERA)
        phone = office.phone()
        answer = phone.ask()
        assert (answer.reset, answer.more) == (True, False)
        assert [c.value.item.document.id for c in steps(answer)] == [pressing, plain]
        assert phone.steps == phone.fresh()
        again = phone.ask()
        assert (again.changes, again.reset, again.more) == ([], False, False)

    def test_it_comes_in_pages_that_go_on_where_the_last_one_ended(self, office):
        made = [office.paper() for _ in range(7)]
        phone = office.phone()
        answers = phone.sync(limit=3)
        assert [len(steps(answer)) for answer in answers] == [3, 3, 1]
        assert [answer.reset for answer in answers] == [True, False, False]
        assert len(phone.steps) == len(made)
        assert phone.steps == phone.fresh()

    def test_a_lost_page_is_asked_for_again_at_every_boundary(self, office):
        for _ in range(5):
            office.paper(urgency=Urgency.SEGERA)
        phone, lost = office.phone(), office.phone()
        while True:
            lost.cursor = phone.cursor
            lost.ask(limit=2)  # an answer that the line swallowed
            if not phone.ask(limit=2).more:
                break
        assert phone.steps == phone.fresh()
        assert len(phone.steps) == 5

    def test_what_happens_between_two_pages_is_not_lost(self, office):
        first, *others, last = [office.paper() for _ in range(6)]
        phone = office.phone()
        phone.ask(limit=3)
        office.tick(first)
        office.withdraw(others[0])
        office.change(last, urgency=Urgency.AMAT_SEGERA)  # moves before what was shown
        office.withdraw(others[-1])
        office.paper()
        phone.sync(limit=3)
        phone.sync(limit=3)
        assert phone.steps == phone.fresh()

    def test_a_paper_that_came_and_went_between_two_pages_leaves_nothing(self, office):
        for _ in range(3):
            office.paper(urgency=Urgency.SEGERA)
        phone = office.phone()
        phone.ask(limit=2)
        passing = office.paper()
        phone.ask(limit=1)
        office.withdraw(passing)
        phone.sync()
        phone.sync()
        assert phone.steps == phone.fresh()

    def test_a_cursor_of_another_person_or_of_nobody_starts_anew(self, office):
        office.paper(route=(0, 1))
        theirs = office.phone(1)
        theirs.sync()
        for cursor in (theirs.cursor, "contoh", "!", "oA", ""):
            phone = office.phone(0)
            phone.cursor = cursor
            assert phone.ask().reset
            assert phone.steps == phone.fresh()

    def test_a_reset_forgets_what_does_not_come_again(self, office):
        gone, stays = office.paper(), office.paper()
        phone = office.phone()
        phone.sync()
        office.withdraw(gone)
        phone.cursor = None
        phone.sync(limit=1)
        assert [data["document_id"] for data in phone.steps.values()] == [str(stays)]


class TestWhatChanges:
    @pytest.fixture
    def paper(self, office):
        return office.paper(route=(0, 1, 2))

    @pytest.fixture
    def phone(self, office, paper):
        assert paper
        phone = office.phone()
        phone.sync()
        return phone

    def check(self, phone, count):
        """One answer with this many steps makes the phone's copy true again."""
        answer = phone.ask()
        assert len(steps(answer)) == count
        assert kinds(answer) == ["step"] * count
        assert phone.steps == phone.fresh()
        assert phone.ask().changes == []

    def test_another_paper_arrives(self, office, phone):
        office.paper()
        self.check(phone, 1)

    @pytest.mark.parametrize(
        "facts",
        [
            {"subject": "Perihal lain"},
            {"number": "1/2/3"},
            {"urgency": Urgency.AMAT_SEGERA},
            {"secrecy": Secrecy.TERBATAS},
        ],
    )
    def test_the_operator_mends_what_it_says(self, office, paper, phone, facts):
        office.change(paper, **facts)
        self.check(phone, 1)

    def test_its_deadline_moves(self, office, paper, phone, clock):
        office.change(paper, due_at=clock.now() + timedelta(days=1))
        self.check(phone, 1)

    def test_it_is_opened_and_ticked_on_another_phone(self, office, paper, phone):
        office.decide(paper, decisions.opened)
        self.check(phone, 1)
        office.tick(paper)
        self.check(phone, 1)

    def test_a_colleague_takes_over(self, office, paper, phone):
        office.tick(paper)
        deputy = office.newcomer()
        mandate = office.mandate(deputy, 0)
        self.check(phone, 1)
        deputy.mandate.id = mandate
        office.tick(paper, deputy, take_over=True)
        self.check(phone, 1)

    def test_somebody_further_along_changes(self, office, phone):
        deputy = office.newcomer()
        mandate = office.mandate(deputy, 2, kind="plt")
        self.check(phone, 1)
        office.end(mandate)
        self.check(phone, 1)

    def test_somebody_further_along_changes_by_the_clock(self, office, phone, clock):
        deputy = office.newcomer()
        office.mandate(
            deputy,
            2,
            starts_at=clock.now() + timedelta(hours=1),
            ends_at=clock.now() + timedelta(hours=2),
        )
        phone.sync()
        for _ in range(2):
            clock.advance(hours=1)
            self.check(phone, 1)

    @pytest.mark.parametrize("what", ["person", "position", "unit", "type"])
    def test_a_name_changes(self, office, phone, what):
        kind, key = {
            "person": (Person, office.officials[2].person.id),
            "position": (Position, office.officials[1].position.id),
            "unit": (Unit, office.base.unit.id),
            "type": (DocumentType, "SK"),
        }[what]
        with office.work() as work:
            row = work.session.get_one(kind, key)
            setattr(row, "title" if what == "position" else "name", "Nama baru")
        self.check(phone, 1)

    def test_that_a_phone_has_it_is_no_news(self, office, paper, phone):
        with office.work() as work:
            step = work.session.query(Step).filter_by(document_id=paper, ordinal=1).one()
            assert step.delivered_at is not None
            kind = work.session.query(TimelineEvent).filter_by(kind=EventKind.DELIVERED)
            assert kind.count() == 1
        assert phone.ask().changes == []

    def test_others_papers_are_no_news(self, office, phone):
        office.paper(route=(1, 2))
        assert phone.ask().changes == []


class TestWhatGoes:
    """Each way in which a step leaves a person ends in a tombstone, and in nothing else."""

    @pytest.fixture
    def paper(self, office):
        return office.paper(route=(0, 1))

    @pytest.fixture
    def phone(self, office, paper):
        assert paper
        phone = office.phone()
        phone.sync()
        return phone

    def gone(self, phone):
        (step_id,) = phone.steps
        answer = phone.ask()
        assert [(c.kind, c.id, c.value) for c in answer.changes] == [("step", step_id, None)]
        assert phone.steps == phone.fresh() == {}
        assert phone.ask().changes == []

    def test_initialled(self, office, paper, phone):
        office.initial(paper)
        self.gone(phone)

    def test_returned(self, office, paper, phone):
        office.give_back(paper)
        self.gone(phone)

    def test_rejected(self, office, paper, phone):
        office.decide(paper, decisions.reject, "Bukan wewenang kami.")
        self.gone(phone)

    def test_withdrawn(self, office, paper, phone):
        office.withdraw(paper)
        self.gone(phone)

    def test_its_file_was_replaced(self, office, paper, phone):
        office.replace(paper)
        (old,) = phone.steps
        answer = phone.ask()
        assert [(c.id == old, c.value is None) for c in steps(answer)] == [
            (True, True),
            (False, False),
        ]
        assert phone.steps == phone.fresh()

    def test_the_mandate_was_ended(self, office, phone):
        office.end(office.officials[0].mandate.id)
        self.gone(phone)

    def test_the_mandate_ends_by_the_clock(self, office, phone, clock):
        office.end(office.officials[0].mandate.id, timedelta(hours=1))
        phone.sync()
        assert len(phone.steps) == 1
        clock.advance(hours=1)
        self.gone(phone)

    def test_the_position_was_closed(self, office, phone, clock):
        with office.work() as work:
            work.session.merge(office.officials[0].position).closed_at = clock.now()
        self.gone(phone)

    def test_ids_of_what_came_after_the_mandate_are_nobodys_business(self, office, phone):
        successor = office.newcomer()
        office.mandate(successor, 0)
        office.end(office.officials[0].mandate.id)
        later = office.paper()
        answer = phone.ask()
        assert len(steps(answer)) == 1
        assert office.turn(later).id not in {c.id for c in answer.changes}

    def test_what_came_and_went_meanwhile_is_not_mentioned(self, office, phone):
        office.withdraw(office.paper())
        assert phone.ask().changes == []


class TestMandates:
    def test_a_new_one_brings_what_waits_there_and_nothing_twice(self, office, clock):
        own, others = office.paper(), [office.paper(route=(1,)) for _ in range(3)]
        phone = office.phone()
        phone.sync()
        office.mandate(office.officials[0], 1, starts_at=clock.now() + timedelta(hours=1))
        assert phone.ask().changes == []
        clock.advance(hours=1)
        answers = phone.sync(limit=2)
        assert sum(len(steps(answer)) for answer in answers) == len(others)
        assert phone.steps == phone.fresh()
        assert str(own) in {data["document_id"] for data in phone.steps.values()}

    def test_another_capacity_on_the_same_chair_is_told(self, office):
        office.paper()
        phone = office.phone()
        phone.sync()
        office.end(office.officials[0].mandate.id)
        office.mandate(office.officials[0], 0, kind="plt")
        phone.sync()
        (data,) = phone.steps.values()
        assert data["capacity"].startswith("Plt. ")
        assert phone.steps == phone.fresh()

    def test_another_capacity_does_not_hide_what_went_meanwhile(self, office):
        paper = office.paper()
        phone = office.phone()
        phone.sync()
        office.end(office.officials[0].mandate.id)
        office.mandate(office.officials[0], 0, kind="plt")
        office.withdraw(paper)
        phone.sync()
        assert phone.steps == {}

    def test_one_that_ends_between_two_pages_takes_everything_back(self, office):
        for _ in range(3):
            office.paper()
        phone = office.phone()
        phone.ask(limit=2)
        office.end(office.officials[0].mandate.id)
        phone.sync()
        phone.sync()
        assert phone.steps == {}


class TestSecretPapers:
    @pytest.mark.parametrize("secrecy", [Secrecy.RAHASIA, Secrecy.SANGAT_RAHASIA])
    def test_nothing_but_their_existence_is_kept(self, office, secrecy):
        office.paper(secrecy=secrecy, subject="Pemeriksaan khusus")
        phone = office.phone()
        phone.sync()
        (data,) = phone.steps.values()
        assert set(data) == {"document_id", "keep"}
        assert phone.steps == phone.fresh()

    def test_one_that_becomes_secret_is_taken_back(self, office):
        paper = office.paper()
        phone = office.phone()
        phone.sync()
        office.change(paper, secrecy=Secrecy.RAHASIA)
        phone.sync()
        assert phone.steps == {office.turn(paper).id: {"document_id": str(paper), "keep": False}}


class TestFacts:
    def test_policy_and_devices_come_first_and_once(self, office):
        phone = office.phone()
        answer = phone.ask()
        assert kinds(answer) == ["policy", "device", "credential"]
        assert phone.ask().changes == []

    def test_a_changed_policy_is_told(self, office):
        phone = office.phone()
        phone.ask()
        with office.work() as work:
            work.session.query(Agency).one().offline = {"signing": True, "window_hours": 72}
        (change,) = phone.ask().changes
        assert (change.kind, change.value.signing, change.value.window_hours) == (
            "policy",
            True,
            72,
        )

    def test_another_device_that_was_lost_is_told(self, office, clock):
        with office.work() as work:
            lost, _ = people.device(work.session, office.officials[0].person)
        phone = office.phone()
        phone.ask()
        with office.work() as work:
            work.session.merge(lost).lost_at = clock.now()
        answer = phone.ask()
        assert kinds(answer) == ["device", "device"]
        assert phone.facts["device", str(lost.id)].lost_at is not None
