"""Each thing that a signature, its time stamp or the evidence must prove is seen to be missed."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from backend.core import der
from backend.signing.pdf.proofs import SelfCheckError, Store, check_signature
from tests.factories.authority import AT, Authority, Signer
from tests.factories.authority import der as encoded
from tests.factories.forging import SIGNING_TIME, STAMP, Forgery, attribute, token

CONTENT = b"naskah"


def digest(algorithm: str) -> bytes:
    return hashlib.new(algorithm, CONTENT).digest()


@pytest.fixture(scope="module")
def signer(authority: Authority) -> Signer:
    return authority.signer()


@pytest.fixture(scope="module")
def forgery(signer: Signer) -> Forgery:
    return Forgery(signer.certificate, signer.key.private, digest("sha256"))


@pytest.fixture(scope="module")
def unit(authority: Authority) -> tuple[Any, x509.Certificate]:
    return authority._stamper


def stamped(forgery: Forgery, stamp: Callable[[bytes], bytes]) -> bytes:
    """The forgery with a time stamp over its value."""
    forgery.build()
    value = forgery.made[-1]
    return forgery.but(value=value, unsigned=[attribute(STAMP, stamp(value))]).build()


def judged(contents: bytes, signer: Signer, store: Store | None = None) -> Any:
    return check_signature(contents, digest, encoded(signer.certificate), store)


CONTAINERS: dict[str, tuple[str, Callable[[Forgery, Authority], Forgery]]] = {
    "not signed data": ("not a CMS", lambda f, _: f.but(outer_type="1.2.840.113549.1.7.3")),
    "enclosed content": ("enclosed", lambda f, _: f.but(content=CONTENT)),
    "no certificate": ("not with", lambda f, _: f.but(carried=())),
    "two signers": ("one signer", lambda f, _: f.but(signers=2)),
    "another content": ("content type", lambda f, _: f.but(content_type="1.2.840.113549.1.7.5")),
    "another type": ("content type", lambda f, _: f.but(stated_type="1.2.840.113549.1.7.5")),
    "another digest": ("digest", lambda f, _: f.but(digest=bytes(32))),
    "another name": ("another certificate", lambda f, a: f.but(named=a.issuing)),
    "another algorithm": ("algorithm", lambda f, _: f.but(algorithm=der.RSA_SHA256)),
    "a foreign value": (
        "does not verify",
        lambda f, _: f.but(
            value=ec.generate_private_key(ec.SECP256R1()).sign(b"", ec.ECDSA(hashes.SHA256()))
        ),
    ),
    "a signing-time": (
        "signing-time",
        lambda f, _: f.but(more=[attribute(SIGNING_TIME, der.tlv(0x17, b"260101000000Z"))]),
    ),
    "an attribute twice": (
        "twice",
        lambda f, _: f.but(more=[attribute(SIGNING_TIME, b"\5\0"), attribute(SIGNING_TIME, b"")]),
    ),
    "two values": (
        "twice",
        lambda f, _: f.but(more=[attribute(SIGNING_TIME, b"\5\0", der.integer(1))]),
    ),
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_it_refuses_a_container_with(
    name: str, forgery: Forgery, signer: Signer, authority: Authority
) -> None:
    message, change = CONTAINERS[name]
    with pytest.raises((SelfCheckError, ValueError), match=message):
        judged(change(forgery, authority).build(), signer)


def test_a_proper_one_passes(forgery: Forgery, signer: Signer, unit: Any) -> None:
    assert judged(forgery.build(), signer) is None
    key, certificate = unit
    assert judged(stamped(forgery, lambda v: token(certificate, key, v, AT)), signer) == AT


def test_it_refuses_two_time_stamps(forgery: Forgery, signer: Signer, unit: Any) -> None:
    key, certificate = unit
    two = [attribute(STAMP, token(certificate, key, bytes([i]), AT)) for i in range(2)]
    with pytest.raises(SelfCheckError, match="more than one"):
        judged(forgery.but(unsigned=two).build(), signer)


STAMPS: dict[str, tuple[str, dict[str, Any]]] = {
    "another content": ("not a time-stamp token", {"content_type": "1.2.840.113549.1.7.1"}),
    "another type": ("content type", {"stated_type": "1.2.840.113549.1.7.1"}),
    "another digest": ("digest", {"digest": bytes(32)}),
    "no certificate": ("lacks its certificate", {"carried": ()}),
    "two signers": ("one signer", {"signers": 2}),
    "another algorithm": ("algorithm", {"algorithm": der.RSA_SHA256}),
}


@pytest.mark.parametrize("name", STAMPS)
def test_it_refuses_a_time_stamp_with(
    name: str, forgery: Forgery, signer: Signer, unit: Any
) -> None:
    message, changes = STAMPS[name]
    key, certificate = unit
    with pytest.raises((SelfCheckError, ValueError), match=message):
        judged(stamped(forgery, lambda v: token(certificate, key, v, AT, **changes)), signer)


def test_it_refuses_a_time_stamp_of_something_else(
    forgery: Forgery, signer: Signer, unit: Any
) -> None:
    key, certificate = unit
    with pytest.raises(SelfCheckError, match="imprint"):
        judged(stamped(forgery, lambda _: token(certificate, key, b"lain", AT)), signer)


def test_it_refuses_a_time_stamp_by_a_key_for_something_else(
    forgery: Forgery, signer: Signer
) -> None:
    with pytest.raises(SelfCheckError, match="may not stamp"):
        judged(
            stamped(forgery, lambda v: token(signer.certificate, signer.key.private, v, AT)), signer
        )


def test_it_refuses_a_time_stamp_whose_signature_is_false(
    forgery: Forgery, signer: Signer, unit: Any
) -> None:
    with pytest.raises(SelfCheckError, match="time stamp does not verify"):
        judged(stamped(forgery, lambda v: token(unit[1], signer.key.private, v, AT)), signer)


def test_it_refuses_a_time_before_the_certificates(
    forgery: Forgery, signer: Signer, unit: Any
) -> None:
    key, certificate = unit
    early = AT - timedelta(days=400)
    with pytest.raises(SelfCheckError, match="not valid at the time"):
        judged(stamped(forgery, lambda v: token(certificate, key, v, early)), signer)


def test_it_refuses_a_certificate_that_the_store_lacks(forgery: Forgery, signer: Signer) -> None:
    with pytest.raises(SelfCheckError, match="nobody knows"):
        judged(forgery.build(), signer, Store([], [], []))


def lists(authority: Authority) -> list[bytes]:
    return list(authority.evidence([encoded(authority.issuing)]).crls)


def authorities(authority: Authority) -> list[bytes]:
    return [encoded(authority.issuing), encoded(authority.root)]


def test_a_chain_is_proven_by_lists(authority: Authority, signer: Signer) -> None:
    Store(authorities(authority), lists(authority), []).check_chain(signer.certificate, AT)


def test_a_chain_needs_each_issuer(authority: Authority, signer: Signer) -> None:
    for known in ([], authorities(authority)[:1], authorities(Authority())):
        with pytest.raises(SelfCheckError, match="lacks an issuer"):
            Store(known, lists(authority), []).check_chain(signer.certificate, AT)


def test_a_chain_needs_proof_for_each_certificate(authority: Authority, signer: Signer) -> None:
    for given in ([], lists(authority)[:1], lists(authority)[1:], lists(Authority())):
        with pytest.raises(SelfCheckError, match="nothing proves"):
            Store(authorities(authority), given, []).check_chain(signer.certificate, AT)


def test_a_chain_needs_every_certificate_to_be_valid_then(
    authority: Authority, signer: Signer
) -> None:
    with pytest.raises(SelfCheckError, match="not valid at the time"):
        Store(authorities(authority), lists(authority), []).check_chain(
            signer.certificate, AT + timedelta(days=800)
        )


def answer(
    authority: Authority,
    signer: Signer,
    *,
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD,
    usages: tuple[x509.ObjectIdentifier, ...] = (ExtendedKeyUsageOID.OCSP_SIGNING,),
    responders: int = 1,
    issuer: Authority | None = None,
) -> bytes:
    """What a delegated responder says of the signer; `issuer` delegated it."""
    key = ec.generate_private_key(ec.SECP256R1())
    by = issuer or authority
    responder = by._issue(
        "Penjawab Contoh", key.public_key(), by.issuing, by.issuing_key, usages=usages
    )
    revoked = status is ocsp.OCSPCertStatus.REVOKED
    return (
        ocsp.OCSPResponseBuilder()
        .add_response(
            signer.certificate,
            authority.issuing,
            hashes.SHA256(),
            status,
            AT,
            AT + timedelta(days=1),
            AT if revoked else None,
            None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, responder)
        .certificates([responder] * responders)
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )


def by_answer(authority: Authority, signer: Signer, said: bytes) -> None:
    Store(authorities(authority), lists(authority)[:1], [said]).check_chain(signer.certificate, AT)


def test_an_answer_proves_as_well(authority: Authority, signer: Signer) -> None:
    by_answer(authority, signer, answer(authority, signer))


def falsified(said: bytes) -> bytes:
    """The answer with another signature of the same shape."""
    value = ocsp.load_der_ocsp_response(said).signature
    return said.replace(value, value[:-1] + bytes([value[-1] ^ 1]))


ANSWERS: dict[str, tuple[str, Callable[[Authority, Signer], bytes]]] = {
    "that it is revoked": (
        "is revoked",
        lambda a, s: answer(a, s, status=ocsp.OCSPCertStatus.REVOKED),
    ),
    "with two responders": ("lacks its responder", lambda a, s: answer(a, s, responders=2)),
    "by another key": (
        "may not answer",
        lambda a, s: answer(a, s, usages=(ExtendedKeyUsageOID.EMAIL_PROTECTION,)),
    ),
    "by another authority": ("another issuer", lambda a, s: answer(a, s, issuer=Authority())),
    "with a false signature": ("does not verify", lambda a, s: falsified(answer(a, s))),
    "about another": ("nothing proves", lambda a, _: answer(a, a.signer("Orang Lain"))),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_it_refuses_an_answer(name: str, authority: Authority, signer: Signer) -> None:
    message, make = ANSWERS[name]
    with pytest.raises(SelfCheckError, match=message):
        by_answer(authority, signer, make(authority, signer))
