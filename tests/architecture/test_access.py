"""Default deny: a view without a declared access rule answers nobody."""

from backend.bootstrap import Services
from mobile_api.access import rule_of
from mobile_api.app import Application, create_app


def test_every_route_declares_exactly_one_access_rule(app: Application) -> None:
    without = sorted(
        f"{rule.rule} ({rule.endpoint})"
        for rule in app.url_map.iter_rules()
        if rule_of(app.view_functions[rule.endpoint]) is None
    )
    assert without == []


def test_a_view_without_a_rule_answers_nobody(services: Services) -> None:
    app = create_app(services)
    app.add_url_rule("/undeclared", "undeclared", lambda: "secret")
    answer = app.test_client().get("/undeclared")
    assert answer.status_code == 404
    assert b"secret" not in answer.data
