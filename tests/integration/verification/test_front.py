"""A public answer is given again without the app, and says the same; until it is no longer true."""

from dataclasses import replace

import brotli
import pytest

from backend.documents.models import DocumentState
from backend.verification.published import Published
from mobile_api.app import Application
from tests.factories import papers

BROTLI = {"Accept-Encoding": "gzip, br"}


@pytest.fixture
def paper(services):
    with services.work() as work:
        return papers.desk(work.session, officials=0, state=DocumentState.CANCELLED).document


@pytest.fixture
def entered(monkeypatch):
    """The paths of requests that reached the app."""
    paths = []
    dispatch = Application.dispatch_request

    def noted(self):
        from flask import request

        paths.append(request.path)
        return dispatch(self)

    monkeypatch.setattr(Application, "dispatch_request", noted)
    return paths


@pytest.fixture(params=["/v/{}", "/v/{}?lang=en", "/api/v1/public/records/{}"])
def path(request, paper):
    return request.param.format(paper.public_code)


def test_the_second_who_asks_gets_the_same_answer_and_an_id_of_their_own(client, path, entered):
    first, second = client.get(path), client.get(path)
    assert len(entered) == 1
    assert second.data == first.data
    ids = [dict(each.headers).pop("X-Request-Id") for each in (first, second)]
    assert ids[0] != ids[1]
    ours = {name: value for name, value in first.headers if name != "X-Request-Id"}
    assert ours == {name: value for name, value in second.headers if name != "X-Request-Id"}
    assert "Content-Security-Policy" in ours
    named = client.get(path, headers={"X-Request-Id": "proxy-0001"})
    assert named.headers["X-Request-Id"] == "proxy-0001"


def test_who_has_it_already_is_told_so(client, path, entered):
    etag = client.get(path).headers["ETag"]
    repeated = client.get(path, headers={"If-None-Match": etag})
    assert len(entered) == 1
    from_the_app = client.get(path.replace("?", "?_=1&"), headers={"If-None-Match": etag})
    for answer in (repeated, from_the_app):
        assert (answer.status_code, answer.data) == (304, b"")
        assert "Content-Type" not in answer.headers
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_each_gets_the_encoding_and_the_language_asked_for(client, paper, entered):
    page = f"/v/{paper.public_code}"
    for _ in range(2):
        plain, packed = client.get(page), client.get(page, headers=BROTLI)
        english = client.get(f"{page}?lang=en")
        assert "Content-Encoding" not in plain.headers
        assert brotli.decompress(packed.data) == plain.data
        assert b'lang="id"' in plain.data
        assert b'lang="en"' in english.data
    assert len(entered) == 3
    weighed = client.get(page, headers={"Accept-Encoding": "br;q=0"})
    assert "Content-Encoding" not in weighed.headers


def test_over_https_the_browser_is_told_to_stay_there(client, paper):
    page = f"/v/{paper.public_code}"
    for _ in range(2):
        assert "Strict-Transport-Security" not in client.get(page).headers
        secure = client.get(page, environ_overrides={"wsgi.url_scheme": "https"})
        assert "Strict-Transport-Security" in secure.headers


def test_the_time_on_the_page_is_the_present(client, paper, clock):
    page = f"/v/{paper.public_code}"
    assert "09.00" in client.get(page).text
    clock.advance(minutes=1)
    assert "09.01" in client.get(page).text


def test_a_change_shows_at_once_when_the_last_look_is_over(client, services, office):
    document = office.issue()
    page = f"/v/{document.public_code}"
    assert "Utuh" in client.get(page).text
    office.change(document, state=DocumentState.REVOKED, revoked_at=services.clock.now())
    assert "Sudah dicabut" in client.get(page).text
    assert client.get(f"/api/v1/public/records/{document.public_code}").json["state"] == "revoked"


def test_unknown_codes_and_other_methods_go_to_the_app(client, paper, entered):
    page = f"/v/{paper.public_code}"
    client.get(page)
    assert client.head(page).data == b""
    assert client.get(f"{page}?kode=1").status_code == 200
    assert client.get(f"/v/{'0' * 20}").status_code == 404
    assert client.get(f"/v/{'0' * 20}").status_code == 404
    assert len(entered) == 5


def test_without_the_database_the_app_says_so(app, services, paper, client, monkeypatch):
    page = f"/v/{paper.public_code}"
    client.get(page)
    gone = Published(services.engine, max_age=0)
    gone._kept = services.published._kept
    monkeypatch.setattr("backend.verification.published._LOOK", None)
    app.serve(replace(services, published=gone))
    assert client.get(page).status_code >= 500
