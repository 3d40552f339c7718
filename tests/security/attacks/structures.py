"""Surgery on the signature's own structure (CMS, RFC 5652): what is in it and not signed by it."""

import re
from collections.abc import Callable
from datetime import timedelta

from asn1crypto import cms, core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from backend.verification.trust import Trust
from tests.factories.authorities import YEAR, Holder, House, rsa_key
from tests.factories.signed import sign, stamper_of
from tests.security.attacks.cases import NOW, Case, attack, house, letter, signed, signer, stamper

DAY = timedelta(days=1)


def _operated(data: bytes, change: Callable[[cms.SignedData], None]) -> bytes:
    """The file with its signature's structure changed; the gap keeps its size."""
    found = re.search(rb"/Contents <([0-9A-Fa-f]+)>", data)
    assert found
    info = cms.ContentInfo.load(bytes.fromhex(found[1].decode()), strict=False)
    change(info["content"])
    made = info.dump(force=True).hex().encode()
    assert len(made) <= len(found[1])
    return data[: found.start(1)] + made.ljust(len(found[1]), b"0") + data[found.end(1) :]


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


@attack
def another_certificate_for_the_same_key() -> Case:
    """One key, two certificates: the structure is bent to the one that the signature does not name."""
    key = ec.generate_private_key(ec.SECP256R1())
    old = house().issue("Contoh Jabatan Lama", key=key)
    new = house().issue("Contoh Jabatan Baru", key=key)

    def change(content: cms.SignedData) -> None:
        content["certificates"] = [_asn1(c) for c in (new.certificate, *new.chain)]
        sid = content["signer_infos"][0]["sid"].chosen
        sid["serial_number"] = new.certificate.serial_number

    return Case(_operated(sign(letter(), old), change), "invalid|tampered")


@attack
def two_signers_in_one_structure() -> Case:
    def change(content: cms.SignedData) -> None:
        info = content["signer_infos"][0].dump()
        content["signer_infos"] = [cms.SignerInfo.load(info), cms.SignerInfo.load(info)]

    return Case(_operated(_roomy(), change), "invalid|unreadable")


@attack
def nobody_in_the_structure() -> Case:
    def change(content: cms.SignedData) -> None:
        content["signer_infos"] = []

    return Case(_operated(signed(), change), "invalid|unreadable")


@attack
def other_words_inside_the_structure() -> Case:
    """What is signed lies in the structure itself, and the file is anybody's."""

    def change(content: cms.SignedData) -> None:
        content["encap_content_info"]["content"] = core.OctetString(b"surat lain")

    return Case(_operated(_roomy(), change), "invalid|tampered|unreadable")


@attack
def without_what_it_signs() -> Case:
    """Without signed attributes, the value would have to be over the file itself."""

    def change(content: cms.SignedData) -> None:
        content["signer_infos"][0]["signed_attrs"] = None

    return Case(_operated(signed(), change), "invalid|tampered|unreadable")


@attack
def value_of_zeros() -> Case:
    """An ECDSA value of (0, 0), which careless programs accept for everything."""

    def change(content: cms.SignedData) -> None:
        content["signer_infos"][0]["signature"] = bytes.fromhex("3006020100020100")

    return Case(_operated(signed(), change), "invalid")


def _roomy() -> bytes:
    """A signature whose time stamp was taken out leaves much space."""

    def change(content: cms.SignedData) -> None:
        content["signer_infos"][0]["unsigned_attrs"] = None

    return _operated(sign(letter(), signer(), stamp=stamper()), change)


@attack
def time_stamp_of_another_signature() -> Case:
    """A genuine old time stamp is moved to a signature by a certificate that has expired since."""
    late = house().issue("Contoh", start=NOW - 2 * YEAR, end=NOW - DAY)
    then = stamper_of(house().stamper(), NOW - YEAR)
    other = sign(letter(), signer(), stamp=then)
    found = re.search(rb"/Contents <([0-9A-Fa-f]+)>", other)
    assert found
    token = cms.ContentInfo.load(bytes.fromhex(found[1].decode()), strict=False)["content"]

    def change(content: cms.SignedData) -> None:
        content["signer_infos"][0]["unsigned_attrs"] = token["signer_infos"][0]["unsigned_attrs"]

    return Case(_operated(sign(letter(), late, stamp=stamper()), change), "invalid")


@attack
def stamped_before_its_certificate() -> Case:
    """Signed, so the time stamp says, before the certificate began."""
    early = stamper_of(house().stamper(), NOW - YEAR)
    holder = house().issue("Contoh", start=NOW - DAY)
    return Case(sign(letter(), holder, stamp=early), "invalid")


@attack
def expired_and_stamped_by_a_revoked_authority() -> Case:
    """Whoever has a revoked time-stamping key can state any time."""
    holder = house().issue("Contoh", start=NOW - 2 * YEAR, end=NOW - DAY)
    lost = house().stamper()
    crl = house().crl((lost, NOW - DAY))
    trust = Trust.model_construct(anchors=house().trust().anchors, crls=(crl,))
    return Case(sign(letter(), holder, stamp=stamper_of(lost, NOW - YEAR)), "invalid", trust)


@attack
def stamped_after_the_revocation() -> Case:
    holder = house().issue("Contoh")
    crl = house().crl((holder, NOW - DAY))
    trust = Trust.model_construct(anchors=house().trust().anchors, crls=(crl,))
    return Case(sign(letter(), holder, stamp=stamper()), "invalid", trust)


@attack
def authority_with_a_short_key() -> Case:
    weak = House("Contoh Tiga", NOW, key=rsa_key(1024))
    return Case(sign(letter(), weak.issue("Contoh")), "invalid|untrusted", weak.trust())


@attack
def certificate_with_an_unknown_demand() -> Case:
    """A critical extension nobody here understands: RFC 5280 §4.2 says to refuse."""
    return Case(sign(letter(), _with_unknown_extension()), "invalid|untrusted")


def _with_unknown_extension() -> Holder:
    base = house().issue("Contoh")
    builder = (
        x509.CertificateBuilder()
        .subject_name(base.certificate.subject)
        .issuer_name(base.certificate.issuer)
        .public_key(base.key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - YEAR)
        .not_valid_after(NOW + YEAR)
        .add_extension(
            x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\x05\x00"),
            critical=True,
        )
    )
    made = builder.sign(house().issuing.key, hashes.SHA256())
    return Holder(made, base.key, base.chain)


@attack
def certificate_of_an_old_digest() -> Case:
    """The certificate itself is signed with SHA-1, for which twins can be made."""
    base = house().issue("Contoh")
    made = _asn1(base.certificate)
    body = made["tbs_certificate"]
    body["signature"]["algorithm"] = made["signature_algorithm"]["algorithm"] = "sha1_ecdsa"
    value = house().issuing.key.sign(body.dump(force=True), ec.ECDSA(hashes.SHA1()))  # noqa: S303
    made["signature_value"] = core.OctetBitString(value)
    forged = x509.load_der_x509_certificate(made.dump(force=True))
    return Case(sign(letter(), Holder(forged, base.key, base.chain)), "invalid")
