"""The cryptography of one CMS structure: whose it is, whether it covers the bytes, how strong.

Trust and time are judged elsewhere; nothing here says «valid».
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from asn1crypto import cms, core, tsp
from cryptography.hazmat.primitives import hashes
from pyhanko.sign.general import (
    CMSStructuralError,
    extract_signer_info,
    find_cms_attribute_iter,
)
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import (
    extract_certs_for_validation,
    get_hash_spec_for_tst_digest,
    get_signing_cert_attr,
    validate_sig_integrity,
)

from backend.verification import plain_cms
from backend.verification.certs import Cert, Shelf

_STRONG = {"sha224", "sha256", "sha384", "sha512", "sha3_256", "sha3_384", "sha3_512", "shake256"}
_MECHANISMS = {"rsassa_pkcs1v15", "rsassa_pss", "ecdsa", "ed25519", "ed448"}


_TYPES = {plain_cms.DATA: "data", plain_cms.TST_INFO: "tst_info"}


class Structure:
    """A CMS structure (content info): read plainly where it is plain, and by asn1crypto when asked."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.plain = plain_cms.read(raw)

    @cached_property
    def signed_data(self) -> cms.SignedData:
        return cms.ContentInfo.load(self.raw)["content"]

    @cached_property
    def signer_info(self) -> cms.SignerInfo:
        return extract_signer_info(self.signed_data)

    @property
    def is_detached(self) -> bool:
        """Signs data that it does not hold."""
        if self.plain is not None:
            return self.plain.content_type == plain_cms.DATA and self.plain.content is None
        info = self.signed_data["encap_content_info"]
        return str(info["content_type"].native) == "data" and info["content"].native is None

    @property
    def signature(self) -> bytes:
        if self.plain is not None:
            return self.plain.signature
        return bytes(self.signer_info["signature"].native)

    @property
    def digest_algorithm(self) -> str:
        used = self.plain.digest if self.plain is not None else None
        return used or str(self.signer_info["digest_algorithm"]["algorithm"].native)

    def may_have(self, signed_attribute: bytes) -> bool:
        """False where it certainly has no such signed attribute."""
        return self.plain is None or signed_attribute in self.plain.attributes


@dataclass(frozen=True)
class Checked:
    """One signer's structure; `problem` is (reason code, sub-indication) and the first found."""

    signer: Cert
    others: tuple[Cert, ...]
    problem: tuple[str, str] | None
    weak: bool


class MalformedError(Exception):
    """Not a signature that could be judged; `args[0]` is the reason's code."""


def check(structure: Structure, digest: bytes, content_type: str, shelf: Shelf) -> Checked:
    """Checks message digest and signature value. Raises MalformedError."""
    plain = structure.plain
    if plain is not None and _TYPES.get(plain.content_type) == content_type:
        carried = shelf.put_all(plain.certificates)
        signer = plain_cms.signer_of(plain, carried, digest)
        if signer is not None:
            others = tuple(c for c in carried if c is not signer)
            return Checked(signer, others, None, weak=False)
    return _with_pyhanko(structure, digest, content_type, shelf)


def _with_pyhanko(structure: Structure, digest: bytes, content_type: str, shelf: Shelf) -> Checked:
    signed_data, signer_info = structure.signed_data, structure.signer_info
    try:
        certs = extract_certs_for_validation(signed_data)
    except (SignatureValidationError, CMSStructuralError) as error:
        raise MalformedError("signer-not-found") from error
    if certs.signer_cert is None:
        raise MalformedError("signer-not-found")
    try:
        intact, valid = validate_sig_integrity(signer_info, certs.signer_cert, content_type, digest)
    except (SignatureValidationError, CMSStructuralError) as error:
        raise MalformedError("cms-malformed") from error
    problem = None
    if not intact:
        problem = ("digest-differs", "HASH_FAILURE")
    elif not valid:
        problem = ("signature-value-wrong", "SIG_CRYPTO_FAILURE")
    signer = shelf.put(certs.signer_cert.dump())
    others = shelf.put_all(c.dump() for c in certs.other_certs)
    return Checked(signer, others, problem, weak(signer_info))


def weak(signer_info: cms.SignerInfo) -> bool:
    """A digest or mechanism that no longer proves anything (SHA-1, MD5, DSA …)."""
    algorithm = signer_info["signature_algorithm"]
    used = {signer_info["digest_algorithm"]["algorithm"].native}
    mechanism = algorithm.signature_algo
    if mechanism not in {"ed25519", "ed448"}:
        used.add(_signature_digest(signer_info))
    return mechanism not in _MECHANISMS or not used <= _STRONG


def _signature_digest(signer_info: cms.SignerInfo) -> str:
    try:
        return str(signer_info["signature_algorithm"].hash_algo)
    except ValueError:  # the mechanism leaves it to the digest algorithm
        return str(signer_info["digest_algorithm"]["algorithm"].native)


def pades_form(structure: Structure, subfilter: str) -> bool:
    """A PAdES baseline structure (EN 319 142-1): CAdES in the dictionary, signer's cert bound."""
    if subfilter != "/ETSI.CAdES.detached":
        return False
    if structure.plain is not None:
        bound = {plain_cms.CERTIFICATE_V1, plain_cms.CERTIFICATE_V2}
        return not bound.isdisjoint(structure.plain.attributes)
    attributes = structure.signer_info["signed_attrs"]
    return attributes is not core.VOID and get_signing_cert_attr(attributes) is not None


def time_stamp_tokens(structure: Structure) -> list[Structure]:
    if structure.plain is not None:
        return list(map(Structure, structure.plain.unsigned.get(plain_cms.TIME_STAMP, ())))
    found = find_cms_attribute_iter(
        structure.signer_info["unsigned_attrs"], "signature_time_stamp_token"
    )
    return [Structure(token.dump()) for token in found]


def token_info(token: Structure) -> tuple[tsp.TSTInfo, bytes]:
    """What it says, and the bytes that say so. Raises MalformedError when it is no time stamp."""
    if token.plain is not None and token.plain.content is not None:
        said = token.plain.content
        if token.plain.content_type == plain_cms.TST_INFO:
            return tsp.TSTInfo.load(said, strict=True), said
    content = token.signed_data["encap_content_info"]["content"]
    info = content.parsed if isinstance(content, core.ParsableOctetString) else None
    if not isinstance(info, tsp.TSTInfo):
        raise MalformedError("time-stamp-malformed")
    return info, bytes(content)


def generated_at(info: tsp.TSTInfo) -> datetime:
    moment: datetime = info["gen_time"].native
    return moment


def imprint(info: tsp.TSTInfo) -> tuple[str, bytes]:
    """(digest algorithm, digest) of what was stamped."""
    stamped = info["message_imprint"]
    return stamped["hash_algorithm"]["algorithm"].native, stamped["hashed_message"].native


def hashed(algorithm: str, data: bytes) -> bytes:
    """Raises MalformedError on an unknown algorithm."""
    try:
        digest = hashes.Hash(get_hash_spec_for_tst_digest(algorithm))
    except SignatureValidationError as error:
        raise MalformedError("time-stamp-malformed") from error
    digest.update(data)
    return digest.finalize()


def strong(algorithm: str) -> bool:
    return algorithm in _STRONG
