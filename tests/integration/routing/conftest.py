"""A paper on its way, and short words for what its people do."""

from dataclasses import dataclass

import pytest

from backend.core.db import Work
from backend.core.jobs import Job
from backend.routing import beginning, decisions, routes, ticks, turns
from backend.routing.beginning import Beginning
from backend.routing.completion import finish_signing
from backend.routing.models import Step
from backend.routing.routes import PlannedStep
from tests.factories import papers
from tests.support.filling import filling

__all__ = ["filling"]

AUDIENCE = "http://localhost:8080"


def begin_signing(work, step_id, *, person_id, mandate_id, device_id):
    """What the signing engine does with one step when it accepts an authorisation."""
    turn = turns.load_turn(work, step_id)
    taken = Beginning(turn, turn.require(person_id, mandate_id), {})
    beginning.begin_signing(work, [taken], device_id=device_id)


@dataclass
class Scene:
    work: Work
    desk: papers.Desk

    @property
    def document(self):
        return self.desk.document

    def official(self, index):
        return self.desk.officials[index]

    def step(self, index) -> Step:
        """A step of the newest round."""
        found = (
            self.work.session.query(Step)
            .filter_by(document_id=self.document.id)
            .order_by(Step.round.desc(), Step.ordinal)
            .all()
        )
        return [step for step in found if step.round == found[0].round][index]

    def draw(self, actions=None):
        officials = self.desk.officials
        plan = [
            PlannedStep(official.position.id, action)
            for official, action in zip(
                officials, actions or papers.actions(len(officials)), strict=True
            )
        ]
        return routes.draw_route(self.desk.act(self.work), self.document.id, plan)

    def queue(self):
        return routes.queue(self.desk.act(self.work), self.document.id)

    def tick(self, index, step=None, *, version=None, take_over=False, by=None, claims=None):
        step = step or self.step(index)
        official = by or self.official(index)
        statement = official.statement(self.work, step, version or self.desk.version, claims)
        return ticks.tick(
            official.act(self.work),
            step.id,
            statement,
            audience=AUDIENCE,
            take_over=take_over,
        )

    def initial(self, index, step=None):
        return decisions.initial(self.official(index).act(self.work), (step or self.step(index)).id)

    def begin(self, index):
        official = self.official(index)
        return begin_signing(
            official.act(self.work),
            self.step(index).id,
            person_id=official.person.id,
            mandate_id=official.mandate.id,
            device_id=official.device.id,
        )

    def finish(self, index, digest="a" * 64):
        finish_signing(
            self.work,
            self.step(index).id,
            self.document.id,
            signed_at=self.work.now,
            file_sha256=digest,
            then=Job.PREPARE_SIGNATURES,  # not a validation: there is no file here
        )

    def sign(self, index):
        self.tick(index)
        self.begin(index)
        return self.finish(index)


@pytest.fixture
def scene(work):
    return Scene(work, papers.desk(work.session))


@pytest.fixture
def queued(scene):
    """On its route: the first official's turn to initial, the second signs."""
    scene.draw()
    scene.queue()
    return scene
