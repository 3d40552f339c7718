"""Version 2 takes several files in one call, where an agency turns it on: each result by itself."""

import pytest
from pydantic import ValidationError

from backend.bootstrap import Services
from backend.core.blobs import BlobStore
from backend.documents.models import DocumentState
from backend.signing.bsre.terms import ServiceTerms
from backend.signing.models import BatchState, ServiceCall
from backend.signing.progress import ItemState
from tests.factories.national import PASSPHRASE, Nation, nation
from tests.fakes.bsre import BsreServer, Fault
from tests.integration.signing.bsre.piles import (
    activation,
    asked_to_sign,
    pile,
    shown,
    signed,
    states,
    waiting,
)

DONE, FAILED, UNKNOWN, WAITING = (
    ItemState.DONE, ItemState.FAILED, ItemState.UNKNOWN, ItemState.WAITING,
)  # fmt: skip


@pytest.fixture
def together(services: Services, bsre: BsreServer) -> Nation:
    return nation(services, bsre, version="v2", files=3)


def test_it_is_off_unless_an_agency_turns_it_on(services: Services, bsre: BsreServer) -> None:
    national = nation(services, bsre, version="v2")

    assert states(signed(pile(national, 2))) == {DONE: 2}

    assert asked_to_sign(national) == 2


def test_version_one_takes_one_file_only() -> None:
    with pytest.raises(ValidationError, match="need version 2"):
        ServiceTerms(version="v1", files=2)


def test_a_batch_goes_in_portions_and_each_paper_has_its_own_file(together: Nation) -> None:
    papers = pile(together, 4)

    assert states(signed(papers)) == {DONE: 4}

    assert asked_to_sign(together) == 2
    assert all(paper.signed_bytes().startswith(paper.base) for paper in papers.papers)
    assert len({one.file_sha256 for one in papers.signatures()}) == 4
    with together.services.work() as work:
        calls = work.session.query(ServiceCall).filter_by(call="v2 sign").all()
    assert len({call.attempt_id for call in calls}) == len(calls) == 4


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault.FIRST_LEFT_OUT, "zero-bytes"),
        (Fault.FIRST_EMPTY, "zero-bytes"),
        (Fault.FIRST_TAMPERED, "broken-signature"),
    ],
)
def test_one_bad_result_spoils_no_other_of_its_call(
    together: Nation, fault: Fault, reason: str
) -> None:
    papers = pile(together, 2)
    together.server.house.faults.append(fault)

    found = signed(papers)

    assert [item.state for item in found.items] == [UNKNOWN, DONE]
    assert papers.papers[0].document().state is DocumentState.UNKNOWN
    assert asked_to_sign(together) == 1
    with together.services.work() as work:
        calls = work.session.query(ServiceCall).filter_by(call="v2 sign").order_by(ServiceCall.id)
        assert [call.outcome for call in calls] == [reason, "answered"]


def test_files_that_come_back_in_another_order_find_their_papers(together: Nation) -> None:
    papers = pile(together, 2)
    together.server.house.faults.append(Fault.OTHER_ORDER)

    assert states(signed(papers)) == {DONE: 2}

    assert all(paper.signed_bytes().startswith(paper.base) for paper in papers.papers)


def test_a_call_that_is_not_answered_leaves_all_of_its_papers_open(together: Nation) -> None:
    papers = pile(together, 4)
    together.server.house.faults.append(Fault.CUT_AFTER_SIGNING)

    found = signed(papers)

    assert [item.state for item in found.items] == [UNKNOWN, UNKNOWN, UNKNOWN, DONE]
    assert asked_to_sign(together) == 2


def test_a_wrong_passphrase_is_tried_once_and_the_rest_waits(together: Nation) -> None:
    papers = pile(together, 2)

    found = signed(papers, "salah semua")

    assert asked_to_sign(together) == 1
    assert states(found) == {FAILED: 1, WAITING: 1}
    assert found.state is BatchState.PAUSED
    batch_id = found.batch.id
    papers.sign(activation(papers, batch_id=batch_id))
    assert states(shown(papers, batch_id)) == {FAILED: 1, DONE: 1}
    assert waiting(papers, batch_id) == []


def test_what_was_refused_together_is_asked_for_alone_next_time(together: Nation) -> None:
    """A call is never repeated by itself: the person consents anew, and no paper holds another up."""
    papers = pile(together, 2)
    house = together.server.house
    house.faults.append(Fault.NOT_JSON_400)
    found = signed(papers)
    assert states(found) == {FAILED: 2}
    assert {item.failure["code"] for item in found.items if item.failure} == {
        "signing/service-refused"
    }
    assert asked_to_sign(together) == 1

    house.faults.append(Fault.NOT_JSON_400)
    assert states(signed(papers)) == {FAILED: 1, DONE: 1}
    assert asked_to_sign(together) == 3


def test_a_signed_file_that_cannot_be_kept_is_no_signature_that_was_not_made(
    together: Nation, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = pile(together, 1)
    envelope = activation(papers, PASSPHRASE)

    def full(*_: object, **__: object) -> str:
        raise OSError("no space left")

    with monkeypatch.context() as broken:
        broken.setattr(BlobStore, "put", full)
        papers.sign(envelope)

    assert papers.papers[0].document().state is DocumentState.UNKNOWN
