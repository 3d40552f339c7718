"""The keys to which phones encrypt passphrase and code (ECDH-ES on P-256, RFC 7518 §4.6).

A new one each day, certified by the installation's authority; the private half is sealed under the
master key and destroyed when nothing encrypted to it may arrive any more.
"""

import base64
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from joserfc.jwk import ECKey
from sqlalchemy import func, select, update

from backend.certificates.authority import current as current_authority
from backend.certificates.authority import is_established
from backend.certificates.issuer import IssuingKey
from backend.certificates.kinds import AuthorityKind
from backend.certificates.profiles import Profile, Subject
from backend.core.db import Work
from backend.core.ids import new_id
from backend.core.masterkey import CannotOpenError, MasterKey
from backend.organisation.models import Agency
from backend.signing.models import ActivationKey
from backend.signing.problems import ACTIVATION_KEY_GONE

ROTATE_EVERY = timedelta(days=1)
OFFLINE_WINDOW = timedelta(hours=72)
"""How long a phone may authorise after its last sync, and how long that may then be on its way."""
ENCRYPT_FOR = ROTATE_EVERY + OFFLINE_WINDOW
"""A phone may have fetched a key just before the next one was made."""
PURPOSE = "activation-key"
_LOCK = 0x41435449  # «ACTI»


def current(work: Work, *, keys: MasterKey, issuer: IssuingKey) -> ActivationKey:
    """Today's key, made now if it is due."""
    work.session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    newest = work.session.scalars(
        select(ActivationKey).order_by(ActivationKey.created_at.desc()).limit(1)
    ).first()
    if newest is None or work.now - newest.created_at >= ROTATE_EVERY:
        newest = _make(work, keys, issuer)
    return newest


def rotate(work: Work, *, keys: MasterKey, issuer: IssuingKey) -> None:
    """Makes the day's key where there is an authority, and destroys what is past its window."""
    if is_established(work.session):
        current(work, keys=keys, issuer=issuer)
    work.session.execute(
        update(ActivationKey)
        .where(ActivationKey.destroy_at <= work.now, ActivationKey.sealed.is_not(None))
        .values(sealed=None)
    )


def private_key(work: Work, kid: str, *, keys: MasterKey) -> ECKey:
    """The private key behind a `kid`. Raises ACTIVATION_KEY_GONE for an unknown or old one."""
    row = work.session.scalar(select(ActivationKey).where(ActivationKey.kid == kid))
    if row is None or row.sealed is None or row.destroy_at <= work.now:
        raise ACTIVATION_KEY_GONE()
    try:
        return ECKey.import_key(keys.open(PURPOSE, row.sealed, kid.encode()))
    except CannotOpenError as error:
        raise ACTIVATION_KEY_GONE() from error


def _make(work: Work, keys: MasterKey, issuer: IssuingKey) -> ActivationKey:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key()
    jwk = ECKey.import_key(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    kid = jwk.thumbprint()
    organisation = work.session.scalar(select(Agency.name)) or "Centang"
    certificate = issuer.issue(
        Profile.ACTIVATION,
        Subject("Kunci aktivasi", organisation, new_id().hex),
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
    )
    certifier = current_authority(work.session, AuthorityKind.ACTIVATION).certificate
    row = ActivationKey(
        kid=kid,
        public_jwk={
            **jwk.as_dict(private=False),
            "kid": kid,
            "use": "enc",
            "alg": "ECDH-ES+A256KW",
            "x5c": [base64.b64encode(der).decode() for der in (certificate, certifier)],
        },
        sealed=keys.seal(PURPOSE, pem, kid.encode()),
        created_at=work.now,
        encrypt_until=work.now + ENCRYPT_FOR,
        destroy_at=work.now + ENCRYPT_FOR + OFFLINE_WINDOW,
    )
    work.session.add(row)
    work.session.flush()
    return row
