"""Instead of a passphrase: a one-time code that version 2 sends its person."""

import pytest
from sqlalchemy import update

from backend.bootstrap import Services
from backend.core.db import Actor
from backend.core.errors import DomainError
from backend.organisation.models import Agency
from backend.signing import service_codes
from backend.signing.models import ServiceCall
from backend.signing.progress import ItemState
from backend.signing.provider import Activation
from mobile_api.app import Application
from tests.factories.national import PASSPHRASE, Nation, nation
from tests.factories.stacks import Stack
from tests.fakes.bsre import BsreServer
from tests.integration.signing.bsre.piles import pile, signed, states
from tests.support.browser import signed_in

_LOCAL = update(Agency).values(provider="local")


@pytest.fixture
def coded(services: Services, bsre: BsreServer) -> Nation:
    return nation(services, bsre, version="v2", activation="code", files=2)


def send(papers: Stack, files: int, actor: Actor | None = None) -> None:
    services = papers.services
    service_codes.send(services.work, services.signing, actor or papers.signatory.actor, files)


def received(national: Nation) -> str:
    """What came by e-mail."""
    ((code, _),) = national.server.house.sent.values()
    return code


def test_the_sheet_is_told_what_to_ask_for(coded: Nation) -> None:
    papers = pile(coded, 1)
    assert papers.preflights(papers.steps()).standing.activation is Activation.SERVICE_CODE
    coded.choose(activation="passphrase")
    assert papers.preflights(papers.steps()).standing.activation is Activation.PASSPHRASE


def test_a_code_that_the_service_sent_signs_the_papers_it_was_asked_for(coded: Nation) -> None:
    papers = pile(coded, 3)
    send(papers, 3)

    assert states(signed(papers, received(coded))) == {ItemState.DONE: 3}

    with coded.services.work() as work:
        everything = repr([vars(call) for call in work.session.query(ServiceCall)])
    assert "v2 code" in everything
    assert received(coded) not in everything


def test_a_wrong_code_is_told_apart_from_a_wrong_passphrase(coded: Nation) -> None:
    papers = pile(coded, 1)
    send(papers, 1)

    (item,) = signed(papers, "000000x").items

    assert item.failure == {"code": "signing/service-wrong-code", "params": {}}


def test_a_passphrase_is_no_code(coded: Nation) -> None:
    papers = pile(coded, 1)

    (item,) = signed(papers, PASSPHRASE).items

    assert item.failure == {"code": "signing/service-wrong-code", "params": {}}


def test_a_code_is_asked_for_only_where_one_is_used(national: Nation) -> None:
    papers = pile(national, 1)

    with pytest.raises(DomainError) as raised:
        send(papers, 1)

    assert raised.value.code == "signing/service-no-code"
    assert not any("totp" in call for call in national.server.house.calls)


def test_only_a_phone_that_may_sign_asks_for_one(coded: Nation) -> None:
    papers = pile(coded, 1)

    with pytest.raises(DomainError):
        send(papers, 1, Actor(person_id=papers.signatory.person.id))

    assert coded.server.house.sent == {}


def test_an_agency_that_signs_here_sends_no_codes(app: Application, one_nation: Nation) -> None:
    papers = pile(one_nation, 1)
    person, device = papers.signatory.person, papers.signatory.phone.device
    with one_nation.services.work() as work:
        work.session.execute(_LOCAL)
    browser = signed_in(app, one_nation.services, person, device=device)

    assert browser.post("/signing/service-codes", {"documents": 1}).json["code"] == (
        "signing/service-no-code"
    )
