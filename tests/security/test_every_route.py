"""What holds for every route there is, by its declared rule, whoever wrote it."""

import pytest
from flask.testing import FlaskClient

from backend.core.ids import new_id
from backend.identity.models import Account
from mobile_api.access import Rule, rule_of
from mobile_api.app import Application
from mobile_api.authentication import SAFE
from tests.factories import people
from tests.support.browser import signed_in

ENROLMENT_ONLY = {
    ("GET", "/api/v1/session"),
    ("PATCH", "/api/v1/session"),
    ("POST", "/api/v1/totp"),
    ("POST", "/api/v1/totp/confirm"),
}


def calls(app: Application) -> list[tuple[str, str, Rule]]:
    """Method, a path with made-up parts, and the rule, of every route."""
    found = []
    for route in app.url_map.iter_rules():
        rule = rule_of(app.view_functions[route.endpoint])
        assert rule is not None
        values = {
            name: {"UUIDConverter": new_id(), "IntegerConverter": 1}.get(type(kind).__name__, "x")
            for name, kind in route._converters.items()
        }
        built = route.build(values)
        assert built is not None
        found += [(m, built[1], rule) for m in route.methods - {"HEAD", "OPTIONS"}]
    return found


@pytest.fixture
def person(work):
    people.agency(work.session)
    person = people.person(work.session)
    work.session.commit()
    return person


def send(client: FlaskClient, method: str, path: str, **headers: str):
    return client.open(
        path, method=method, json={} if method not in SAFE else None, headers=headers
    )


def test_nobody_gets_past_a_rule_without_signing_in(app, client):
    open_to_all = {
        (method, path)
        for method, path, rule in calls(app)
        if rule.signed_in and send(client, method, path).status_code != 401
    }
    assert open_to_all == set()


def test_a_person_without_roles_gets_past_no_rule_that_asks_for_one(app, services, person):
    browser = signed_in(app, services, person)
    let_in = {
        (method, path)
        for method, path, rule in calls(app)
        if rule.roles
        and send(browser.client, method, path, **{"X-CSRF-Token": browser.csrf}).status_code != 403
    }
    assert let_in == set()


def test_no_signed_in_route_takes_an_unsafe_request_without_the_csrf_token(app, services, person):
    browser = signed_in(app, services, person)
    for method, path, rule in calls(app):
        if rule.signed_in and method not in SAFE:
            answer = send(browser.client, method, path)
            assert answer.json["code"] == "general/stale-page", (method, path)


def test_before_the_second_factor_only_its_enrolment_opens(app, services, person, work):
    browser = signed_in(app, services, person)
    work.session.get(Account, person.id).totp_confirmed_at = None
    work.session.commit()
    opened = set()
    for method, path, rule in calls(app):
        if not rule.signed_in:
            continue
        answer = send(browser.client, method, path, **{"X-CSRF-Token": browser.csrf})
        if answer.json is None or answer.json.get("code") != "identity/enrol-first":
            opened.add((method, path))
    assert opened == ENROLMENT_ONLY


def test_a_session_that_ended_gets_past_no_rule(app, services, person):
    browser = signed_in(app, services, person)
    kept = browser.client.get_cookie("access").value
    assert browser.delete("/session").status_code == 204
    browser.client.set_cookie("access", kept)
    for method, path, rule in calls(app):
        if rule.signed_in:
            answer = send(browser.client, method, path, **{"X-CSRF-Token": browser.csrf})
            assert answer.status_code == 401, (method, path)


@pytest.mark.parametrize("name", ["access", "refresh"])
def test_on_https_cookies_are_locked_to_this_very_host(services, person, name):
    from dataclasses import replace

    from mobile_api.app import create_app

    settings = services.settings.model_copy(update={"public_url": "https://tte.contoh.example"})
    app = create_app(replace(services, settings=settings), TESTING=True)
    assert app.config[f"JWT_{name.upper()}_COOKIE_NAME"] == f"__Host-{name}"
    assert app.config["JWT_COOKIE_SECURE"] is True
    assert app.config["JWT_COOKIE_SAMESITE"] == "Strict"
    assert app.config.get("JWT_COOKIE_DOMAIN") is None
