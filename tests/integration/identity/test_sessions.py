"""Sessions through HTTP: renewing, reuse of old tokens, CSRF, ending."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from backend.audit import queries
from backend.identity.models import SecurityEvent, SecurityEventKind, SignInSession
from tests.factories import people


@pytest.fixture
def phone(browser_of, owner):
    return browser_of(owner)


def refresh(browser, *, cookie=None, proof=None, csrf=None):
    client = browser.client.application.test_client() if cookie else browser.client
    if cookie:
        client.set_cookie("refresh", cookie)
    return client.post(
        "/api/v1/session/refresh",
        json={"proof": proof} if proof else {},
        headers={"X-CSRF-Token": csrf or browser.csrf},
    )


def old_cookie(browser):
    return browser.client.get_cookie("refresh").value


def test_access_runs_out_and_renews(phone, clock):
    clock.advance(minutes=14)
    assert phone.get("/session").status_code == 200
    clock.advance(minutes=2)
    assert phone.get("/session").json["code"] == "general/sign-in-required"
    answer = refresh(phone)
    assert answer.status_code == 200
    assert answer.json["csrf"] == phone.csrf
    assert phone.get("/session").status_code == 200


def test_a_token_renews_once_and_its_second_use_ends_the_session(phone, work, clock):
    stolen = old_cookie(phone)
    assert refresh(phone).status_code == 200
    assert refresh(phone, cookie=stolen).json["code"] == "identity/session-ended"
    assert phone.get("/session").status_code == 401
    assert refresh(phone).status_code == 401
    event = work.session.query(SecurityEvent).one()
    assert event.kind is SecurityEventKind.SESSION_REUSED


def test_a_lost_answer_is_repeated_to_who_proves_the_device(phone, clock):
    lost = old_cookie(phone)
    first = refresh(phone, cookie=lost)
    clock.advance(seconds=59)
    again = refresh(phone, cookie=lost, proof=phone.state("device-proof+jwt"))
    assert first.status_code == again.status_code == 200
    phone.client.set_cookie("refresh", _cookie_of(again, "refresh"))
    assert refresh(phone).status_code == 200


def test_a_lost_answer_is_not_repeated_after_a_minute(phone, clock):
    lost = old_cookie(phone)
    refresh(phone, cookie=lost)
    clock.advance(seconds=61)
    answer = refresh(phone, cookie=lost, proof=phone.state("device-proof+jwt"))
    assert answer.json["code"] == "identity/session-ended"


def test_a_lost_answer_is_not_repeated_once_its_successor_was_used(phone):
    lost = old_cookie(phone)
    refresh(phone)
    refresh(phone)
    answer = refresh(phone, cookie=lost, proof=phone.state("device-proof+jwt"))
    assert answer.json["code"] == "identity/session-ended"
    assert phone.get("/session").status_code == 401


def test_another_device_cannot_prove_it(phone, browser_of, owner):
    lost = old_cookie(phone)
    refresh(phone)
    other = browser_of(owner)
    answer = refresh(phone, cookie=lost, proof=other.state("device-proof+jwt"))
    assert answer.json["code"] == "identity/session-ended"


def test_of_many_renewals_at_once_all_get_the_same_successor(phone):
    lost = old_cookie(phone)
    proofs = [phone.state("device-proof+jwt") for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda p: refresh(phone, cookie=lost, proof=p), proofs))
    assert [answer.status_code for answer in answers] == [200] * 6
    phone.client.set_cookie("refresh", _cookie_of(answers[0], "refresh"))
    assert refresh(phone).status_code == 200


def test_of_many_bare_renewals_at_once_one_succeeds_and_the_session_ends(phone):
    lost = old_cookie(phone)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: refresh(phone, cookie=lost), range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 5
    assert phone.get("/session").status_code == 401


def test_renewing_needs_the_csrf_token_and_a_genuine_cookie(phone):
    assert refresh(phone, csrf="salah").status_code == 401
    assert refresh(phone, cookie="x.y.z").status_code == 401
    access = phone.client.get_cookie("access").value
    assert refresh(phone, cookie=access).status_code == 401


@pytest.mark.parametrize("token", ["", "salah", "é"])
def test_unsafe_requests_need_the_csrf_token(phone, token):
    answer = phone.client.delete("/api/v1/session", headers={"X-CSRF-Token": token})
    assert answer.json["code"] == "general/stale-page"
    assert phone.get("/session").status_code == 200


def test_a_forged_or_foreign_token_is_nobody(phone, new_client, browser_of, work):
    genuine = phone.client.get_cookie("access").value
    head, body, signature = genuine.split(".")
    stranger = browser_of(people.person(work.session))
    foreign = stranger.client.get_cookie("access").value.split(".")[1]
    for forged in (
        f"{head}.{foreign}.{signature}",
        f"eyJhbGciOiJub25lIn0.{body}.",
        phone.client.get_cookie("refresh").value,
        "x",
    ):
        client = new_client()
        client.set_cookie("access", forged)
        assert client.get("/api/v1/session").status_code == 401


def test_sessions_are_listed_and_ended_from_elsewhere(phone, browser_of, owner):
    laptop = browser_of(owner)
    rows = phone.get("/sessions").json["items"]
    assert [row["current"] for row in rows].count(True) == 1
    other = next(row for row in rows if not row["current"])
    assert phone.delete(f"/sessions/{other['id']}").status_code == 204
    assert laptop.get("/session").status_code == 401
    assert phone.get("/session").status_code == 200


def test_nobody_ends_somebody_elses_session(phone, browser_of, work):
    stranger = browser_of(people.person(work.session))
    row = stranger.get("/sessions").json["items"][0]
    assert phone.delete(f"/sessions/{row['id']}").status_code == 404
    assert stranger.get("/session").status_code == 200


def test_signing_out_ends_the_session_for_every_copy_of_its_cookies(phone, new_client):
    copied = new_client()
    copied.set_cookie("access", phone.client.get_cookie("access").value)
    ended = phone.delete("/session")
    assert ended.status_code == 204
    assert ended.headers["Clear-Site-Data"] == '"cache"'  # the pages that were read
    assert copied.get("/api/v1/session").status_code == 401
    assert phone.client.get_cookie("access") is None


def leave(browser, csrf):
    return browser.client.delete("/api/v1/session", headers={"X-CSRF-Token": csrf})


def test_a_sign_out_that_comes_late_ends_its_session(phone, clock, work):
    clock.advance(hours=3)  # long after the access ran out
    left = leave(phone, phone.csrf)
    assert (left.status_code, left.headers["Clear-Site-Data"]) == (204, '"cache"')
    assert refresh(phone).status_code == 401
    (entry,) = [e for e in queries.entries(work.session) if e.action == "session.ended"]
    assert entry.actor_person_id == phone.person_id
    assert leave(phone, phone.csrf).status_code == 204


def test_a_sign_out_that_comes_too_late_touches_nobody_else(phone, browser_of, work):
    earlier = phone.csrf
    other = browser_of(people.person(work.session))
    answer = leave(other, earlier)
    assert answer.json["code"] == "general/stale-page"
    assert "Set-Cookie" not in answer.headers
    assert leave(other, "").json["code"] == "general/stale-page"
    assert other.get("/session").status_code == 200


def test_a_session_idles_out_and_ends_for_good_after_its_lifetime(phone, clock, work):
    clock.advance(days=13)
    assert refresh(phone).status_code == 200
    clock.advance(days=15)
    assert refresh(phone).status_code == 401


def test_changing_the_password_ends_every_other_session(phone, browser_of, owner):
    laptop = browser_of(owner)
    from tests.support.browser import PASSWORD

    weak = phone.post("/password", {"old": PASSWORD, "new": "password12345"})
    assert weak.json["code"] == "identity/weak-password"
    wrong = phone.post("/password", {"old": "salah sekali", "new": "layang layang di sawah"})
    assert wrong.json["code"] == "identity/wrong-password"
    good = phone.post("/password", {"old": PASSWORD, "new": "layang layang di sawah"})
    assert good.status_code == 204
    assert laptop.get("/session").status_code == 401
    assert phone.get("/session").status_code == 200


def test_the_language_is_remembered(phone):
    assert phone.patch("/session", {"language": "en"}).json["language"] == "en"
    assert phone.get("/session").json["language"] == "en"


def test_only_hashes_and_ids_are_stored(phone, work):
    row = work.session.query(SignInSession).first()
    assert phone.client.get_cookie("access").value not in str(vars(row))


def _cookie_of(answer, name):
    for header in answer.headers.getlist("Set-Cookie"):
        if header.startswith(f"{name}="):
            return header.split(";")[0].partition("=")[2]
    raise AssertionError(name)


@pytest.mark.parametrize("action", ["delete", "report-lost"])
@pytest.mark.parametrize("cookie", ["live", "old", "none"])
def test_a_phone_that_was_ended_hears_that_it_must_empty_itself(
    phone, browser_of, owner, clock, action, cookie
):
    laptop = browser_of(owner)
    proof = phone.state("device-proof+jwt")
    path = f"/devices/{phone.device_id}"
    assert laptop.call("DELETE" if action == "delete" else "POST", path + _tail(action)).json
    if cookie == "old":
        clock.advance(days=30)
    if cookie == "none":
        phone.client.delete_cookie("refresh")
    answer = refresh(phone, proof=proof)
    assert (answer.status_code, answer.json["code"]) == (410, "identity/device-over")
    assert refresh(laptop, proof=laptop.state("device-proof+jwt")).status_code == (
        401 if cookie == "old" else 200
    )


def _tail(action):
    return "" if action == "delete" else "/report-lost"


def test_only_the_phone_itself_hears_that_it_was_ended(phone, browser_of, owner):
    laptop = browser_of(owner)
    laptop.post(f"/devices/{phone.device_id}/report-lost")
    forged = people.DeviceKey().sign(
        "device-proof+jwt",
        people.statement(
            phone.person_id,
            phone.services.clock.now(),
            aud=phone.services.settings.origin,
        ),
    )
    elsewhere = phone.state("device-proof+jwt", aud="https://palsu.contoh")
    for proof in (None, forged, elsewhere, phone.state("tick+jwt"), "x" * 20):
        assert refresh(phone, proof=proof).json["code"] == "identity/session-ended"
