"""After the last signature."""

import pytest

from backend.core.errors import NOT_FOUND, DomainError
from backend.documents.models import DocumentState
from backend.routing import lifecycle, problems
from backend.routing.models import EventKind, StepAction, TimelineEvent
from tests.factories import papers
from tests.integration.routing.conftest import Scene


def sign_everything(scene):
    scene.draw([StepAction.SIGN] * len(scene.desk.officials))
    scene.queue()
    for index in range(len(scene.desk.officials)):
        scene.sign(index)
    scene.document.validated_sha256 = scene.document.signed_sha256
    return scene


@pytest.fixture
def signed(scene):
    return sign_everything(scene)


def refused(problem, call, *args):
    with pytest.raises(DomainError) as caught:
        call(*args)
    assert caught.value.code == problem.code
    assert caught.value.detail


def test_nothing_is_sent_before_it_is_validated(signed):
    operator = signed.desk.act(signed.work)
    signed.document.validated_sha256 = None
    refused(problems.NOT_VALIDATED, lifecycle.send, operator, signed.document.id)
    signed.document.validated_sha256 = signed.document.signed_sha256
    lifecycle.send(operator, signed.document.id)
    assert signed.document.state is DocumentState.SENT
    lifecycle.archive(operator, signed.document.id)
    assert signed.document.state is DocumentState.ARCHIVED


def test_a_signer_revokes_with_a_reason(signed, clock):
    signer = signed.official(1).act(signed.work)
    refused(problems.REASON_REQUIRED, lifecycle.revoke, signer, signed.document.id, " ")
    lifecycle.revoke(signer, signed.document.id, "Keliru menyebut jabatan")
    assert signed.document.state is DocumentState.REVOKED
    assert signed.document.revoked_at == clock.now()
    event = signed.work.session.query(TimelineEvent).filter_by(kind=EventKind.REVOKED).one()
    assert event.capacity == signed.official(1).position.title
    refused(problems.CLOSED, lifecycle.revoke, signer, signed.document.id, "Lagi")


def test_an_operator_or_a_stranger_cannot_revoke(signed):
    operator = signed.desk.act(signed.work)
    refused(problems.ONLY_SIGNERS, lifecycle.revoke, operator, signed.document.id, "Alasan")
    stranger = papers.official(signed.work.session).act(signed.work)
    refused(NOT_FOUND, lifecycle.revoke, stranger, signed.document.id, "Alasan")


def test_what_is_not_signed_cannot_be_revoked(queued):
    signer = queued.official(1).act(queued.work)
    refused(problems.NOT_SIGNED, lifecycle.revoke, signer, queued.document.id, "Alasan")


def test_a_signed_paper_supersedes_another_of_the_same_unit(signed):
    operator = signed.desk.act(signed.work)
    desk = signed.desk
    document = papers.document(signed.work.session, desk.unit, desk.operator)
    version = papers.version(signed.work.session, document)
    document.current_version_id = version.id
    args = (lifecycle.supersede, operator, signed.document.id, document.id, "Perbaikan")
    refused(problems.SUCCESSOR_NOT_SIGNED, *args)
    newer = papers.Desk(desk.unit, desk.operator, document, version, desk.officials)
    sign_everything(Scene(signed.work, newer))
    lifecycle.supersede(operator, signed.document.id, document.id, "Perbaikan")
    assert signed.document.state is DocumentState.SUPERSEDED
    assert signed.document.superseded_by == document.id


def test_another_units_paper_supersedes_nothing(signed):
    other = sign_everything(Scene(signed.work, papers.desk(signed.work.session)))
    operator = signed.desk.act(signed.work)
    refused(
        NOT_FOUND, lifecycle.supersede, operator, signed.document.id, other.document.id, "Alasan"
    )
