"""What both time stampers promise, and how the one behind a URL fails."""

import hashlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from asn1crypto import cms, tsp
from cryptography.hazmat.primitives.serialization import Encoding

from backend.certificates import timestamps
from backend.certificates.fetched_evidence import FetchedEvidence
from backend.certificates.kinds import AuthorityKind
from backend.certificates.status import Revoked
from backend.certificates.timestamps import EmbeddedTimeStamper, HttpTimeStamper, TimeStamper
from backend.core.clock import SystemClock
from backend.core.errors import DomainError
from tests.factories.pki import make_pki
from tests.fakes.authority_server import AuthorityServer
from tests.support.clock import SettableClock
from tests.support.openssl import openssl

DIGEST = hashlib.sha256(b"naskah").digest()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[AuthorityServer]:
    with AuthorityServer(tmp_path / "elsewhere").running() as running:
        yield running


@pytest.fixture(params=["embedded", "behind a URL"])
def stamper(request: pytest.FixtureRequest, server: AuthorityServer) -> TimeStamper:
    if request.param == "embedded":
        return EmbeddedTimeStamper(server.pki.issuer)
    return HttpTimeStamper(f"{server.origin}/tsa")


def info(token: bytes) -> tsp.TSTInfo:
    return cms.ContentInfo.load(token)["content"]["encap_content_info"]["content"].parsed


def test_a_token_proves_the_digest(
    stamper: TimeStamper, server: AuthorityServer, tmp_path: Path
) -> None:
    token = stamper.stamp(DIGEST)

    assert info(token)["message_imprint"]["hashed_message"].native == DIGEST
    assert len(token) <= stamper.token_size
    (tmp_path / "token.der").write_bytes(token)
    (tmp_path / "root.pem").write_bytes(server.pki.root.public_bytes(Encoding.PEM))
    openssl(
        "ts", "-verify", "-digest", DIGEST.hex(), "-token_in", "-in", tmp_path / "token.der",
        "-CAfile", tmp_path / "root.pem",
    )  # fmt: skip


def test_no_two_tokens_share_a_serial_number(stamper: TimeStamper) -> None:
    assert len({info(stamper.stamp(DIGEST))["serial_number"].native for _ in range(3)}) == 3


def test_a_digest_of_the_wrong_length_is_refused(stamper: TimeStamper) -> None:
    with pytest.raises(DomainError, match="certificates/time-stamp-unavailable"):
        stamper.stamp(DIGEST[:-1])


@pytest.mark.parametrize("said", [b"", b"<html>", b"\x30\x03\x02\x01\x00", b"\x30\x80" * 9])
def test_nonsense_is_no_time_stamp(server: AuthorityServer, said: bytes) -> None:
    server.says = said
    with pytest.raises(DomainError, match="certificates/time-stamp-unavailable"):
        HttpTimeStamper(f"{server.origin}/tsa").stamp(DIGEST)


def test_a_token_for_another_request_is_no_time_stamp(server: AuthorityServer) -> None:
    request = tsp.TimeStampReq(
        {
            "version": 1,
            "message_imprint": {
                "hash_algorithm": {"algorithm": "sha256"},
                "hashed_message": DIGEST,
            },
            "nonce": 5,
            "cert_req": True,
        }
    )
    server.says = server.pki.issuer.timestamp(request.dump())
    with pytest.raises(DomainError, match="certificates/time-stamp-unavailable"):
        HttpTimeStamper(f"{server.origin}/tsa").stamp(DIGEST)


def test_a_broken_or_silent_authority_is_said_so(server: AuthorityServer) -> None:
    server.broken = True
    for url in (f"{server.origin}/tsa", "http://127.0.0.1:9/tsa"):
        with pytest.raises(DomainError, match="certificates/time-stamp-unavailable"):
            HttpTimeStamper(url).stamp(DIGEST)


def test_evidence_about_an_external_authority_is_fetched_and_kept(
    server: AuthorityServer,
) -> None:
    clock = SettableClock(SystemClock().now())
    source = FetchedEvidence(clock)
    unit = server.pki.der(AuthorityKind.TSA)
    evidence = source.evidence([unit])

    assert evidence.certificates == (
        server.pki.der(AuthorityKind.ISSUING),
        server.pki.der(AuthorityKind.ROOT),
    )
    assert (len(evidence.ocsps), len(evidence.crls)) == (1, 1)
    asked = len(server.requests)
    assert source.evidence([unit]) == evidence
    assert len(server.requests) == asked
    clock.advance(hours=13)
    source.evidence([unit])
    assert len(server.requests) > asked


def test_issuers_that_came_along_are_not_fetched(server: AuthorityServer) -> None:
    given = [server.pki.der(k) for k in (AuthorityKind.TSA, AuthorityKind.ISSUING)]
    FetchedEvidence(SystemClock()).evidence(given)

    issuing = next(a for a in server.pki.issuer.authorities() if a.kind is AuthorityKind.ISSUING)
    assert f"/pki/{issuing.id}.cer" not in server.requests


def test_no_evidence_for_what_was_revoked_or_does_not_answer(
    server: AuthorityServer, tmp_path: Path
) -> None:
    unit = server.pki.der(AuthorityKind.TSA)
    serial = server.pki.certificate(AuthorityKind.TSA).serial_number
    server.pki.revoked[serial] = Revoked(serial, SystemClock().now(), "keyCompromise")
    with pytest.raises(DomainError, match="certificates/revoked-by-issuer"):
        FetchedEvidence(SystemClock()).evidence([unit])
    server.pki.revoked.clear()
    server.broken = True
    with pytest.raises(DomainError, match="certificates/time-stamp-unavailable"):
        FetchedEvidence(SystemClock()).evidence([unit])
    server.broken = False
    server.says = make_pki(tmp_path / "third").der(AuthorityKind.ISSUING)
    with pytest.raises(DomainError, match="certificates/time-stamp-unavailable"):
        FetchedEvidence(SystemClock()).evidence([unit])


def test_it_says_beforehand_whether_a_stamp_could_be_had(
    stamper: TimeStamper, server: AuthorityServer
) -> None:
    stamper.require_answer()
    asked = len(server.requests)
    stamper.require_answer()
    stamper.stamp(DIGEST)
    stamper.require_answer()
    assert len(server.requests) - asked <= 1, "what came a moment ago will do"


def test_one_that_failed_is_asked_again_at_once(server: AuthorityServer) -> None:
    stamper = HttpTimeStamper(f"{server.origin}/tsa")
    stamper.require_answer()
    server.broken = True
    for ask in (lambda: stamper.stamp(DIGEST), stamper.require_answer):
        with pytest.raises(DomainError) as raised:
            ask()
        assert raised.value.code == "certificates/time-stamp-unavailable"
    server.broken = False
    stamper.require_answer()


def test_the_check_has_little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A silent service is given up after seconds, not after the time a signature would wait."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(timestamps, "CHECK_SECONDS", 0.2)
        stamper = HttpTimeStamper(f"http://127.0.0.1:{silent.getsockname()[1]}/tsa")
        began = time.monotonic()
        with pytest.raises(DomainError):
            stamper.require_answer()
    assert time.monotonic() - began < timestamps.READ_SECONDS / 2
