"""The seal over HTTP and through the worker's desk, as custodians' phones use it."""

from dataclasses import replace
from typing import Any

from backend.bootstrap import Services
from backend.signing.models import DocumentSeal
from backend.signing.seal.seal_keeper import SealKeeper
from mobile_api.app import Application
from tests.factories.papers import document_type
from tests.factories.seals import custody
from tests.factories.signings import case
from tests.integration.signing.test_desk_socket import desk
from tests.support.browser import Browser, signed_in
from tests.support.jobs import RunJobs


def answer(response: Any) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    return response.json


def test_two_custodians_bring_the_seal_to_life_by_phone(
    app: Application, services: Services, run_jobs: RunJobs
) -> None:
    with services.work() as work:
        document_type(work.session, sealed=True)
    case(services)
    held = custody(services, joined=False)
    first, second = (
        signed_in(app, services, each.person, device=each.device) for each in held.phones
    )

    def join(who: int, browser: Browser) -> dict[str, Any]:
        sent = held.envelope(who, purpose="join")
        return answer(browser.post("/seal/join", {"statement": sent.sad, "secrets": sent.secrets}))

    assert answer(first.get("/seal"))["state"] == "to-join"
    assert join(0, first)["state"] == "waiting"
    assert answer(second.get("/seal"))["state"] == "to-join"
    assert join(1, second)["state"] == "idle"

    def consent(who: int, browser: Browser, **terms: Any) -> None:
        sent = held.envelope(who, purpose="activate", documents=5, **terms)
        body = {"statement": sent.sad, "secrets": sent.secrets}
        assert browser.post("/seal/activations", body).status_code == 204

    ends_at = int(services.clock.now().timestamp()) + 3600
    consent(0, first, activation=None, ends_at=ends_at)
    seen = answer(second.get("/seal"))
    assert (seen["state"], seen["activation"]["mine"], seen["waiting"]) == ("proposed", False, 1)
    assert len(seen["custodians"]) == 2
    consent(1, second, activation=seen["activation"]["id"], ends_at=ends_at)
    run_jobs()

    seen = answer(first.get("/seal"))
    assert (seen["state"], seen["activation"]["used"], seen["waiting"]) == ("active", 1, 0)
    assert first.delete("/seal/activation").status_code == 204
    assert answer(first.get("/seal"))["state"] == "idle"


def test_others_learn_nothing_of_the_seal(app: Application, services: Services) -> None:
    custody(services)
    stranger = case(services).signatories[0]
    browser = signed_in(app, services, stranger.person, device=stranger.phone.device)
    assert answer(browser.get("/seal")) == {
        "state": "none",
        "custodians": [],
        "activation": None,
        "waiting": 0,
    }
    refused = browser.delete("/seal/activation")
    assert (refused.status_code, refused.json["code"]) == (409, "signing/no-seal")


def test_the_key_is_in_the_workers_memory_alone_and_ends_with_it(
    app: Application, services: Services, run_jobs: RunJobs
) -> None:
    with services.work() as work:
        document_type(work.session, sealed=True)
    case(services)
    held = custody(services)
    settings = services.settings.model_copy(update={"desk": "worker"})
    web = replace(services, settings=settings, seal_keeper=SealKeeper())
    browser = signed_in(app, services, held.phones[0].person, device=held.phones[0].device)

    with desk(services):
        activation, ends = held.activate(0, services=web)
        held.activate(1, activation=activation, until=ends, services=web)
        assert services.seal_keeper.activation(services.clock.now()) == activation
        assert web.seal_keeper.activation(services.clock.now()) is None
        assert answer(browser.get("/seal"))["state"] == "active"
        run_jobs()
        with services.work() as work:
            assert work.session.query(DocumentSeal).count() == 1

    # The worker is gone, and whoever asks is told so.
    assert answer(browser.get("/seal"))["state"] == "idle"
