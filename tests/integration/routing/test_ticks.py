"""A tick binds exactly what was shown."""

import pytest

from backend.core.errors import DomainError
from backend.routing import problems
from backend.routing.models import EventKind, StepState, Tick, TimelineEvent
from tests.factories import papers, people
from tests.factories.papers import digest
from tests.factories.people import DeviceKey


def refused(code, call, *args, **kwargs):
    with pytest.raises(DomainError) as caught:
        call(*args, **kwargs)
    assert caught.value.code == code
    assert caught.value.detail
    return caught.value


def test_it_keeps_what_was_shown_and_the_phones_signature(queued):
    tick = queued.tick(0)
    version = queued.desk.version
    assert tick.version_sha256 == version.sha256
    assert tick.page_sha256 == [page.image_sha256 for page in version.pages]
    assert tick.device_id == queued.official(0).device.id
    assert tick.device_signature.count(".") == 2
    assert queued.step(0).state is StepState.TICKED


def test_it_accepts_the_sharper_image_of_a_page(queued):
    first, second = queued.desk.version.pages
    queued.tick(0, claims={"pages": [first.large_sha256, second.image_sha256]})


@pytest.mark.parametrize(
    ("spoil", "page"),
    [
        (lambda pages: pages[:1], 2),
        (lambda pages: pages[:0], 1),
        (lambda pages: [*pages, pages[0]], 3),
        (lambda pages: pages[::-1], 1),
        (lambda pages: [pages[0], digest("another image")], 2),
        (lambda pages: [pages[0], None], 2),
    ],
)
def test_it_needs_every_page_in_order_as_it_is_served(queued, spoil, page):
    shown = [p.image_sha256 for p in queued.desk.version.pages]
    error = refused(problems.TICK_PAGES.code, queued.tick, 0, claims={"pages": spoil(shown)})
    assert error.params == {"page": page}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"pages": "all"}, problems.TICK_UNREADABLE.code),
        ({"pages": [["x"], {}]}, problems.TICK_PAGES.code),
        ({"version_sha256": "0" * 64}, problems.TICK_UNREADABLE.code),
        ({"mandate": "none"}, problems.TICK_UNREADABLE.code),
        ({"mandate": None}, problems.TICK_UNREADABLE.code),
        ({"step": "00000000-0000-0000-0000-000000000000"}, problems.TICK_OTHER_STEP.code),
        ({"version": "00000000-0000-0000-0000-000000000000"}, problems.VERSION_REPLACED.code),
        ({"aud": "https://tiruan.test"}, "identity/statement-invalid"),
        ({"iat": 1}, "identity/statement-stale"),
    ],
)
def test_it_refuses_a_statement_about_something_else(queued, changes, code):
    refused(code, queued.tick, 0, claims=changes)


def test_it_refuses_a_mandate_that_is_not_valid_for_this_position(queued):
    other = str(queued.official(1).mandate.id)
    refused(problems.NO_MANDATE.code, queued.tick, 0, claims={"mandate": other})


def test_it_refuses_another_phones_signature(queued):
    queued.official(0).key = DeviceKey()
    refused("identity/device-unknown", queued.tick, 0)


def test_it_refuses_the_same_statement_twice(queued):
    claims = {"jti": "0123456789abcdef"}
    queued.tick(0, claims=claims)
    refused("identity/statement-replayed", queued.tick, 0, claims=claims)


def test_one_tick_is_enough(queued):
    queued.tick(0)
    error = refused(problems.ALREADY_TICKED.code, queued.tick, 0)
    assert queued.official(0).person.name in error.detail


class TestTwoHolders:
    """A definitive official and a Plh hold the same position."""

    @pytest.fixture
    def deputy(self, queued):
        session = queued.work.session
        deputy = papers.official(session)
        deputy.position = queued.official(0).position
        deputy.mandate = people.mandate(session, deputy.person, deputy.position, kind="plh")
        return deputy

    def test_the_second_hears_who_was_first(self, queued, deputy):
        queued.tick(0)
        error = refused(problems.ALREADY_TICKED.code, queued.tick, 0, by=deputy)
        assert queued.official(0).person.name in error.detail

    def test_the_second_may_take_over_knowingly(self, queued, deputy):
        first = queued.tick(0)
        second = queued.tick(0, by=deputy, take_over=True)
        assert first.voided_at is not None
        live = queued.work.session.query(Tick).filter_by(voided_at=None).all()
        assert live == [second]
        kinds = [e.kind for e in queued.work.session.query(TimelineEvent).order_by("id")]
        assert kinds[-2:] == [EventKind.VOIDED, EventKind.TICKED]

    def test_nobody_initials_on_anothers_tick(self, queued, deputy):
        queued.tick(0, by=deputy)
        refused(problems.NOT_YOUR_TICK.code, queued.initial, 0)

    def test_a_former_holders_tick_gives_way(self, queued, deputy, clock):
        queued.tick(0)
        queued.official(0).mandate.ends_at = clock.advance(minutes=1)
        queued.work.session.flush()
        queued.tick(0, by=deputy)
