"""An office whose people act each in a transaction of their own, and phones that follow the feed."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.bootstrap import Services
from backend.core.db import Actor, Work
from backend.documents.models import Document, Version
from backend.offline import feed
from backend.offline.feed import Feed, Kept
from backend.organisation.models import Mandate
from backend.routing import decisions, routes, ticks
from backend.routing.inbox import desk
from backend.routing.models import Step, StepAction
from backend.routing.reading import Reading, reading
from backend.routing.replacement import adopt_version
from backend.routing.routes import PlannedStep
from mobile_api.v1.steps import show_reading
from tests.factories import papers, people
from tests.factories.papers import Official
from tests.support.clock import SettableClock


@dataclass
class Phone:
    """What one phone holds, changed by nothing but the feed."""

    services: Services
    actor: Actor
    cursor: str | None = None
    steps: dict[UUID, Any] = field(default_factory=dict)
    facts: dict[tuple[str, str], Any] = field(default_factory=dict)
    answers: list[Feed] = field(default_factory=list)
    _doubtful: set[UUID] = field(default_factory=set)

    def ask(self, *, limit: int = 100) -> Feed:
        """One page."""
        with self.services.work(self.actor) as work:
            answer = feed.changes(
                work,
                self.cursor,
                limit=limit,
                keys=self.services.master_key,
                issuer=self.services.issuer,
            )
            if answer.reset:
                self._doubtful = set(self.steps)
            for change in answer.changes:
                if change.kind != "step":
                    self.facts[change.kind, str(change.id)] = change.value
                    continue
                self._doubtful.discard(change.id)
                if change.value is None:
                    self.steps.pop(change.id, None)
                else:
                    self.steps[change.id] = as_kept(work, change.value)
            if not answer.more:
                for step_id in self._doubtful:
                    del self.steps[step_id]
                self._doubtful = set()
        self.cursor = answer.cursor
        self.answers.append(answer)
        return answer

    def sync(self, *, limit: int = 100) -> list[Feed]:
        """Pages until there are no more."""
        answers = [self.ask(limit=limit)]
        while answers[-1].more:
            answers.append(self.ask(limit=limit))
        return answers

    def fresh(self) -> dict[UUID, Any]:
        """What the inbox and the reader say at this moment."""
        with self.services.work(self.actor) as work:
            items = desk(work, limit=10_000).items
            found = [reading(work, item.step.id) for item in items]
            return {
                each.item.step.id: as_kept(
                    work,
                    Kept(each.item.step.id, each.item.document.id)
                    if each.item.document.secrecy in {"rahasia", "sangat-rahasia"}
                    else each,
                )
                for each in found
            }


def as_kept(work: Work, value: Reading | Kept) -> Any:
    """As it lies on the phone. Whether a paper was delivered, its holder knows by having it."""
    if isinstance(value, Kept):
        return {"document_id": str(value.document_id), "keep": False}
    shown = show_reading(work, value).model_dump(mode="json")
    for step in shown["route"]:
        del step["delivered_at"]
    return shown


@dataclass
class Office:
    """Everybody's doings; each call is a transaction."""

    services: Services
    base: papers.Desk

    @property
    def officials(self) -> list[Official]:
        return self.base.officials

    def work(self, actor: Actor | None = None) -> AbstractContextManager[Work]:
        return self.services.work(actor or self.base.actor)

    def phone(self, official: int | Official = 0) -> Phone:
        who = self.officials[official] if isinstance(official, int) else official
        return Phone(self.services, who.actor)

    def paper(self, *, route: tuple[int, ...] = (0,), queued: bool = True, **facts: Any) -> UUID:
        """A paper that goes to these officials in turn; the last one signs."""
        with self.work() as work:
            document = papers.document(work.session, self.base.unit, self.base.operator, **facts)
            document.current_version_id = papers.version(work.session, document).id
            self.draw(work, document.id, route)
            if queued:
                routes.queue(work, document.id)
            return document.id

    def draw(self, work: Work, document_id: UUID, route: tuple[int, ...]) -> None:
        steps = [
            PlannedStep(self.officials[index].position.id, action)
            for index, action in zip(route, papers.actions(len(route)), strict=True)
        ]
        routes.draw_route(work, document_id, steps)

    def change(self, document_id: UUID, **facts: Any) -> None:
        with self.work() as work:
            document = work.session.get_one(Document, document_id)
            for name, value in facts.items():
                setattr(document, name, value)

    def turn(self, document_id: UUID) -> Step:
        """The step whose turn it is."""
        with self.work() as work:
            steps = work.session.query(Step).filter_by(document_id=document_id)
            return next(s for s in steps if s.state in {"open", "ticked", "processing", "unknown"})

    def holder(self, step: Step) -> Official:
        return next(o for o in self.officials if o.position.id == step.position_id)

    def tick(self, document_id: UUID, by: Official | None = None, **options: Any) -> None:
        step = self.turn(document_id)
        by = by or self.holder(step)
        with self.work(by.actor) as work:
            version = work.session.get_one(Version, step.version_id)
            ticks.tick(
                work,
                step.id,
                by.statement(work, step, version),
                audience="http://localhost:8080",
                **options,
            )

    def decide(
        self, document_id: UUID, how: Callable[..., Any], *rest: Any, by: Official | None = None
    ) -> None:
        step = self.turn(document_id)
        with self.work((by or self.holder(step)).actor) as work:
            how(work, step.id, *rest)

    def initial(self, document_id: UUID) -> None:
        self.tick(document_id)
        self.decide(document_id, decisions.initial)

    def give_back(self, document_id: UUID) -> None:
        self.decide(document_id, decisions.give_back, "Perbaiki tanggalnya.")

    def withdraw(self, document_id: UUID) -> None:
        with self.work() as work:
            routes.withdraw(work, document_id)

    def queue(self, document_id: UUID) -> None:
        with self.work() as work:
            routes.queue(work, document_id)

    def replace(self, document_id: UUID) -> None:
        with self.work() as work:
            document = work.session.get_one(Document, document_id)
            version = papers.version(work.session, document, ready_at=work.now)
            adopt_version(work, version.id)

    def mandate(self, official: Official, position: int, **facts: Any) -> UUID:
        with self.work() as work:
            at = self.officials[position].position
            given = people.mandate(
                work.session, official.person, at, **{"kind": "plh", "starts_at": work.now} | facts
            )
            return given.id

    def end(self, mandate_id: UUID, after: timedelta = timedelta()) -> None:
        with self.work() as work:
            work.session.get_one(Mandate, mandate_id).ends_at = work.now + after

    def newcomer(self) -> Official:
        with self.work() as work:
            return papers.official(work.session, self.base.unit)


@pytest.fixture
def office(services: Services, clock: SettableClock) -> Office:
    with services.work() as work:
        people.agency(work.session)
        base = papers.desk(work.session, officials=3)
    return Office(services, base)


__all__ = ["Office", "Phone", "StepAction", "office"]
