"""A device that may not sign yet reads and ticks; what moves a paper waits."""

from datetime import timedelta

import pytest

from backend.core.errors import DomainError
from backend.identity.models import Account
from backend.routing import decisions
from backend.routing.models import StepState

MOVES = {
    "initial": lambda work, step: decisions.initial(work, step.id),
    "return": lambda work, step: decisions.give_back(work, step.id, "Perbaiki lampiran."),
    "reject": lambda work, step: decisions.reject(work, step.id, "Bukan wewenang kami."),
}


@pytest.fixture(params=MOVES)
def move(request, queued):
    """One of the moves, by the official whose turn it is, who ticked already."""
    queued.tick(0)

    def act():
        return MOVES[request.param](queued.official(0).act(queued.work), queued.step(0))

    return act


@pytest.fixture
def waiting(queued):
    device = queued.official(0).device
    device.may_sign_from = queued.work.now + timedelta(hours=24)
    queued.work.session.flush()
    return device


def refusal(move) -> DomainError:
    with pytest.raises(DomainError) as refused:
        move()
    return refused.value


def test_a_new_device_reads_and_ticks_but_moves_nothing(queued, waiting, move):
    refused = refusal(move)
    assert refused.code == "identity/device-waits"
    assert refused.params["may_sign_from"] == waiting.may_sign_from.isoformat()
    assert queued.step(0).state is StepState.TICKED


def test_it_moves_papers_once_its_time_came(queued, waiting, move, clock):
    clock.set(waiting.may_sign_from)
    move()
    assert queued.step(0).state is not StepState.TICKED


def test_after_a_reset_two_officers_come_first(queued, move):
    account = queued.work.session.get(Account, queued.official(0).person.id)
    account.signing_suspended_at = queued.work.now
    queued.work.session.flush()
    assert refusal(move).code == "identity/signing-suspended"
    account.signing_suspended_at = None
    queued.work.session.flush()
    move()


def test_a_browser_without_a_device_moves_nothing(queued, move):
    queued.official(0).device.id = None
    with queued.work.session.no_autoflush:
        assert refusal(move).code == "identity/device-unknown"
    queued.work.session.rollback()


def test_a_device_reported_lost_moves_nothing(queued, move):
    queued.official(0).device.lost_at = queued.work.now
    queued.work.session.flush()
    assert refusal(move).code == "identity/device-unknown"
