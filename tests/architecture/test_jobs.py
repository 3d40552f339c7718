"""Every job is handled, and nothing is handled that nobody can ask for."""

from backend.core.jobs import Job
from backend.worker import HANDLERS, PERIODIC


def test_every_job_has_a_handler() -> None:
    assert sorted(set(Job) - set(HANDLERS)) == []


def test_every_periodic_job_has_a_handler() -> None:
    assert set(PERIODIC) <= set(HANDLERS)
