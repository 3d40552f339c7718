"""Whatever people do, in whatever order: after each answer a phone holds what the reader shows.

Routing, handovers, mandates and names change at random, some by several people at once and some
by the clock alone. Then every phone asks, page by page, and its copy must equal the fresh inbox with
the reader's answers. A change of a person's view that leaves no stamp fails here.
"""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from backend.core.errors import DomainError
from backend.documents.models import Document, Secrecy, Urgency
from backend.organisation.models import Mandate, Person
from backend.routing import decisions, handover, restart
from backend.routing.models import Step
from tests.integration.offline.conftest import Office, Phone

MOVES = 30


class Chance:
    """One long day in an office."""

    def __init__(self, office: Office, clock, seed: int) -> None:
        self.office, self.clock, self.dice = office, clock, random.Random(seed)
        self.people = [*office.officials, office.newcomer()]
        self.phones = [office.phone(official) for official in self.people]
        self.papers = [self.new_paper() for _ in range(3)]

    def new_paper(self):
        route = tuple(self.dice.sample(range(3), self.dice.randint(1, 3)))
        return self.office.paper(
            route=route,
            secrecy=self.dice.choice([Secrecy.BIASA, Secrecy.BIASA, Secrecy.RAHASIA]),
        )

    @property
    def paper(self):
        return self.dice.choice(self.papers)

    def moves(self) -> dict[str, Callable[[], object]]:
        office, paper, person = self.office, self.paper, self.dice.choice(self.people)
        return {
            "another paper": lambda: self.papers.append(self.new_paper()),
            "opened": lambda: office.decide(paper, decisions.opened),
            "ticked": lambda: office.tick(paper),
            "ticked by whoever": lambda: office.tick(paper, person, take_over=True),
            "initialled": lambda: office.initial(paper),
            "returned": lambda: office.give_back(paper),
            "rejected": lambda: office.decide(paper, decisions.reject, "Bukan wewenang kami."),
            "withdrawn": lambda: office.withdraw(paper),
            "queued": lambda: office.queue(paper),
            "replaced": lambda: office.replace(paper),
            "signatures start again": lambda: self.restart(paper),
            "mended": lambda: office.change(paper, subject=f"Perihal {self.dice.random()}"),
            "hurried": lambda: office.change(paper, urgency=self.dice.choice(list(Urgency))),
            "another degree": lambda: office.change(paper, secrecy=self.dice.choice(list(Secrecy))),
            "a deadline": lambda: office.change(
                paper, due_at=self.clock.now() + timedelta(hours=self.dice.randint(1, 90))
            ),
            "a mandate": lambda: self.mandate(person),
            "a mandate ends": self.end_a_mandate,
            "handed over": self.hand_over,
            "a new name": lambda: self.rename(person),
            "another mandate": lambda: self.mandate(person),
            "another mandate ends": self.end_a_mandate,
            "time passes": lambda: self.clock.advance(minutes=self.dice.randint(1, 90)),
        }

    def mandate(self, person) -> None:
        begins = self.clock.now() + timedelta(minutes=self.dice.choice([0, 0, 30]))
        ends = self.dice.choice([None, begins + timedelta(hours=1)])
        office = self.office
        at = self.dice.randrange(3)
        person.mandate.id = office.mandate(person, at, starts_at=begins, ends_at=ends)

    def end_a_mandate(self) -> None:
        with self.office.work() as work:
            ids = [m.id for m in work.session.query(Mandate) if m.ends_at is None]
        if len(ids) > 2:
            self.office.end(self.dice.choice(ids), timedelta(minutes=self.dice.choice([0, 45])))

    def hand_over(self) -> None:
        position = self.dice.choice(self.office.officials).position
        handover.hand_over(self.office.services.work, position.id)

    def restart(self, paper) -> None:
        with self.office.work() as work:
            steps = work.session.query(Step).filter_by(document_id=paper).all()
            running = [s for s in steps if s.state in {"open", "ticked"}]
            document = work.session.get_one(Document, paper)
            if running and document.state == "ready-to-sign":
                restart.restart_signatures(work, paper)

    def rename(self, person) -> None:
        with self.office.work() as work:
            work.session.get_one(Person, person.person.id).name = f"Nama {self.dice.random()}"

    def act(self) -> str:
        name, move = self.dice.choice(list(self.moves().items()))
        try:
            move()
        except (DomainError, StopIteration):
            return f"{name} (refused)"
        return name


def right(phone: Phone) -> bool:
    return phone.steps == phone.fresh()


@pytest.mark.parametrize("seed", range(3))
def test_every_phone_holds_what_the_reader_shows(office, clock, seed):
    day = Chance(office, clock, seed)
    done: list[str] = []
    for _ in range(MOVES):
        done.append(day.act())
        for phone in day.phones:
            # Some ask at once, some later, some in small pages with things happening in between.
            if day.dice.random() < 0.4:
                while phone.ask(limit=day.dice.choice([1, 2, 100])).more:
                    if day.dice.random() < 0.3:
                        done.append(day.act())
            if day.dice.random() < 0.3:
                phone.sync()
                assert right(phone), done
    for phone in day.phones:
        phone.sync()
        phone.sync()
        assert right(phone), done
