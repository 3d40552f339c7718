"""Over HTTP: how one wants to be told, and how an app registers."""

import pytest

from backend.notifications.models import PushSubscription
from tests.factories import papers, people
from tests.support.browser import signed_in

EVERYTHING = {
    "topics": ["waits", "returned", "decided", "reminders", "digest"],
    "push": True,
    "email": True,
    "quiet": None,
    "urgent_passes": True,
}
CHOSEN = {
    "topics": ["waits", "returned"],
    "push": True,
    "email": False,
    "quiet": {"start": "21:00", "end": "05:30"},
    "urgent_passes": False,
}
REGISTRATION = {"kind": "fid", "value": "fid-contoh-0001"}
PATH = "/notification-preferences"


@pytest.fixture
def official(work):
    people.agency(work.session)
    return papers.official(work.session)


@pytest.fixture
def phone(app, services, work, official):
    work.session.commit()
    return signed_in(app, services, official.person)


class TestPreferences:
    def test_at_first_everything_is_on_and_no_hour_is_quiet(self, phone):
        offered = {"mailbox": None, "digest_hour": 7}
        assert phone.get(PATH).json == EVERYTHING | offered

    def test_what_was_chosen_is_kept(self, phone):
        answer = phone.put(PATH, CHOSEN)
        assert answer.json.items() >= CHOSEN.items()
        assert phone.get(PATH).json == answer.json
        assert phone.put(PATH, EVERYTHING).json.items() >= EVERYTHING.items()

    def test_where_e_mail_is_sent_one_sees_to_which_address(self, phone, services, official):
        object.__setattr__(services, "mailer", object())
        assert phone.get(PATH).json["mailbox"] == official.person.email

    def test_they_are_ones_own(self, phone, app, services, work):
        other = papers.official(work.session)
        work.session.commit()
        phone.put(PATH, CHOSEN)
        theirs = signed_in(app, services, other.person).get(PATH).json
        assert theirs.items() >= EVERYTHING.items()

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"quiet": {"start": "21:00", "end": "21:00"}}, "notifications/quiet-all-day"),
            ({"quiet": {"start": "24:00", "end": "05:00"}}, "general/invalid"),
            ({"quiet": {"start": "9", "end": "05:00"}}, "general/invalid"),
            ({"topics": ["security"]}, "general/invalid"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, phone, change, code):
        answer = phone.put(PATH, CHOSEN | change)
        assert (answer.status_code, answer.json["code"]) == (422, code)

    def test_midnight_is_an_hour_like_any_other(self, phone):
        quiet = {"start": "00:00", "end": "05:00"}
        assert phone.put(PATH, CHOSEN | {"quiet": quiet}).json["quiet"] == quiet


class TestRegistration:
    @pytest.fixture
    def with_fcm(self, services):
        object.__setattr__(services, "push", {**services.push, "fcm": object()})

    def test_without_a_service_account_no_app_can_register(self, phone):
        assert phone.get("/push/key").json["app"] is False
        answer = phone.put("/push/registration", REGISTRATION)
        assert (answer.status_code, answer.json["code"]) == (409, "notifications/provider-off")

    @pytest.mark.usefixtures("with_fcm")
    def test_an_app_registers_and_its_address_stays_opaque(self, phone, work):
        assert phone.get("/push/key").json["app"] is True
        assert phone.put("/push/registration", REGISTRATION).json == {"subscribed": True}
        row = work.session.query(PushSubscription).one()
        assert (row.provider, row.address) == ("fcm", {"fid": "fid-contoh-0001"})
        assert phone.delete("/push/subscription").json == {"subscribed": False}

    @pytest.mark.usefixtures("with_fcm")
    def test_the_last_person_to_register_on_a_phone_has_it(self, phone, app, services, work):
        other = papers.official(work.session)
        work.session.commit()
        phone.put("/push/registration", REGISTRATION)
        signed_in(app, services, other.person).put("/push/registration", REGISTRATION)
        assert work.session.query(PushSubscription).one().person_id == other.person.id

    @pytest.mark.usefixtures("with_fcm")
    @pytest.mark.parametrize(
        "change", [{"kind": "topic"}, {"value": "pendek"}, {"value": "spasi di dalam"}]
    )
    def test_what_is_no_registration_is_refused(self, phone, change):
        answer = phone.put("/push/registration", REGISTRATION | change)
        assert answer.status_code == 422
