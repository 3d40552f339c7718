"""A secret paper is its maker's, its route's and the cleared operators'; nobody else learns of it."""

import pytest
from werkzeug.test import TestResponse

from backend.core.ids import new_id
from backend.documents.models import Secrecy, VersionState
from backend.organisation.models import Role
from backend.routing import decisions, routes
from backend.routing.models import Step
from backend.routing.routes import PlannedStep
from tests.factories import papers, people
from tests.support.browser import Browser, signed_in

SUBJECT = "Mutasi pejabat yang belum diumumkan"
SECRET = [Secrecy.RAHASIA, Secrecy.SANGAT_RAHASIA]


@pytest.fixture
def desk(work):
    people.agency(work.session)
    made = papers.desk(work.session, subject=SUBJECT, secrecy=Secrecy.RAHASIA)
    plan = [
        PlannedStep(official.position.id, action)
        for official, action in zip(made.officials, papers.actions(2), strict=True)
    ]
    routes.draw_route(made.act(work), made.document.id, plan)
    routes.queue(made.act(work), made.document.id)
    work.session.commit()
    return made


@pytest.fixture
def browser_of(app, services, work):
    def make(person) -> Browser:
        work.session.commit()
        return signed_in(app, services, person)

    return make


@pytest.fixture
def colleague(desk, work, browser_of):
    """An operator of the same unit whom nobody cleared."""
    return browser_of(people.operator(work.session, desk.unit))


@pytest.fixture
def ids(desk, work):
    step = work.session.query(Step).order_by(Step.ordinal).first()
    return {
        "document_id": desk.document.id,
        "version_id": desk.version.id,
        "step_id": step.id,
        "ordinal": 1,
    }


