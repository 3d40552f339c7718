"""The public list says what became of a paper in the moment it happens, and how old its word is."""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select

from backend.bootstrap import Services
from backend.certificates import claim_keys, status_list
from backend.certificates.profiles import Addresses
from backend.certificates.status_list import Status, StatusList
from backend.core.jobs import Job
from backend.documents.models import Document, DocumentState
from backend.routing import lifecycle
from backend.signing.claims.indexes import WINDOW, index_of
from backend.signing.claims.models import StatusEntry
from backend.verification import status
from tests.factories.papers import digest
from tests.factories.signings import case
from tests.support.clock import SettableClock
from tests.support.jobs import RunJobs


def listed(services: Services, state: DocumentState) -> int:
    """The index of a paper in this state, its file validated, once the list was told."""
    one = case(services)
    with services.work() as work:
        document = work.session.get_one(Document, one.document_id)
        document.state = state
        document.signed_sha256 = document.validated_sha256 = digest(str(state))
        index = index_of(work, one.document_id)
    with services.work() as work:
        status.update(work, one.document_id, issuer=services.issuer)
    return index


def fetched(services: Services, client: FlaskClient) -> StatusList:
    answer = client.get("/.well-known/status/1")
    assert answer.content_type == "application/statuslist+cwt"
    with services.work() as work:
        keys = claim_keys.by_kid(work.session)
    return status_list.read(answer.data, Addresses(services.settings.origin).status_list, keys)


def test_it_follows_a_paper_from_the_queue_to_its_revocation(
    services: Services, client: FlaskClient, run_jobs: RunJobs
) -> None:
    one = case(services)
    one.prepare()
    with services.work() as work:
        index = index_of(work, one.document_id)
    assert fetched(services, client)[index] is Status.NOT_ISSUED
    one.sign(one.signatories[0])
    assert fetched(services, client)[index] is Status.NOT_ISSUED, "nobody has judged the file yet"
    run_jobs()
    assert fetched(services, client)[index] is Status.VALID
    with services.work(one.signatories[0].actor) as work:
        lifecycle.revoke(work, one.document_id, "Salah tanggal")
    assert Job.UPDATE_STATUS in run_jobs()
    assert fetched(services, client)[index] is Status.REVOKED


def test_it_tells_all_ends_apart(services: Services, client: FlaskClient) -> None:
    wanted = {
        DocumentState.READY_TO_SIGN: Status.NOT_ISSUED,
        DocumentState.SENT: Status.VALID,
        DocumentState.REVOKED: Status.REVOKED,
        DocumentState.SUPERSEDED: Status.SUPERSEDED,
        DocumentState.CANCELLED: Status.NOT_ISSUED,
    }
    indexes = {state: listed(services, state) for state in wanted}
    found = fetched(services, client)
    assert {state: found[index] for state, index in indexes.items()} == wanted


def test_what_does_not_change_is_not_signed_anew(services: Services, client: FlaskClient) -> None:
    listed(services, DocumentState.SIGNED)
    before = client.get("/.well-known/status/1")
    with services.work() as work:
        known = work.session.scalars(select(StatusEntry.document_id)).one()
        status.update(work, known, issuer=services.issuer)
    again = client.get("/.well-known/status/1", headers={"If-None-Match": before.headers["ETag"]})
    assert again.status_code == 304


def test_its_date_is_renewed_and_what_was_missed_is_caught_up(
    services: Services, client: FlaskClient, clock: SettableClock
) -> None:
    index = listed(services, DocumentState.SIGNED)
    before = fetched(services, client)
    assert before[index] is Status.VALID
    with services.work() as work:
        document = work.session.scalars(select(Document)).one()
        document.validated_sha256 = None
    clock.advance(seconds=3600)
    with services.work() as work:
        status.renew(work, issuer=services.issuer)
    after = fetched(services, client)
    assert after.at - before.at >= timedelta(hours=1)
    assert after[index] is Status.NOT_ISSUED
    assert after[WINDOW - 1] is Status.NOT_ISSUED
    assert after[WINDOW] is None, "nobody has an index there yet"
