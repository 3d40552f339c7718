"""An authorisation made without a line takes effect once, when the line is back."""

from datetime import timedelta

from sqlalchemy import select

from backend.audit.models import AuditEntry
from backend.bootstrap import Services
from backend.documents.models import DocumentState
from backend.routing import trail
from backend.routing.models import EventKind
from backend.signing.models import Signature, SigningAuthorisation
from tests.factories.away import Away, allow, leave
from tests.factories.signings import Case, case, further_case
from tests.support.clock import SettableClock


def test_it_signs_what_was_authorised_on_the_road(
    away: Away, paper: Case, clock: SettableClock
) -> None:
    made_at = clock.now()
    statement = away.authorise()
    clock.advance(hours=3)
    away.replay(statement)

    assert paper.document().state is DocumentState.SIGNED
    with paper.work() as work:
        signature = work.session.scalars(select(Signature)).one()
        assert signature.signed_at == clock.now()  # the time stamp's, never the claimed one
        authorisation = work.session.scalars(select(SigningAuthorisation)).one()
        assert authorisation.sad == statement.sad
    with paper.work(paper.operator_actor) as work:
        marks = trail.trail(work, paper.document_id).marks
    (mark,) = [mark for mark in marks if mark.kind is EventKind.AUTHORISED]
    assert mark.at == clock.now()
    assert mark.data["made_at"] == made_at.isoformat()
    assert mark.data["grant"].endswith(".1")


def test_the_audit_trail_keeps_claimed_time_arrival_and_grant(
    away: Away, paper: Case, clock: SettableClock
) -> None:
    made_at = clock.now()
    statement = away.authorise()
    clock.advance(hours=3)
    away.replay(statement)
    with paper.work() as work:
        entry = work.session.scalars(
            select(AuditEntry).where(AuditEntry.action == "step.authorised")
        ).one()
    assert entry.at == clock.now()
    assert entry.data["made_at"] == made_at.isoformat()
    assert entry.data["device_clock"] == made_at.isoformat()
    assert entry.data["skew"] == 0
    assert statement.sad.count(".") == 2
    assert away.minted.grants[0].startswith(entry.data["grant"] + ".")


def test_a_phone_whose_clock_is_hours_off_signs_all_the_same(
    paper: Case, clock: SettableClock
) -> None:
    for ahead in (timedelta(hours=7), timedelta(hours=-5)):
        away = leave([paper], ahead=ahead)
        clock.advance(hours=1)
        made_at = clock.now()
        statement = away.authorise()
        clock.advance(hours=20)
        away.replay(statement)
        with paper.work(paper.operator_actor) as work:
            marks = trail.trail(work, paper.document_id).marks
        mark = [mark for mark in marks if mark.kind is EventKind.AUTHORISED][-1]
        assert mark.data["made_at"] == made_at.isoformat()
        assert mark.data["device_clock"] == (made_at + ahead).isoformat()
        paper = further_case(paper)


def test_the_same_entry_again_is_answered_the_same(
    away: Away, paper: Case, clock: SettableClock
) -> None:
    statement = away.authorise()
    clock.advance(hours=1)
    first = away.replay(statement)
    clock.advance(hours=1)
    assert away.replay(statement).batch_id == first.batch_id
    with paper.work() as work:
        assert work.session.query(Signature).count() == 1
        assert work.session.query(SigningAuthorisation).count() == 1


def test_an_older_code_counts_though_newer_ones_were_used_on_the_line(
    away: Away, paper: Case, clock: SettableClock
) -> None:
    on_the_road = away.authorise()
    clock.advance(hours=2)
    other = further_case(paper)
    other.sign(
        away.signatory
    )  # from the same phone, back on the line: a newer code, a later number
    away.replay(on_the_road)
    assert paper.document().state is DocumentState.SIGNED
    assert other.document().state is DocumentState.SIGNED


def test_several_statements_arrive_in_any_order(paper: Case, clock: SettableClock) -> None:
    papers = [paper, further_case(paper), further_case(paper)]
    away = leave(papers)
    statements = []
    for document in away.documents:
        clock.advance(minutes=10)
        statements.append(away.authorise(documents=[document]))
    clock.advance(hours=5)
    for index in (2, 0, 1):
        away.replay(statements[index])
    assert {one.document().state for one in papers} == {DocumentState.SIGNED}


def test_a_key_fetched_before_leaving_opens_at_the_end_of_the_longest_window(
    services: Services, clock: SettableClock
) -> None:
    paper = case(services)
    allow(paper, window_hours=72)
    paper.signatories[0].phone.activation_key()
    clock.advance(hours=23)  # the day's key is nearly a day old
    away = leave([paper])
    clock.advance(hours=71)
    assert away.key.encrypt_until >= clock.now()
    statement = away.authorise()
    clock.advance(hours=71)
    away.replay(statement)
    assert paper.document().state is DocumentState.SIGNED
