"""Taking the root's key off this machine, and what it signs there afterwards.

The root is needed once a year, for its own revocation list, and when an issuing authority is made
or revoked. Away from the server nobody who breaks into it can make another authority.
"""

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from backend.audit import trail
from backend.certificates import revocation
from backend.certificates.authority import current
from backend.certificates.issuer import CRL_LIFETIME, IssuingKey
from backend.certificates.keyfiles import KeyFile, KeyFolder
from backend.certificates.kinds import AuthorityKind
from backend.certificates.models import RevocationList
from backend.certificates.problems import LIST_NOT_ACCEPTED, ROOT_OFFLINE
from backend.certificates.profiles import Signing
from backend.certificates.status import Revoked, revocation_list
from backend.core.db import Work


def export(
    work: Work, folder: KeyFolder, target: Path, passphrase: bytes, *, issuer: IssuingKey
) -> list[Path]:
    """Writes the root's key (PKCS#8 under the passphrase), certificate and a list of 12 months.

    The key stays here until `take_out`: first make sure that the copy can be read elsewhere.
    Raises ROOT_OFFLINE when it was taken out before, FileExistsError for a file that is there.
    """
    root = _root(folder)
    if root.key is None:
        raise ROOT_OFFLINE()
    fresh = revocation.publish(work, issuer=issuer, kind=AuthorityKind.ROOT)
    encrypted = root.key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase)
    )
    certificate = root.certificate.public_bytes(Encoding.PEM)
    files = [
        _write(target / f"{root.name}.key.pem", encrypted),
        _write(target / f"{root.name}.cer.pem", certificate),
        _write(target / f"{root.name}.crl", fresh.der),
    ]
    if load_key(files[0].read_bytes(), passphrase).public_key() != root.certificate.public_key():
        raise OSError(f"{files[0]} cannot be read back")
    return files


def take_out(work: Work, folder: KeyFolder, *, issuer: IssuingKey) -> None:
    """Removes the root's key from this machine, and from the process that held it."""
    root = _root(folder)
    if root.key is None:
        raise ROOT_OFFLINE()
    folder.take_out(root)
    issuer.authorities()  # reads the folder anew, and so forgets
    current(work.session, AuthorityKind.ROOT).key_name = None
    trail.record(work, "authority.root-taken-offline", "authority", root.id)


def load_key(pem: bytes, passphrase: bytes) -> ec.EllipticCurvePrivateKey:
    """The exported key. Raises ValueError for another passphrase or another kind of key."""
    key = load_pem_private_key(pem, passphrase)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("not an elliptic-curve key")  # noqa: TRY004 (like any wrong file)
    return key


def next_list(
    root: Signing,
    previous: x509.CertificateRevocationList,
    revoke: Iterable[int],
    now: datetime,
) -> bytes:
    """The root's next list (DER), made where the key is: what was revoked stays so.

    `revoke`: serial numbers of authorities that are revoked now.
    """
    entries = [Revoked(r.serial_number, r.revocation_date_utc, _reason(r)) for r in previous]
    known = {entry.serial for entry in entries}
    entries += [Revoked(s, now, "keyCompromise") for s in revoke if s not in known]
    number = previous.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number + 1
    return revocation_list(root, number, entries, now, CRL_LIFETIME[AuthorityKind.ROOT])


def accept_list(work: Work, der: bytes) -> RevocationList:
    """Serves a list that the root signed elsewhere. Raises LIST_NOT_ACCEPTED(reason)."""
    root = current(work.session, AuthorityKind.ROOT)
    known = work.session.get(RevocationList, root.id, with_for_update=True)
    public = x509.load_der_x509_certificate(root.certificate).public_key()
    try:
        crl = x509.load_der_x509_crl(der)
        number = crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
        genuine = isinstance(public, ec.EllipticCurvePublicKey) and crl.is_signature_valid(public)
    except (ValueError, x509.ExtensionNotFound) as error:
        raise LIST_NOT_ACCEPTED(reason="berkas bukan daftar pencabutan") from error
    if not genuine:
        raise LIST_NOT_ACCEPTED(reason="bukan ditandatangani kunci akar instalasi ini")
    if known is not None and number <= known.number:
        raise LIST_NOT_ACCEPTED(reason=f"nomornya {number}, padahal sudah ada nomor {known.number}")
    if crl.next_update_utc is None or crl.next_update_utc <= work.now:
        raise LIST_NOT_ACCEPTED(reason="masa berlakunya sudah lewat")
    trail.record(work, "authority.root-list-imported", "authority", root.id, number=number)
    return revocation.store(work, root.id, der)


def _root(folder: KeyFolder) -> KeyFile:
    return next(item for item in reversed(folder.all()) if item.kind is AuthorityKind.ROOT)


def _reason(entry: x509.RevokedCertificate) -> str | None:
    try:
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason.value
    except x509.ExtensionNotFound:
        return None


def _write(path: Path, data: bytes) -> Path:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return path
