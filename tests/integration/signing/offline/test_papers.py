"""What befell single papers meanwhile: they are refused, and the rest of the statement goes on."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete

from backend.bootstrap import Services
from backend.core.db import Work
from backend.documents.models import Document, DocumentState, Secrecy
from backend.organisation.models import Mandate
from backend.routing import decisions, routes
from backend.routing.models import Tick
from backend.signing.models import Prepared
from backend.signing.progress import ItemState, progress
from tests.factories.away import Away, leave
from tests.factories.signings import Case, further_case
from tests.support.clock import SettableClock

refusal = pytest.mark.refusal


@pytest.fixture
def good(paper: Case) -> Case:
    return further_case(paper)


@pytest.fixture
def away(paper: Case, good: Case, clock: SettableClock) -> Away:
    """Two papers, of which the first will come to nothing."""
    made = leave([paper, good])
    clock.advance(hours=1)
    return made


def outcomes(away: Away, services: Services, **claims: Any) -> list[tuple[ItemState, str | None]]:
    statement = away.authorise(**claims)
    services.clock.advance(hours=1)
    accepted = away.replay(statement)
    with services.work(away.signatory.actor) as work:
        items = progress(work, accepted.batch_id).items
    return [(item.state, item.failure and item.failure["code"]) for item in items]


def change(paper: Case, how: Callable[[Work], None]) -> None:
    with paper.work() as work:
        how(work)


@refusal(
    "offline/not-in-grant",
    "it did not wait for this person yet when the grant was minted",
    of="paper",
)
def test_a_paper_that_came_after_the_grant_is_refused(
    away: Away, paper: Case, good: Case, services: Services
) -> None:
    late = further_case(paper)
    late.tick(away.signatory)
    documents = [late.consent(away.signatory), away.documents[1]]
    assert outcomes(away, services, documents=documents) == [
        (ItemState.FAILED, "offline/not-in-grant"),
        (ItemState.DONE, None),
    ]


@refusal("offline/secrecy", "its secrecy is not one that the agency allows", of="paper")
def test_a_paper_that_became_secret_is_refused(
    away: Away, paper: Case, good: Case, services: Services
) -> None:
    def make_secret(work: Work) -> None:
        work.session.get_one(Document, paper.document_id).secrecy = Secrecy.TERBATAS

    change(paper, make_secret)
    assert outcomes(away, services) == [
        (ItemState.FAILED, "offline/secrecy"),
        (ItemState.DONE, None),
    ]
    assert good.document().state is DocumentState.SIGNED


@refusal(
    "offline/no-mandate-then", "its person did not hold the position yet at that time", of="paper"
)
def test_a_mandate_that_began_later_is_none(
    away: Away, paper: Case, services: Services, clock: SettableClock
) -> None:
    def begin_now(work: Work) -> None:
        mandate = work.session.get_one(Mandate, away.signatory.mandate.id)
        mandate.starts_at = clock.now()

    statement = away.authorise()
    clock.advance(hours=1)
    change(paper, begin_now)
    accepted = away.replay(statement)
    with services.work(away.signatory.actor) as work:
        codes = {item.failure["code"] for item in progress(work, accepted.batch_id).items}
    assert codes == {"offline/no-mandate-then"}


@refusal("routing/mandate-ended", "its person no longer holds the position on arrival", of="paper")
def test_a_mandate_that_ended_meanwhile_is_none(
    away: Away, paper: Case, services: Services, clock: SettableClock
) -> None:
    def end_soon(work: Work) -> None:
        mandate = work.session.get_one(Mandate, away.signatory.mandate.id)
        mandate.ends_at = clock.now().replace(microsecond=0)

    change(paper, end_soon)
    assert {code for _, code in outcomes(away, services)} == {"routing/mandate-ended"}


def test_who_left_office_before_a_tick_arrived_hears_that_of_a_paper_that_is_gone_too(
    paper: Case, good: Case, services: Services, clock: SettableClock
) -> None:
    """Nothing on the server says that they ever had to do with it; it waited for them all the same."""
    away = leave([paper, good])
    clock.advance(hours=1)
    with services.work(paper.operator_actor) as work:
        routes.withdraw(work, paper.document_id)
    paper.queue(paper.signatories)
    with paper.work() as work:
        work.session.execute(delete(Tick).where(Tick.document_id == paper.document_id))
        mandate = work.session.get_one(Mandate, away.signatory.mandate.id)
        mandate.ends_at = clock.now().replace(microsecond=0)
    assert outcomes(away, services) == [(ItemState.FAILED, "routing/mandate-ended")] * 2


@refusal("signing/preparation-changed", "its file was prepared anew since", of="paper")
def test_a_changed_digest_is_refused(away: Away, paper: Case, services: Services) -> None:
    def prepare_anew(work: Work) -> None:
        row = work.session.query(Prepared).filter_by(document_id=paper.document_id).one()
        row.sha256 = "0" * 64

    change(paper, prepare_anew)
    assert outcomes(away, services) == [
        (ItemState.FAILED, "signing/preparation-changed"),
        (ItemState.DONE, None),
    ]


@refusal("routing/withdrawn", "the operators withdrew it meanwhile", of="paper")
def test_a_withdrawn_paper_is_refused(
    away: Away, paper: Case, good: Case, services: Services
) -> None:
    with paper.work(paper.operator_actor) as work:
        routes.withdraw(work, paper.document_id, "Salah lampiran.")
    states = outcomes(away, services)
    assert states[1] == (ItemState.DONE, None)
    assert states[0][0] is ItemState.FAILED
    assert good.document().state is DocumentState.SIGNED


@refusal("routing/already-returned", "it was returned for revision meanwhile", of="paper")
def test_a_returned_paper_is_refused(away: Away, paper: Case, services: Services) -> None:
    with paper.work(away.signatory.actor) as work:
        decisions.give_back(work, paper.next_step.id, "Perbaiki tanggal.")
    assert outcomes(away, services) == [
        (ItemState.FAILED, "routing/already-returned"),
        (ItemState.DONE, None),
    ]


@refusal("routing/already-done", "it was signed meanwhile, from another phone", of="paper")
def test_a_paper_signed_meanwhile_is_done_once(away: Away, paper: Case, services: Services) -> None:
    statement = away.authorise()
    services.clock.advance(hours=1)
    paper.authorise(away.signatory, paper.sad(away.signatory))
    accepted = away.replay(statement)
    with services.work(away.signatory.actor) as work:
        items = progress(work, accepted.batch_id).items
    assert [item.state for item in items] == [ItemState.FAILED, ItemState.DONE]
    assert items[0].failure["code"] == "routing/already-done"


def test_when_no_paper_is_left_no_code_is_spent_but_the_statement_is(
    away: Away, paper: Case, good: Case, services: Services, clock: SettableClock
) -> None:
    def secret(work: Work) -> None:
        for one in (paper, good):
            work.session.get_one(Document, one.document_id).secrecy = Secrecy.TERBATAS

    change(paper, secret)
    clock.advance(seconds=30)
    statement = away.authorise()
    first = away.replay(statement)
    change(paper, lambda work: work.session.query(Document).update({"secrecy": Secrecy.BIASA}))
    assert away.replay(statement).batch_id == first.batch_id
    assert paper.document().state is not DocumentState.SIGNED
    # The code of the moment is still good on the line.
    phone = away.signatory.phone
    paper.authorise(away.signatory, phone.sad([away.documents[0]]))
    assert paper.document().state is DocumentState.SIGNED
