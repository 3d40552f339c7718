"""The sync's resources over HTTP, and a server that is killed between acceptance and answer."""

from datetime import timedelta
from typing import Any

import pytest

from backend.bootstrap import Services
from backend.core import crashpoints
from backend.core.db import Actor
from backend.documents.models import DocumentState
from backend.identity import totp
from backend.identity.models import Device, UsedTotpStep
from backend.identity.tidying import tidy
from backend.organisation.models import Agency, Role
from backend.signing import batches
from backend.signing.models import Signature
from backend.signing.offline import grants
from backend.signing.offline.models import OfflineMinting
from mobile_api.app import Application
from tests.factories import people
from tests.factories.away import Away, Statement, allow, leave
from tests.factories.signings import Case, case, further_case
from tests.support.browser import Browser, signed_in
from tests.support.clock import SettableClock


@pytest.fixture
def browser(app: Application, services: Services, paper: Case) -> Browser:
    phone = paper.signatories[0].phone
    return signed_in(app, services, phone.person, device=phone.device)


def send(browser: Browser, statement: Statement) -> Any:
    return browser.post(
        "/sync/authorisations",
        {"sad": statement.sad, "secrets": statement.secrets},
        headers={"Idempotency-Key": statement.entry},
    )


def device_time(clock: SettableClock, ahead: timedelta = timedelta()) -> str:
    return (clock.now() + ahead).isoformat()


def test_a_sync_hands_out_grants_the_measured_skew_the_key_and_the_policy(
    browser: Browser, clock: SettableClock
) -> None:
    ahead = timedelta(hours=2, seconds=7)
    answer = browser.post("/sync/grants", {"device_time": device_time(clock, ahead), "wanted": 3})
    assert answer.status_code == 200, answer.text
    given = answer.json
    assert len({one["grant"] for one in given["grants"]}) == 3
    assert given["skew"] == 7207
    assert given["policy"] == {
        "signing": True,
        "window_hours": 24,
        "documents_per_statement": 20,
        "secrecies": ["biasa"],
        "factors": ["code"],
        "passkey": "enrolled",
        "passkey_on_line": False,
        "keep_secrecies": ["biasa", "terbatas"],
    }
    assert given["activation_key"]["jwk"]["x5c"]
    assert browser.post("/sync/grants", {"device_time": device_time(clock), "wanted": 11}).json[
        "code"
    ] == ("general/invalid")


def test_grants_are_derived_and_nowhere_kept(
    browser: Browser, services: Services, clock: SettableClock
) -> None:
    key = "kunci-uji-" + "0" * 20
    answer = browser.post(
        "/sync/grants",
        {"device_time": device_time(clock)},
        headers={"Idempotency-Key": key},
    )
    mac = answer.json["grants"][0]["grant"].rpartition(".")[2]
    with services.work() as work:
        (minting,) = work.session.query(OfflineMinting)
        assert mac not in str(vars(minting))
    again = browser.post(
        "/sync/grants", {"device_time": device_time(clock)}, headers={"Idempotency-Key": key}
    )
    assert again.status_code in {409, 422}  # the answer was not stored


def test_without_the_agencys_word_there_are_no_grants(
    browser: Browser, paper: Case, clock: SettableClock
) -> None:
    allow(paper, signing=False)
    answer = browser.post("/sync/grants", {"device_time": device_time(clock)})
    assert (answer.json["grants"], answer.json["skew"]) == ([], None)
    assert answer.json["policy"]["signing"] is False


def test_a_device_that_may_not_sign_yet_gets_none(
    app: Application, services: Services, paper: Case, clock: SettableClock
) -> None:
    other = signed_in(app, services, paper.signatories[0].person)
    with services.work() as work:
        device = work.session.get_one(Device, other.device_id)
        device.may_sign_from = clock.now() + timedelta(hours=24)
    answer = other.post("/sync/grants", {"device_time": device_time(clock)})
    assert answer.json["code"] == "identity/device-waits"


def test_the_answer_names_every_paper_and_how_it_ended(
    browser: Browser, paper: Case, services: Services, clock: SettableClock
) -> None:
    unknown = {"id": "0192b1c0-0000-7000-8000-000000000001"}
    away = leave([paper])
    clock.advance(minutes=5)
    nowhere = {**away.documents[0], **unknown, "step": "0192b1c0-0000-7000-8000-000000000002"}
    statement = away.authorise(documents=[nowhere, *away.documents])
    answer = send(browser, statement)
    assert answer.status_code == 200, answer.text
    first, second = answer.json["items"]
    assert (first["outcome"], first["problem"]["code"]) == ("refused", "general/not-found")
    assert (second["outcome"], second["problem"]) == ("signed", None)
    assert second["document_id"] == str(paper.document_id)
    assert paper.document().state is DocumentState.SIGNED
    assert send(browser, statement).json == answer.json


