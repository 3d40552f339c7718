"""Numbers follow the agenda book: each once, in order, in the agency's year."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest

from backend.core.errors import NOT_FOUND, DomainError
from backend.documents import drafts, numbering
from backend.documents.models import Document, NumberState, ReferenceNumber, Secrecy
from backend.organisation.models import Agency


def take(office, actor=None, **facts):
    defaults = {
        "unit_id": office.unit_id,
        "type_code": "SK",
        "classification": "800.1",
        "secrecy": Secrecy.BIASA,
    }
    with office.work(actor) as work:
        return numbering.reserve(work, **defaults | facts)


def refused(office, action) -> DomainError:
    with pytest.raises(DomainError) as caught, office.work() as work:
        action(work)
    return caught.value


def test_numbers_come_in_order(office):
    assert [take(office).text for _ in range(3)] == [
        "800.1/1/SETDA/2026",
        "800.1/2/SETDA/2026",
        "800.1/3/SETDA/2026",
    ]


def test_many_at_once_get_different_numbers_without_gaps(office):
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: take(office).sequence, range(40)))
    assert Counter(taken) == Counter(range(1, 41))


def test_what_rolls_back_leaves_no_gap(office):
    def fails(work):
        numbering.reserve(
            work,
            unit_id=office.unit_id,
            type_code="SK",
            classification="1",
            secrecy=Secrecy.BIASA,
        )
        raise NOT_FOUND()

    refused(office, fails)
    assert take(office).sequence == 1


def test_the_agenda_starts_where_the_book_stands(office):
    with office.work() as work:
        numbering.start_agenda(work, unit_id=office.unit_id, kind="*", year=2026, last=412)
    assert take(office).sequence == 413


def test_the_agenda_never_goes_back(office):
    take(office)
    take(office)
    error = refused(
        office,
        lambda work: numbering.start_agenda(
            work, unit_id=office.unit_id, kind="*", year=2026, last=1
        ),
    )
    assert (error.code, error.params["highest"]) == ("documents/agenda-behind", 2)


def test_a_kind_with_a_book_of_its_own_is_counted_apart(office):
    take(office)
    with office.work() as work:
        numbering.start_agenda(work, unit_id=office.unit_id, kind="SK", year=2026, last=40)
    assert take(office).sequence == 41
    assert take(office, type_code="ST").sequence == 2


def test_a_number_taken_by_hand_is_skipped(office):
    def enter(work):
        return numbering.enter_by_hand(
            work,
            unit_id=office.unit_id,
            kind="*",
            sequence=2,
            text="800.1/2/SETDA/2026",
            dated=date(2026, 3, 1),
            note="diambil saat listrik padam",
        )

    with office.work() as work:
        assert enter(work).by_hand
    assert [take(office).sequence for _ in range(3)] == [1, 3, 4]
    assert refused(office, enter).code == "documents/number-taken"


def test_a_void_number_stays_in_the_book_and_is_never_given_again(office):
    number = take(office)
    with office.work() as work:
        numbering.void(work, number.id, "salah klasifikasi")
    assert take(office).sequence == 2
    again = refused(office, lambda work: numbering.void(work, number.id, "lagi"))
    assert again.code == "documents/number-not-free"


def test_a_cancelled_papers_number_is_void(office):
    number = take(office)
    document = office.draft(number_id=number.id)
    assert document.number == number.text
    with office.work() as work:
        drafts.cancel(work, document.id, "batal")
    assert office.read(ReferenceNumber, number.id).state is NumberState.VOID


def test_one_number_serves_one_paper(office):
    number = take(office)
    office.draft(number_id=number.id)
    with pytest.raises(DomainError) as caught:
        office.draft(number_id=number.id)
    assert caught.value.code == "documents/number-not-free"


def test_another_units_number_does_not_exist(office, stranger):
    number = take(office, stranger, unit_id=next(iter(stranger.unit_ids)))
    with pytest.raises(DomainError) as caught:
        office.draft(number_id=number.id)
    assert caught.value.code == "general/not-found"


@pytest.mark.parametrize(
    ("zone", "utc_hour"),
    [("WIB", 17), ("WITA", 16), ("WIT", 15)],
)
def test_the_year_turns_at_midnight_in_the_agencys_zone(office, clock, zone, utc_hour):
    with office.services.work() as work:
        work.session.query(Agency).one().zone = zone
    take(office)
    clock.set(datetime(2026, 12, 31, utc_hour - 1, 59, 59, tzinfo=UTC))
    last = take(office)
    clock.set(datetime(2026, 12, 31, utc_hour, 0, 0, tzinfo=UTC))
    first = take(office)
    assert (last.text, last.dated) == ("800.1/2/SETDA/2026", date(2026, 12, 31))
    assert (first.text, first.dated) == ("800.1/1/SETDA/2027", date(2027, 1, 1))


def test_a_number_may_be_dated_back_into_last_years_book_but_not_ahead(office, clock):
    clock.set(datetime(2027, 1, 4, 2, tzinfo=UTC))
    assert take(office, dated=date(2026, 12, 30)).text == "800.1/1/SETDA/2026"
    for wrong in (date(2027, 1, 5), date(2025, 12, 31)):
        error = refused(
            office,
            lambda work, wrong=wrong: numbering.reserve(
                work,
                unit_id=office.unit_id,
                type_code="SK",
                classification="1",
                secrecy=Secrecy.BIASA,
                dated=wrong,
            ),
        )
        assert error.code == "documents/number-date"


def test_the_agencys_template_decides_how_it_is_written(office):
    with office.services.work() as work:
        agency = work.session.query(Agency).one()
        agency.number_template = (
            "{sifat}.{klasifikasi}/{urut:4}/{unit}/{jenis}/{bulan_romawi}/{tahun}"
        )
    number = take(office, secrecy=Secrecy.RAHASIA)
    assert number.text == "R.800.1/0001/SETDA/SK/III/2026"


def test_what_the_number_says_stays_as_it_is(office):
    number = take(office)
    document = office.draft(number_id=number.id)
    error = refused(
        office,
        lambda work: drafts.edit(work, document.id, document.revision, {"classification": "900"}),
    )
    assert error.code == "documents/number-fixed"
    assert office.read(Document, document.id).classification == "800.1"
