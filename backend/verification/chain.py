"""Certificates: a path to an anchor at a moment, what the key may do, and revocation.

Path building is pyHanko's; revocation is judged here, because a soft-failing check forgives a stale
list that names the certificate, and a strict one refuses honest files that carry no list at all.
"""

import itertools
from collections.abc import Coroutine, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.x509 import Certificate, load_der_x509_certificate
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

from backend.verification.report import CertificateFacts
from backend.verification.revocation import Revocation, status_at
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


def judge_chain(
    leaf: x509.Certificate,
    others: Iterable[x509.Certificate],
    purpose: Purpose,
    scene: Scene,
) -> Chain:
    """Judges one certificate as of the scene's moment."""
    anchors = [a for a in scene.trust.anchors if purpose in a.purposes]
    known = {a.certificate: a for a in anchors}
    context = ValidationContext(
        trust_roots=[x509.Certificate.load(der) for der in known],
        other_certs=[*others, *scene.certificates],
        moment=scene.at,
        allow_fetching=False,
        revocation_mode="soft-fail",
        crls=[],
        ocsps=[],
    )
    try:
        path = _complete(_find(leaf, context))
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
    certificates = [load_der_x509_certificate(c.dump()) for c in path.iter_certs(include_root=True)]
    anchor = known[path.first.dump()]
    if any(weak_key(c) for c in certificates):
        return Chain(anchor, ("weak-key", "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"))
    if not (may_stamp(leaf) if purpose == "tsa" else may_sign(leaf)):
        return Chain(anchor, ("wrong-usage", "CHAIN_CONSTRAINTS_FAILURE"))
    return _with_revocation(anchor, certificates, scene)


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


def _with_revocation(anchor: Anchor, certificates: list[Certificate], scene: Scene) -> Chain:
    """`certificates` run from the anchor down to the leaf."""
    everything = scene.evidence.everything()
    states = []
    in_file, moment = True, None
    for issuer, subject in itertools.pairwise(certificates):
        state, moment = status_at(subject, issuer, scene.at, everything)
        if state is Revocation.REVOKED:
            return Chain(anchor, ("certificate-revoked", "REVOKED"), state, moment)
        states.append(state)
        own, _ = status_at(subject, issuer, scene.at, scene.evidence.carried)
        in_file = in_file and own is Revocation.GOOD
    good = bool(states) and all(s is Revocation.GOOD for s in states)
    state = Revocation.GOOD if good or not states else Revocation.UNKNOWN
    return Chain(anchor, None, state, moment, evidence_in_file=in_file and bool(states))


def weak_key(certificate: Certificate) -> bool:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size < _MIN_RSA
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.curve.key_size < _MIN_EC
    return not isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey)


def may_sign(leaf: x509.Certificate) -> bool:
    """An end entity's certificate for signatures: key usage, and a fitting EKU if any is named."""
    usage = leaf.key_usage_value
    if leaf.ca or (usage and not usage.native & {"digital_signature", "non_repudiation"}):
        return False
    extended = leaf.extended_key_usage_value
    return extended is None or bool(_oids(extended) & _SIGNING_USES)


def may_stamp(leaf: x509.Certificate) -> bool:
    """RFC 3161 §2.3: exactly the time-stamping purpose."""
    extended = leaf.extended_key_usage_value
    return not leaf.ca and extended is not None and _oids(extended) == {"1.3.6.1.5.5.7.3.8"}


def _oids(extended: x509.ExtKeyUsageSyntax) -> set[str]:
    return {purpose.dotted for purpose in extended}


def facts(leaf: x509.Certificate, anchor: Anchor | None) -> CertificateFacts:
    return CertificateFacts(
        subject=name(leaf.subject),
        issuer=name(leaf.issuer),
        serial=f"{leaf.serial_number:x}",
        not_before=leaf.not_valid_before,
        not_after=leaf.not_valid_after,
        thumbprint=leaf.sha256.hex(),
        key=_key_name(load_der_x509_certificate(leaf.dump())),
        anchor=anchor.name if anchor else None,
    )


def name(subject: x509.Name) -> str:
    """The common name, or the whole name where there is none; cut at 200 characters."""
    return next(_common_names(subject), str(subject.human_friendly))[:200]


def _common_names(subject: x509.Name) -> Iterator[str]:
    for part in subject.chosen:
        for pair in part:
            if pair["type"].native == "common_name":
                yield str(pair["value"].native)


def _key_name(certificate: Certificate) -> str:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"ECDSA {_CURVES.get(key.curve.name, key.curve.name)}"
    return type(key).__name__.removesuffix("PublicKey")
