"""A paper on its way, from the operator's desk to its last signature."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from backend.core.errors import NOT_FOUND, DomainError
from backend.core.swift import driver
from backend.documents.models import DocumentState, VersionState
from backend.routing import decisions, problems, routes, steps
from backend.routing.models import EventKind, Step, StepAction, StepState, Tick, TimelineEvent
from backend.routing.replacement import adopt_version
from backend.routing.routes import PlannedStep
from tests.factories import papers, people
from tests.integration.routing.conftest import begin_signing


def refused(problem, call, *args, **kwargs):
    with pytest.raises(DomainError) as caught:
        call(*args, **kwargs)
    assert caught.value.code == problem.code
    assert caught.value.detail
    return caught.value


def kinds(scene):
    scene.work.session.flush()
    rows = scene.work.session.query(TimelineEvent).order_by(TimelineEvent.id)
    return [row.kind for row in rows]


def jobs(scene):
    scene.work.session.flush()
    driver(scene.work.session).flush()
    rows = scene.work.session.execute(text("SELECT task_name FROM procrastinate_jobs ORDER BY id"))
    return [row.task_name for row in rows]


def test_it_goes_from_the_first_initial_to_the_last_signature(scene):
    scene.draw()
    assert scene.document.state is DocumentState.DRAFT
    scene.queue()
    assert scene.document.state is DocumentState.UNDER_REVIEW

    scene.tick(0)
    scene.initial(0)
    assert scene.document.state is DocumentState.READY_TO_SIGN
    scene.tick(1)
    scene.begin(1)
    assert scene.document.state is DocumentState.PROCESSING
    scene.finish(1, "b" * 64)

    assert scene.document.state is DocumentState.SIGNED
    assert scene.document.signed_sha256 == "b" * 64
    assert kinds(scene) == [
        EventKind.QUEUED,
        EventKind.TICKED,
        EventKind.INITIALLED,
        EventKind.TICKED,
        EventKind.AUTHORISED,
        EventKind.SIGNED,
    ]
    assert jobs(scene).count("notifications.announce_step") == 2
    assert jobs(scene)[-2:] == ["notifications.announce_outcome", "signing.prepare_signatures"]


def test_it_records_in_what_capacity_someone_acted(queued):
    queued.tick(0)
    queued.initial(0)
    event = queued.work.session.query(TimelineEvent).filter_by(kind=EventKind.INITIALLED).one()
    assert event.person_name == queued.official(0).person.name
    assert event.capacity == queued.official(0).position.title
    assert event.version_id == queued.desk.version.id


def test_it_refuses_an_initial_before_the_tick(queued):
    refused(problems.NOT_TICKED, queued.initial, 0)


def test_it_tells_the_second_official_whose_turn_it_is(queued):
    error = refused(problems.NOT_YOUR_TURN, queued.tick, 1)
    assert queued.official(0).position.title in error.detail


def test_it_hides_the_paper_from_strangers(queued):
    stranger = papers.official(queued.work.session)
    step = queued.step(0)
    refused(NOT_FOUND, decisions.initial, stranger.act(queued.work), step.id)
    refused(NOT_FOUND, routes.withdraw, stranger.act(queued.work), queued.document.id)


def test_it_says_when_a_mandate_has_ended(queued, clock):
    official = queued.official(0)
    official.mandate.ends_at = clock.now() + timedelta(days=1)
    queued.work.session.flush()
    clock.advance(days=2)
    error = refused(problems.MANDATE_ENDED, queued.initial, 0)
    assert "berakhir 3 Maret 2026" in error.detail


def test_it_tells_a_colleague_on_the_route_that_the_step_is_not_theirs(queued):
    step = queued.step(0)
    refused(problems.NO_MANDATE, decisions.initial, queued.official(1).act(queued.work), step.id)


class TestDrawing:
    def test_it_replaces_the_draft(self, scene):
        scene.draw()
        scene.draw([StepAction.SIGN, StepAction.SIGN])
        rows = scene.work.session.query(Step).order_by(Step.ordinal).all()
        assert [(s.round, s.ordinal, s.action) for s in rows] == [
            (1, 1, StepAction.SIGN),
            (1, 2, StepAction.SIGN),
        ]

    def test_it_refuses_an_unknown_or_closed_position(self, scene, clock):
        closed = people.position(scene.work.session, closed_at=clock.now())
        for position_id in (closed.id, scene.document.id):
            plan = [PlannedStep(position_id, StepAction.SIGN)]
            refused(
                problems.UNKNOWN_POSITION,
                routes.draw_route,
                scene.desk.act(scene.work),
                scene.document.id,
                plan,
            )

    def test_it_refuses_the_same_position_twice(self, scene):
        plan = [PlannedStep(scene.official(0).position.id, a) for a in papers.actions(2)]
        refused(
            problems.POSITION_TWICE,
            routes.draw_route,
            scene.desk.act(scene.work),
            scene.document.id,
            plan,
        )

    def test_it_refuses_a_deadline_that_has_passed(self, scene, clock):
        plan = [PlannedStep(scene.official(0).position.id, StepAction.SIGN, clock.now())]
        refused(
            problems.DUE_IN_THE_PAST,
            routes.draw_route,
            scene.desk.act(scene.work),
            scene.document.id,
            plan,
        )

    def test_it_refuses_to_change_a_route_that_is_running(self, queued):
        refused(problems.ALREADY_ON_ROUTE, queued.draw)

    def test_it_warns_of_an_empty_chair_and_a_missing_certificate(self, scene, clock):
        round_ = scene.draw()
        scene.official(0).mandate.ends_at = clock.now()
        scene.work.session.flush()
        found = routes.warnings(scene.work, round_.steps)
        assert [(w.ordinal, w.code) for w in found] == [(1, "no-holder"), (2, "no-certificate")]


class TestQueueing:
    def test_it_needs_a_route(self, scene):
        refused(problems.NO_STEPS, scene.queue)

    def test_it_needs_a_file(self, scene):
        desk = scene.desk
        desk.document = papers.document(scene.work.session, desk.unit, desk.operator)
        scene.draw()
        refused(problems.NO_VERSION, scene.queue)

    def test_it_waits_until_a_version_that_passed_is_the_current_one(self, scene):
        scene.draw()
        scene.document.current_version_id = None
        refused(problems.VERSION_NOT_READY, scene.queue)

    def test_it_waits_for_a_version_that_is_being_examined(self, scene):
        scene.draw()
        papers.version(scene.work.session, scene.document, state=VersionState.EXAMINING)
        refused(problems.VERSION_NOT_READY, scene.queue)

    def test_it_ignores_an_upload_that_was_refused(self, scene):
        scene.draw()
        papers.version(scene.work.session, scene.document, state=VersionState.REFUSED)
        scene.queue()

    def test_it_refuses_to_queue_twice(self, queued):
        error = refused(problems.ALREADY_ON_ROUTE, queued.queue)
        assert queued.official(0).position.title in error.detail

    def test_it_starts_a_new_round_after_a_withdrawal(self, queued):
        queued.tick(0)
        routes.withdraw(queued.desk.act(queued.work), queued.document.id, "Salah lampiran")
        assert queued.document.state is DocumentState.DRAFT
        old = queued.step(0)
        assert old.state is StepState.WITHDRAWN

        queued.queue()

        assert queued.step(0).round == 2
        assert queued.work.session.query(Tick).filter_by(voided_at=None).count() == 0
        error = refused(problems.WITHDRAWN, queued.tick, 0, old)
        assert queued.desk.operator.name in error.detail


class TestReturningAndRejecting:
    @pytest.mark.parametrize("note", ["", "   \n"])
    def test_it_needs_a_note(self, queued, note):
        step = queued.step(0)
        for decide in (decisions.give_back, decisions.reject):
            refused(
                problems.NOTE_REQUIRED, decide, queued.official(0).act(queued.work), step.id, note
            )

    def test_a_return_goes_back_to_the_operator(self, queued):
        step = queued.step(0)
        decisions.give_back(queued.official(0).act(queued.work), step.id, "Tanggal belum benar")
        assert queued.document.state is DocumentState.NEEDS_REVISION
        assert step.note == "Tanggal belum benar"
        assert jobs(queued)[-2] == "notifications.announce_outcome"
        error = refused(problems.ALREADY_RETURNED, queued.tick, 0, step)
        assert queued.official(0).person.name in error.detail

    def test_a_returned_paper_runs_again_with_its_new_version(self, queued):
        queued.tick(0)
        step = queued.step(0)
        decisions.give_back(queued.official(0).act(queued.work), step.id, "Tanggal belum benar")
        second = papers.version(queued.work.session, queued.document)
        adopt_version(queued.work, second.id)
        assert queued.document.state is DocumentState.NEEDS_REVISION
        queued.queue()
        assert queued.step(0).round == 2
        queued.tick(0, version=second)
        queued.initial(0)

    def test_a_rejection_is_final(self, queued):
        step = queued.step(0)
        decisions.reject(queued.official(0).act(queued.work), step.id, "Tidak sesuai aturan")
        assert queued.document.state is DocumentState.REJECTED
        refused(problems.ALREADY_REJECTED, queued.queue)

    def test_the_second_signer_can_return_and_the_first_signature_no_longer_counts(self, scene):
        scene.draw([StepAction.SIGN, StepAction.SIGN])
        scene.queue()
        scene.sign(0)
        assert scene.document.signed_sha256
        decisions.give_back(scene.official(1).act(scene.work), scene.step(1).id, "Salah nama")
        assert scene.document.signed_sha256 is None
        scene.queue()
        assert [scene.step(i).state for i in (0, 1)] == [StepState.OPEN, StepState.WAITING]


class TestSigning:
    @pytest.fixture
    def ticked(self, queued):
        queued.tick(0)
        queued.initial(0)
        queued.tick(1)
        return queued

    def test_it_needs_the_signers_own_tick(self, ticked):
        other = papers.official(ticked.work.session)
        mandate = people.mandate(ticked.work.session, other.person, ticked.official(1).position)
        error = refused(
            problems.NOT_YOUR_TICK,
            begin_signing,
            ticked.work,
            ticked.step(1).id,
            person_id=other.person.id,
            mandate_id=mandate.id,
            device_id=other.device.id,
        )
        assert ticked.official(1).person.name in error.detail

    def test_it_begins_once(self, ticked):
        ticked.begin(1)
        refused(problems.SIGNING_IN_PROGRESS, ticked.begin, 1)

    def test_an_abandoned_signature_can_be_authorised_again(self, ticked):
        ticked.begin(1)
        step = steps.abandon_signing(
            ticked.work, ticked.step(1).id, code="signing/no-timestamp", params={}
        )
        assert (step.state, step.person_id) == (StepState.TICKED, None)
        assert ticked.document.state is DocumentState.READY_TO_SIGN
        ticked.begin(1)
        ticked.finish(1)
        assert ticked.document.state is DocumentState.SIGNED

    def test_nothing_happens_while_the_outcome_is_unknown(self, ticked):
        ticked.begin(1)
        steps.mark_unknown(ticked.work, ticked.step(1).id)
        assert ticked.document.state is DocumentState.UNKNOWN
        refused(problems.OUTCOME_UNKNOWN, ticked.begin, 1)
        refused(
            problems.OUTCOME_UNKNOWN,
            routes.withdraw,
            ticked.desk.act(ticked.work),
            ticked.document.id,
        )
        ticked.finish(1)
        assert ticked.document.state is DocumentState.SIGNED

    def test_a_version_cannot_be_replaced_while_it_is_being_signed(self, ticked):
        ticked.begin(1)
        second = papers.version(ticked.work.session, ticked.document)
        refused(problems.SIGNING_IN_PROGRESS, adopt_version, ticked.work, second.id)

    def test_an_initial_is_no_signature(self, queued):
        queued.tick(0)
        refused(problems.WRONG_ACTION, queued.begin, 0)


class TestReplacing:
    def test_everything_given_to_the_old_version_is_void(self, queued, clock):
        queued.tick(0)
        queued.initial(0)
        queued.tick(1)
        old_steps = [queued.step(0), queued.step(1)]
        clock.advance(minutes=40)
        second = papers.version(queued.work.session, queued.document, ready_at=clock.now())

        adopt_version(queued.work, second.id)

        assert queued.document.state is DocumentState.UNDER_REVIEW
        assert [s.state for s in old_steps] == [StepState.DONE, StepState.WITHDRAWN]
        assert [queued.step(i).state for i in (0, 1)] == [StepState.OPEN, StepState.WAITING]
        assert [queued.step(i).replaced["ordinal"] for i in (0, 1)] == [1, 1]
        assert [queued.step(i).replaced["done"] for i in (0, 1)] == [True, False]
        assert queued.desk.version.voided_at == clock.now()
        event = queued.work.session.query(TimelineEvent).filter_by(kind=EventKind.VOIDED).one()
        assert event.data == {
            "ordinal": 1, "replaced_by": 2, "ticks": 2, "initials": 1, "signatures": 0,
        }  # fmt: skip
        error = refused(problems.VERSION_REPLACED, queued.tick, 1, old_steps[1])
        assert "pukul 09.40" in error.detail
        assert "versi 2" in error.detail
        refused(problems.VERSION_REPLACED, queued.tick, 0)
        queued.tick(0, version=second)

    def test_it_is_safe_to_run_twice(self, queued):
        second = papers.version(queued.work.session, queued.document)
        adopt_version(queued.work, second.id)
        adopt_version(queued.work, second.id)
        adopt_version(queued.work, queued.desk.version.id)
        assert queued.step(0).round == 2
        assert queued.document.current_version_id == second.id

    def test_a_draft_simply_takes_the_new_version(self, scene):
        second = papers.version(scene.work.session, scene.document)
        adopt_version(scene.work, second.id)
        assert scene.document.current_version_id == second.id
        assert kinds(scene) == []

    def test_a_route_that_missed_a_replacement_refuses_to_act(self, queued):
        second = papers.version(queued.work.session, queued.document)
        queued.document.current_version_id = second.id
        refused(problems.VERSION_REPLACED, queued.tick, 0)
        adopt_version(queued.work, second.id)
        queued.tick(0, version=second)
