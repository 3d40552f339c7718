"""The plain ways say what pyHanko's machinery says, of odd certificates and of damaged files."""

import io
from datetime import timedelta
from functools import lru_cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader

from backend.verification import plain_cms
from backend.verification.certs import Cert
from backend.verification.chain import judge_chain
from backend.verification.judge import judge
from backend.verification.plain_paths import plain_path
from backend.verification.revocation import Evidence
from backend.verification.scene import Scene
from backend.verification.trust import BOTH, Trust, anchor_of
from tests.factories.authorities import SIGNING, STAMPING, YEAR, rsa_key, usage
from tests.security.attacks.cases import NOW, house, long_term, signed
from tests.support.pyhanko_alone import pyhanko_alone

ALLOWED = {
    "a name": x509.NameConstraints([x509.DNSName("contoh.example")], None),
    "mail": x509.NameConstraints(None, [x509.RFC822Name("contoh.example")]),
    "a policy": x509.PolicyConstraints(0, None),
    "no mapping": x509.PolicyConstraints(None, 0),
    "no any": x509.InhibitAnyPolicy(0),
}
POLICIES = {
    "any": ["2.5.29.32.0"],
    "one": ["1.2.360.1.1"],
    "many": [f"1.2.360.1.{n}" for n in range(20)],
}


def name(text: str, kind=None) -> x509.Name:
    kind = {"_type": kind} if kind else {}
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text, **kind)])


@lru_cache
def key(number: int) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(number + 1, ec.SECP256R1())


def certificate(number: int, issuer: int, odd: dict, *, authority: bool) -> bytes:
    """One certificate of a chain; `odd` says what is unusual about it."""
    own = odd.get("key") or key(number)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(odd.get("subject", f"Contoh {number}")))
        .issuer_name(name(odd.get("issuer", f"Contoh {issuer}"), odd.get("text")))
        .public_key(own.public_key())
        .serial_number(odd.get("serial", 1000 + number))
        .not_valid_before(NOW - odd.get("before", YEAR))
        .not_valid_after(NOW + odd.get("after", YEAR))
    )
    if authority and odd.get("basic", True):
        basic = x509.BasicConstraints(odd.get("ca", True), odd.get("length"))
        builder = builder.add_extension(basic, critical=True)
    if odd.get("usage", True):
        said = {"key_cert_sign": True} if authority else {"digital_signature": True}
        builder = builder.add_extension(usage(**odd.get("may", said)), critical=True)
    if not authority and odd.get("uses", SIGNING) is not None:
        uses = x509.ExtendedKeyUsage(odd.get("uses", SIGNING))
        builder = builder.add_extension(uses, critical=False)
    for kind in odd.get("limits", ()):
        builder = builder.add_extension(ALLOWED[kind], critical=True)
    if "policies" in odd:
        listed = [
            x509.PolicyInformation(x509.ObjectIdentifier(oid), None)
            for oid in POLICIES[odd["policies"]]
        ]
        builder = builder.add_extension(x509.CertificatePolicies(listed), critical=False)
    if "unknown" in odd:
        strange = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.360.99"), b"\x05\x00")
        builder = builder.add_extension(strange, critical=odd["unknown"])
    if odd.get("own", True):
        digest = x509.SubjectKeyIdentifier.from_public_key(own.public_key())
        builder = builder.add_extension(digest, critical=False)
    if "by" in odd:
        by = x509.AuthorityKeyIdentifier.from_issuer_public_key(key(odd["by"]).public_key())
        builder = builder.add_extension(by, critical=False)
    signing = odd.get("signed_by") or key(issuer)
    algorithm = odd.get("hash") or hashes.SHA256()
    return builder.sign(signing, algorithm).public_bytes(Encoding.DER)


def chain_of(odd: dict[int, dict], length: int = 3) -> list[Cert]:
    """Leaf first, root last; each certificate's oddities by its number from the root (0)."""
    made = [
        certificate(n, max(n - 1, 0), odd.get(n, {}), authority=n < length - 1)
        for n in range(length)
    ]
    return [Cert(der) for der in reversed(made)]


