"""Certificates: a path to an anchor at a moment, what the key may do, and revocation.

Plain paths are walked here (plain_paths), every other is pyHanko's to find or to refuse; revocation is judged here, because a soft-failing check forgives a stale
list that names the certificate, and a strict one refuses honest files that carry no list at all.
"""

import itertools
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.x509 import NameOID
from pyhanko_certvalidator import ValidationContext, find_valid_path
from pyhanko_certvalidator.errors import (
    DisallowedAlgorithmError,
    ExpiredError,
    InvalidCertificateError,
    NotYetValidError,
    PathBuildingError,
    PathValidationError,
)
from pyhanko_certvalidator.path import ValidationPath

from backend.verification.certs import ERRORS, Cert
from backend.verification.plain_paths import plain_path
from backend.verification.report import CertificateFacts
from backend.verification.revocation import Revocation, states_at
from backend.verification.scene import Scene
from backend.verification.trust import Anchor, Purpose

# Extended key usages under which people sign documents; a certificate that lists others only
# (a web server's, say) was not issued for that.
_SIGNING_USES = {
    "1.3.6.1.5.5.7.3.4",  # emailProtection
    "1.3.6.1.5.5.7.3.36",  # documentSigning (RFC 9336)
    "1.2.840.113583.1.1.5",  # Adobe Authentic Documents Trust
    "1.3.6.1.4.1.311.10.3.12",  # Microsoft document signing
    "2.5.29.37.0",  # any
}
_CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}
_MIN_RSA = 2048
_MIN_EC = 256


@dataclass(frozen=True)
class Chain:
    """`problem` is (reason code, AdES sub-indication), None when the chain holds."""

    anchor: Anchor | None
    problem: tuple[str, str] | None
    revocation: Revocation = Revocation.UNKNOWN
    revoked_at: datetime | None = None
    evidence_in_file: bool = False
    """Revocation of the whole chain is answered by what the file itself carries."""


def judge_chain(leaf: Cert, others: Sequence[Cert], purpose: Purpose, scene: Scene) -> Chain:
    """Judges one certificate as of the scene's moment."""
    anchors = [a for a in scene.trust.anchors if purpose in a.purposes]
    known = {scene.shelf.put(a.certificate): a for a in anchors}
    carried = tuple(dict.fromkeys((*others, *scene.certificates)))
    path = plain_path(leaf, carried, list(known), scene.at)
    if path is None:
        found = _with_pyhanko(leaf, carried, list(known), scene)
        if isinstance(found, Chain):
            return found
        path = found
    anchor = known[path[0]]
    if any(weak_key(c) for c in path):
        return Chain(anchor, ("weak-key", "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"))
    if not (may_stamp(leaf) if purpose == "tsa" else may_sign(leaf)):
        return Chain(anchor, ("wrong-usage", "CHAIN_CONSTRAINTS_FAILURE"))
    return _with_revocation(anchor, path, scene)


def _with_pyhanko(
    leaf: Cert, others: Sequence[Cert], anchors: Sequence[Cert], scene: Scene
) -> list[Cert] | Chain:
    """The path from the anchor down to the leaf, or what is wrong with it."""
    context = ValidationContext(
        trust_roots=[x509.Certificate.load(anchor.der) for anchor in anchors],
        other_certs=[other.asn1 for other in others],
        moment=scene.at,
        allow_fetching=False,
        revocation_mode="soft-fail",
        crls=[],
        ocsps=[],
    )
    try:
        path = _complete(_find(leaf.asn1, context))
    except (PathBuildingError, InvalidCertificateError):
        return Chain(None, ("issuer-unknown", "NO_CERTIFICATE_CHAIN_FOUND"))
    except ExpiredError:
        return Chain(None, ("certificate-expired", "OUT_OF_BOUNDS_NO_POE"))
    except NotYetValidError:
        return Chain(None, ("certificate-not-yet-valid", "NOT_YET_VALID"))
    except DisallowedAlgorithmError:
        return Chain(None, ("weak-algorithm", "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"))
    except PathValidationError:
        return Chain(None, ("chain-broken", "CHAIN_CONSTRAINTS_FAILURE"))
    return [scene.shelf.put(c.dump()) for c in path.iter_certs(include_root=True)]


async def _find(leaf: x509.Certificate, context: ValidationContext) -> ValidationPath:
    paths = context.path_builder.async_build_paths_lazy(leaf)
    path: ValidationPath = await find_valid_path(leaf, paths, context)
    return path


def _complete(coroutine: Coroutine[Any, Any, ValidationPath]) -> ValidationPath:
    """Runs a coroutine that waits for nothing: an event loop would need a socket of its own."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        path: ValidationPath = done.value
        return path
    coroutine.close()
    raise AssertionError("path building waited for something outside")


def _with_revocation(anchor: Anchor, certificates: list[Cert], scene: Scene) -> Chain:
    """`certificates` run from the anchor down to the leaf."""
    states = []
    in_file, moment = True, None
    for issuer, subject in itertools.pairwise(certificates):
        (state, moment), own = states_at(subject, issuer, scene.at, scene.evidence)
        if state is Revocation.REVOKED:
            return Chain(anchor, ("certificate-revoked", "REVOKED"), state, moment)
        states.append(state)
        in_file = in_file and own is Revocation.GOOD
    good = bool(states) and all(s is Revocation.GOOD for s in states)
    state = Revocation.GOOD if good or not states else Revocation.UNKNOWN
    return Chain(anchor, None, state, moment, evidence_in_file=in_file and bool(states))


def weak_key(certificate: Cert) -> bool:
    key = certificate.key
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size < _MIN_RSA
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.curve.key_size < _MIN_EC
    return not isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey)


def may_sign(leaf: Cert) -> bool:
    """An end entity's certificate for signatures: key usage, and a fitting EKU if any is named."""
    if leaf.is_authority or not leaf.signs_documents:
        return False
    return leaf.purposes is None or bool(leaf.purposes & _SIGNING_USES)


def may_stamp(leaf: Cert) -> bool:
    """RFC 3161 §2.3: exactly the time-stamping purpose."""
    return not leaf.is_authority and leaf.purposes == frozenset({"1.3.6.1.5.5.7.3.8"})


def facts(leaf: Cert, anchor: Anchor | None) -> CertificateFacts:
    begins, ends = leaf.lives
    return CertificateFacts(
        subject=name(leaf),
        issuer=name(leaf, issuer=True),
        serial=f"{leaf.parsed.serial_number:x}",
        not_before=begins,
        not_after=ends,
        thumbprint=leaf.thumbprint,
        key=_key_name(leaf),
        anchor=anchor.name if anchor else None,
    )


def name(cert: Cert, *, issuer: bool = False) -> str:
    """The common name, or the whole name where there is none; cut at 200 characters."""
    try:
        said = cert.issuer if issuer else cert.subject
        found = [str(a.value) for a in said.get_attributes_for_oid(NameOID.COMMON_NAME)]
    except ERRORS:
        found = []
    if found:
        return found[0][:200]
    whole = cert.asn1.issuer if issuer else cert.asn1.subject
    return next(_common_names(whole), str(whole.human_friendly))[:200]


def _common_names(whole: x509.Name) -> Iterator[str]:
    for part in whole.chosen:
        for pair in part:
            if pair["type"].native == "common_name":
                yield str(pair["value"].native)


def _key_name(certificate: Cert) -> str:
    key = certificate.key
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"ECDSA {_CURVES.get(key.curve.name, key.curve.name)}"
    return type(key).__name__.removesuffix("PublicKey")