def addresses(app, ids, method):
    """Every address of the API that names a paper, a version or a step."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        named = rule.arguments & ids.keys() - {"ordinal"}
        if named and method in rule.methods and rule.arguments <= ids.keys():
            values = {name: ids[name] for name in rule.arguments}
            yield rule.endpoint, adapter.build(rule.endpoint, values, method=method)


def said(answer: TestResponse) -> tuple[int, str | None]:
    return answer.status_code, (answer.json or {}).get("code") if answer.is_json else None


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_to_a_colleague_it_is_as_if_it_did_not_exist(app, colleague, ids, method):
    nothing = {name: 1 if name == "ordinal" else new_id() for name in ids}
    real = dict(addresses(app, ids, method))
    invented = dict(addresses(app, nothing, method))
    assert len(real) >= {"GET": 10, "POST": 12, "PUT": 2, "PATCH": 1, "DELETE": 0}[method]
    for endpoint, address in real.items():
        path = address.removeprefix("/api/v1")
        found = colleague.call(method, path)
        other = colleague.call(method, invented[endpoint].removeprefix("/api/v1"))
        assert said(found) == said(other), endpoint
        assert SUBJECT not in found.text
        if method == "GET":
            assert found.status_code == 404, endpoint


def test_no_list_search_or_count_has_it(app, colleague, desk):
    lists = [r.rule for r in app.url_map.iter_rules() if "GET" in r.methods and not r.arguments]
    queries = ["", "?query=mutasi", f"?unit_id={desk.unit.id}", "?state=running"]
    for path in (p.removeprefix("/api/v1") for p in lists if p.startswith("/api/v1/")):
        for query in queries:
            answer = colleague.get(path + query)
            assert SUBJECT not in answer.text, path
            assert str(desk.document.id) not in answer.text, path
    assert colleague.get("/documents?state=running").json["items"] == []
    assert colleague.get("/tracking").json["items"] == []


@pytest.mark.parametrize("who", ["maker", "cleared", "on the route"])
def test_those_it_concerns_see_it(desk, ids, work, browser_of, who):
    cleared = people.person(work.session)
    people.role(work.session, cleared, Role.OPERATOR, desk.unit, cleared=True)
    person = {"maker": desk.operator, "cleared": cleared, "on the route": desk.officials[0].person}
    browser = browser_of(person[who])
    for path in (
        f"/documents/{ids['document_id']}",
        f"/documents/{ids['document_id']}/timeline",
        f"/documents/{ids['document_id']}/route",
        f"/versions/{ids['version_id']}",
        f"/versions/{ids['version_id']}/pages/1/text",
        f"/steps/{ids['step_id']}",
    ):
        assert browser.get(path).status_code == 200, path
    if who != "on the route":
        (paper,) = browser.get("/documents?query=mutasi").json["items"]
        assert paper["id"] == str(desk.document.id)
        assert len(browser.get("/tracking").json["items"]) == 1


@pytest.mark.parametrize("secrecy", Secrecy)
def test_only_the_two_upper_degrees_are_kept_from_colleagues(desk, colleague, work, secrecy):
    desk.document.secrecy = secrecy
    work.session.commit()
    status = colleague.get(f"/documents/{desk.document.id}").status_code
    assert status == (404 if secrecy in SECRET else 200)


def test_clearance_of_another_unit_is_none(desk, work, browser_of):
    person = people.operator(work.session, desk.unit)
    people.role(work.session, person, Role.OPERATOR, people.unit(work.session), cleared=True)
    browser = browser_of(person)
    assert browser.get(f"/documents/{desk.document.id}").status_code == 404


def test_only_those_it_concerns_are_told_what_became_of_it(desk, work, run_jobs, browser_of):
    cleared, colleague = (people.person(work.session) for _ in range(2))
    people.role(work.session, cleared, Role.OPERATOR, desk.unit, cleared=True)
    people.role(work.session, colleague, Role.OPERATOR, desk.unit)
    step = work.session.query(Step).order_by(Step.ordinal).first()
    decisions.give_back(desk.officials[0].act(work), step.id, "Perbaiki lampiran.")
    work.session.commit()
    run_jobs()
    told = {p.id: browser_of(p).get("/notices").json["items"] for p in (cleared, colleague)}
    assert [n["kind"] for n in told[cleared.id]] == ["returned"]
    assert told[colleague.id] == []


def test_a_note_about_it_is_hidden_with_it(desk, work, run_jobs, browser_of):
    cleared = people.person(work.session)
    grant = people.role(work.session, cleared, Role.OPERATOR, desk.unit, cleared=True)
    step = work.session.query(Step).order_by(Step.ordinal).first()
    decisions.give_back(desk.officials[0].act(work), step.id, "Nama calon belum lengkap.")
    work.session.commit()
    run_jobs()
    browser = browser_of(cleared)
    assert "calon" in browser.get("/notices").text
    grant.cleared = False
    work.session.commit()
    (notice,) = browser.get("/notices").json["items"]
    assert (notice["subject"], notice["document_id"], notice["data"]) == (None, None, {})


def test_the_administrator_clears_an_operator_and_the_trail_and_the_head_know(
    desk, work, browser_of, run_jobs
):
    from backend.audit import queries

    administrator, person = people.person(work.session), people.operator(work.session, desk.unit)
    people.role(work.session, administrator, Role.ADMINISTRATOR)
    head = people.official(
        work.session, people.position(work.session, desk.unit, head_of_unit=True)
    )
    body = {"person_id": str(person.id), "role": "operator", "unit_id": str(desk.unit.id)}
    browser, operator = browser_of(administrator), browser_of(person)
    assert browser.post("/roles", body | {"cleared": True}).json["cleared"] is True
    assert operator.get(f"/documents/{desk.document.id}").status_code == 200
    run_jobs()
    told = browser_of(head).get("/notices").json["items"]
    assert [n["data"]["event"] for n in told] == ["operator-cleared"]
    assert browser.post("/roles", body).json["cleared"] is False
    assert operator.get(f"/documents/{desk.document.id}").status_code == 404
    actions = [e.action for e in queries.entries(work.session, subject_id=person.id)]
    assert actions.count("role.changed") == 2


def test_a_cancelled_secret_papers_reason_stays_out_of_the_book(work):
    from backend.documents import drafts, numbering
    from backend.documents.models import NumberMode

    people.agency(work.session)
    desk = papers.desk(work.session, secrecy=Secrecy.RAHASIA, number_mode=NumberMode.STAMP)
    act = desk.act(work)
    numbering.take_for(act, desk.document, desk.operator.id)
    drafts.cancel(act, desk.document.id, "Batal memutasi Kepala Dinas.")
    (number,) = numbering.book(act, desk.unit.id)
    assert number.note == "Rahasia"


def test_the_route_reads_a_new_version_only_once_it_is_queued(desk, work, browser_of):
    official = desk.officials[0]
    step = work.session.query(Step).order_by(Step.ordinal).first()
    decisions.give_back(official.act(work), step.id, "Perbaiki lampiran.")
    mended = papers.version(work.session, desk.document, ordinal=2, filename="mended.pdf")
    desk.document.current_version_id = mended.id
    work.session.commit()
    browser, document = browser_of(official.person), f"/documents/{desk.document.id}"
    assert browser.get(f"/versions/{mended.id}").status_code == 404
    assert browser.get(f"/versions/{mended.id}/pages/1/text").status_code == 404
    assert browser.get(document).json["version"]["id"] == str(desk.version.id)
    assert "mended.pdf" not in browser.get(f"{document}/timeline").text
    assert browser.get(f"/versions/{desk.version.id}").status_code == 200
    routes.queue(desk.act(work), desk.document.id)
    work.session.commit()
    assert browser.get(f"/versions/{mended.id}").status_code == 200
    assert browser.get(document).json["version"]["id"] == str(mended.id)
    assert mended.state is VersionState.READY
