"""The cryptography of one CMS structure: whose it is, whether it covers the bytes, how strong.

Trust and time are judged elsewhere; nothing here says «valid».
"""

from dataclasses import dataclass
from datetime import datetime

from asn1crypto import cms, core, tsp, x509
from cryptography.hazmat.primitives import hashes
from pyhanko.sign.general import CMSStructuralError, SignedDataCerts
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import (
    extract_certs_for_validation,
    extract_tst_data_iter,
    get_hash_spec_for_tst_digest,
    get_signing_cert_attr,
    validate_sig_integrity,
)

_STRONG = {"sha224", "sha256", "sha384", "sha512", "sha3_256", "sha3_384", "sha3_512", "shake256"}
_MECHANISMS = {"rsassa_pkcs1v15", "rsassa_pss", "ecdsa", "ed25519", "ed448"}


@dataclass(frozen=True)
class Checked:
    """One signer's structure; `problem` is (reason code, sub-indication) and the first found."""

    certs: SignedDataCerts
    problem: tuple[str, str] | None
    weak: bool

    @property
    def signer(self) -> x509.Certificate:
        return self.certs.signer_cert


class MalformedError(Exception):
    """Not a signature that could be judged; `args[0]` is the reason's code."""


def check(
    signed_data: cms.SignedData, signer_info: cms.SignerInfo, digest: bytes, content_type: str
) -> Checked:
    """Checks message digest and signature value. Raises MalformedError."""
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
    if not intact:
        return Checked(certs, ("digest-differs", "HASH_FAILURE"), weak(signer_info))
    if not valid:
        return Checked(certs, ("signature-value-wrong", "SIG_CRYPTO_FAILURE"), weak(signer_info))
    return Checked(certs, None, weak(signer_info))


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


def pades_form(signed_data: cms.SignedData, signer_info: cms.SignerInfo, subfilter: str) -> bool:
    """A PAdES baseline structure (EN 319 142-1): CAdES in the dictionary, signer's cert bound."""
    if subfilter != "/ETSI.CAdES.detached" or len(signed_data["signer_infos"]) != 1:
        return False
    attributes = signer_info["signed_attrs"]
    return attributes is not core.VOID and get_signing_cert_attr(attributes) is not None


def time_stamp_tokens(signer_info: cms.SignerInfo) -> list[cms.SignedData]:
    return list(extract_tst_data_iter(signer_info, signed=False))


def token_info(token: cms.SignedData) -> tsp.TSTInfo:
    """Raises MalformedError when the structure holds no time-stamp info."""
    content = token["encap_content_info"]["content"]
    info = content.parsed if isinstance(content, core.ParsableOctetString) else None
    if not isinstance(info, tsp.TSTInfo):
        raise MalformedError("time-stamp-malformed")
    return info


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