def test_an_entry_without_a_name_is_refused(away: Away, browser: Browser) -> None:
    statement = away.authorise()
    body = {"sad": statement.sad, "secrets": statement.secrets}
    assert browser.post("/sync/authorisations", body).json["code"] == "general/invalid"


def test_a_server_killed_after_acceptance_answers_the_entry_when_it_is_back(
    away: Away, browser: Browser, paper: Case, services: Services, clock: SettableClock
) -> None:
    class Killed(BaseException):
        pass

    def kill() -> None:
        raise Killed

    statement = away.authorise()
    crashpoints.arm("signing.accepted", kill)
    try:
        with pytest.raises(Killed):
            away.replay(statement)
    finally:
        crashpoints.disarm()
    for _ in range(2):  # the phone never heard an answer, and nobody knows yet that the server died
        early = send(browser, statement)
        assert (early.status_code, early.json["items"][0]["outcome"]) == (202, "signing")
        assert int(early.headers["Retry-After"]) > 0
    batches.sweep(services.work)
    answer = send(browser, statement)
    assert answer.status_code == 200
    (item,) = answer.json["items"]
    assert (item["outcome"], item["problem"]["code"]) == ("refused", "signing/interrupted")
    with services.work() as work:
        assert work.session.query(Signature).count() == 0
    clock.advance(minutes=5)
    paper.authorise(away.signatory, paper.sad(away.signatory))  # and it is signed anew
    assert [one["outcome"] for one in send(browser, statement).json["items"]] == ["refused"]
    with services.work() as work:
        assert work.session.query(Signature).count() == 1


def test_a_server_killed_before_acceptance_loses_nothing(
    away: Away, browser: Browser, paper: Case
) -> None:
    class Killed(BaseException):
        pass

    def kill() -> None:
        raise Killed

    statement = away.authorise()
    crashpoints.arm("signing.accepting", kill)
    try:
        with pytest.raises(Killed):
            away.replay(statement)
    finally:
        crashpoints.disarm()
    assert [one["outcome"] for one in send(browser, statement).json["items"]] == ["signed"]
    assert paper.document().state is DocumentState.SIGNED


def test_used_codes_are_remembered_for_as_long_as_they_could_come_again(
    services: Services, clock: SettableClock
) -> None:
    paper = case(services)
    allow(paper, window_hours=72)
    away = leave([paper, further_case(paper)])
    phone = away.signatory.phone
    with services.work() as work:
        totp.consume(work, phone.person.id, phone.code, work.now, keys=services.master_key)
        used = work.session.query(UsedTotpStep).count()
    clock.advance(hours=72)
    with services.work() as work:
        tidy(work)
        grants.forget_old(work)
        assert work.session.query(UsedTotpStep).count() == used
        assert work.session.query(OfflineMinting).count() == 1
    clock.advance(hours=100)
    with services.work() as work:
        grants.forget_old(work)
        assert work.session.query(OfflineMinting).count() == 0


def test_the_administrator_sets_the_policy_and_everybody_reads_it(
    app: Application, services: Services, browser: Browser
) -> None:
    with services.work() as work:
        person = people.person(work.session)
        people.role(work.session, person, Role.ADMINISTRATOR)
    desk = signed_in(app, services, person)
    wish = {
        "signing": True,
        "window_hours": 48,
        "documents_per_statement": 5,
        "secrecies": ["terbatas", "biasa"],
    }
    answer = desk.put("/agency/offline", wish)
    assert answer.status_code == 200, answer.text
    assert answer.json["secrecies"] == ["biasa", "terbatas"]
    assert browser.get("/agency/offline").json == answer.json
    assert browser.put("/agency/offline", wish).status_code == 403
    for wrong in ({"window_hours": 73}, {"secrecies": ["rahasia"]}, {"documents_per_statement": 0}):
        assert desk.put("/agency/offline", wish | wrong).json["code"] == "general/invalid"


def test_a_policy_that_cannot_be_read_allows_nothing(paper: Case, services: Services) -> None:
    with services.work(Actor()) as work:
        work.session.query(Agency).one().offline = {"signing": True, "window_hours": "selamanya"}
    with services.work(paper.signatories[0].actor) as work:
        assert grants.mint(work, work.now, 10, keys=services.master_key) is None