ODD = {
    "plain": ({}, True),
    "expired authority": ({1: {"after": -timedelta(days=1)}}, False),
    "not yet begun": ({2: {"before": -timedelta(days=1)}}, False),
    "no authority": ({1: {"ca": False}}, False),
    "authority without constraints": ({1: {"basic": False}}, False),
    "authority that may not": ({1: {"may": {"digital_signature": True}}}, False),
    "authority without usage": ({1: {"usage": False}}, True),
    "signed by another": ({2: {"signed_by": key(7)}}, False),
    "root that signed by another": ({1: {"signed_by": key(7)}}, False),
    "unknown critical": ({2: {"unknown": True}}, False),
    "unknown": ({1: {"unknown": False}}, True),
    "names limited": ({1: {"limits": ["a name"]}}, False),
    "mail limited": ({1: {"limits": ["mail"]}}, False),
    "policy demanded": ({1: {"limits": ["a policy"]}}, False),
    "policy demanded and there": (
        {1: {"limits": ["a policy"], "policies": "one"}, 2: {"policies": "one"}},
        False,
    ),
    "no mapping": ({1: {"limits": ["no mapping"]}}, False),
    "no any policy": ({1: {"limits": ["no any"]}}, False),
    "policies": ({1: {"policies": "any"}, 2: {"policies": "one"}}, True),
    "many policies": ({2: {"policies": "many"}}, False),
    "path too long": ({0: {}, 1: {"length": 0}, 2: {}, 3: {}}, False),
    "path long enough": ({1: {"length": 1}, 3: {}}, True),
    "longer path": ({3: {}}, True),
    "key identifier of another": ({2: {"by": 5}}, False),
    "key identifier": ({1: {"by": 0}, 2: {"by": 1}}, True),
    "another's name": ({2: {"issuer": "Contoh 9"}}, False),
    "name in capitals": ({2: {"issuer": "CONTOH 1"}}, False),
    "name of another kind": ({2: {"text": x509.name._ASN1Type.PrintableString}}, False),
    "leaf of its own": ({2: {"issuer": "Contoh 2"}}, False),
    "short curve": ({2: {"key": ec.derive_private_key(5, ec.SECP192R1())}}, True),
    "short rsa": ({1: {"key": rsa_key(1024)}, 2: {"signed_by": rsa_key(1024)}}, False),
    "rsa": ({1: {"key": rsa_key(2048)}, 2: {"signed_by": rsa_key(2048)}}, True),
    "sha-384": ({2: {"hash": hashes.SHA384()}}, True),
    "sha-224": ({2: {"hash": hashes.SHA224()}}, False),
    "for web servers": ({2: {"uses": (x509.ObjectIdentifier("1.3.6.1.5.5.7.3.1"),)}}, True),
    "for time": ({2: {"uses": STAMPING}}, True),
    "for nothing": ({2: {"uses": None, "usage": False}}, True),
    "key agreement only": ({2: {"may": {"key_agreement": True}}}, True),
    "a leaf that is an authority": ({2: {}, 3: {"ca": True}}, True),
}


def judged(chain: list[Cert], purpose: str):
    leaf, *others = chain
    root = others.pop()
    trust = Trust.model_construct(anchors=(anchor_of("", root.der, BOTH, psre=False),), crls=())
    scene = Scene(trust=trust, at=NOW, evidence=Evidence())
    found = judge_chain(
        scene.shelf.put(leaf.der), scene.shelf.put_all(c.der for c in others), purpose, scene
    )
    return found.problem, found.anchor, found.revocation


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("purpose", ["signing", "tsa"])
def test_a_chain_is_judged_as_pyhanko_finds_it(name, purpose):
    odd, plainly = ODD[name]
    chain = chain_of(odd, max(3, *(n + 1 for n in odd)) if odd else 3)
    leaf, *others, root = chain
    assert (plain_path(leaf, others, [root], NOW) is not None) is plainly
    ours = judged(chain, purpose)
    with pyhanko_alone():
        assert judged(chain, purpose) == ours


def test_an_issuer_that_comes_twice_is_left_to_pyhanko():
    leaf, issuing, root = chain_of({})
    twin = Cert(certificate(1, 0, {"serial": 77}, authority=True))
    assert plain_path(leaf, [issuing, twin], [root], NOW) is None
    assert plain_path(leaf, [issuing, leaf], [root], NOW) is not None


@lru_cache
def files() -> list[tuple[bytes, int, int]]:
    """Valid files, and where their signature's bytes begin and end (in the hexadecimal)."""
    found = []
    for data in (signed(), long_term()):
        signature = PdfFileReader(io.BytesIO(data)).embedded_regular_signatures[0]
        begins = int(signature.byte_range[1]) + 1
        size = signature.pkcs7_content.rstrip(b"\0")
        found.append((data, begins, begins + 2 * len(size)))
    return found


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)
@given(
    st.integers(0, 1),
    st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1, max_size=3
    ),
)
def test_a_damaged_signature_is_judged_as_pyhanko_finds_it(which, damage):
    data, begins, ends = files()[which]
    raw = bytearray.fromhex(data[begins:ends].decode())
    for place, flip in damage:
        raw[int(place * len(raw))] ^= flip
    data = data[:begins] + raw.hex().encode() + data[ends:]
    ours = judge(data, house().trust(), NOW)
    with pyhanko_alone():
        theirs = judge(data, house().trust(), NOW)
    assert ours.verdict == theirs.verdict
    assert ours == theirs


@pytest.mark.parametrize("which", [0, 1])
def test_what_is_signed_today_is_plain(which):
    data, begins, ends = files()[which]
    found = plain_cms.read(bytes.fromhex(data[begins:ends].decode()))
    assert found is not None
    assert bool(found.unsigned) is bool(which)
