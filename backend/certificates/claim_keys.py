"""The keys that sign claims and the status list: every one there ever was, for paper is kept."""

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.certificates.cose import PublicKey
from backend.certificates.kinds import AuthorityKind
from backend.certificates.models import Authority


def published(session: Session) -> list[PublicKey]:
    """Oldest first; none is ever taken back."""
    query = (
        select(Authority.certificate)
        .where(Authority.kind == AuthorityKind.CLAIM)
        .order_by(Authority.id)
    )
    return [_key(der) for der in session.scalars(query)]


def by_kid(session: Session) -> dict[bytes, PublicKey]:
    return {key.kid: key for key in published(session)}


def _key(certificate: bytes) -> PublicKey:
    key = x509.load_der_x509_certificate(certificate).public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise TypeError("claims are signed with P-256")
    return PublicKey.of(key)
