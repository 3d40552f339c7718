"""The port to the authority's keys: certify, list revocations, answer for status, stamp time.

Nothing behind it signs bytes that the caller chose: each method builds what it signs from fields,
on its own clock, and none but a report's seal from a digest of the caller's. `LocalIssuer` works in this process; `issuer_process.RemoteIssuer` asks a process
that alone can read the keys. Both pass the same contract test.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from backend.certificates import claims, profiles, stamping, status, status_list
from backend.certificates.attributes import signed_attributes
from backend.certificates.claims import Claim
from backend.certificates.keyfiles import KeyFile, KeyFolder
from backend.certificates.kinds import AuthorityKind
from backend.certificates.problems import AUTHORITY_MISSING, ROOT_OFFLINE
from backend.certificates.profiles import ISSUER_OF, Addresses, Profile, Signing, Subject
from backend.certificates.status import Revoked, Standing
from backend.core.clock import Clock
from backend.core.ids import new_id

CRL_LIFETIME = {
    AuthorityKind.ROOT: timedelta(days=365),
    AuthorityKind.ISSUING: timedelta(days=7),
}
RENEW_BEFORE = {
    # A time stamp should outlive what it proves: a new unit takes over years before the end.
    AuthorityKind.TSA: timedelta(days=4 * 365),
    AuthorityKind.OCSP: timedelta(days=90),
    # A new key each year; the old ones stay published, for paper is kept.
    AuthorityKind.CLAIM: timedelta(days=2 * 365),
    AuthorityKind.REPORT: timedelta(days=365),
}


@dataclass(frozen=True)
class Established:
    """One authority as the key holder knows it."""

    id: UUID
    kind: AuthorityKind
    certificate: bytes
    """DER."""
    key_name: str | None
    """None when the key is not on this machine."""


class IssuingKey(Protocol):
    """What may be done with the authority's keys."""

    def establish(self, organisation: str) -> list[Established]:
        """Makes what is missing or about to run out; returns every authority, oldest first.

        `organisation` names the authorities at their first making and is ignored afterwards.
        """
        ...

    def authorities(self) -> list[Established]:
        """Every authority, oldest first; empty before the first `establish`."""
        ...

    def issue(self, profile: Profile, subject: Subject, public_key: bytes) -> bytes:
        """A certificate (DER) for a SubjectPublicKeyInfo; raises ValueError for a weak key."""
        ...

    def crl(self, kind: AuthorityKind, number: int, entries: Sequence[Revoked]) -> bytes:
        """A complete CRL (DER) of the root or the issuing authority (ValueError for others).

        Raises ROOT_OFFLINE when the root's key was taken offline.
        """
        ...

    def ocsp(self, serial: int, standing: Standing, algorithm: str, nonce: bytes | None) -> bytes:
        """An OCSP response (DER) about a certificate of the issuing authority.

        `algorithm` is the hash with which the request named the issuer, such as sha256.
        """
        ...

    def timestamp(self, request: bytes) -> bytes:
        """An RFC 3161 response (DER) to a request (DER)."""
        ...

    def claim(self, code: str, claim: Claim) -> bytes:
        """What a document's QR carries (COSE_Sign1), bound to its public address."""
        ...

    def status_list(self, packed: bytes) -> bytes:
        """The list of what became of all papers (COSE_Sign1), as of now; see status_list.py."""
        ...

    def report(self, digest: bytes) -> bytes:
        """The signature value (ECDSA, DER) of a verification report's seal over its SHA-256.

        What is signed are the attributes of `attributes.signed_attributes` under the newest report
        certificate, whose subject says what it seals. Raises ValueError for another length.
        """
        ...


class LocalIssuer:
    """The keys in this process."""

    def __init__(self, folder: Path, addresses: Addresses, clock: Clock) -> None:
        self._folder = KeyFolder(folder)
        self._addresses = addresses
        self._clock = clock
        self._known: list[KeyFile] = []

    def establish(self, organisation: str) -> list[Established]:
        with self._folder.locked():
            self._known = self._folder.all()
            if self._known:
                organisation = self._organisation()
            for kind in ISSUER_OF:  # issuers come first
                if self._is_due(kind):
                    self._make(kind, organisation)
        return self.authorities()

    def authorities(self) -> list[Established]:
        self._known = self._folder.all()
        return [
            Established(
                item.id, item.kind, profiles.der(item.certificate), item.name if item.key else None
            )
            for item in self._known
        ]

    def issue(self, profile: Profile, subject: Subject, public_key: bytes) -> bytes:
        kind = AuthorityKind.ACTIVATION if profile is Profile.ACTIVATION else AuthorityKind.ISSUING
        return profiles.der(
            profiles.leaf_certificate(
                profile,
                subject,
                profiles.load_public_key(public_key),
                issuer=self._signing(kind),
                addresses=self._addresses,
                now=self._clock.now(),
            )
        )

    def crl(self, kind: AuthorityKind, number: int, entries: Sequence[Revoked]) -> bytes:
        if kind not in CRL_LIFETIME:
            raise ValueError(f"{kind} keeps no revocation list")
        return status.revocation_list(
            self._signing(kind), number, entries, self._clock.now(), CRL_LIFETIME[kind]
        )

    def ocsp(self, serial: int, standing: Standing, algorithm: str, nonce: bytes | None) -> bytes:
        return status.ocsp_response(
            serial,
            standing,
            issuer=self._newest(AuthorityKind.ISSUING).certificate,
            responder=self._signing(AuthorityKind.OCSP),
            algorithm=algorithm,
            nonce=nonce,
            now=self._clock.now(),
        )

    def timestamp(self, request: bytes) -> bytes:
        chain = [self._newest(AuthorityKind.ISSUING).certificate]
        return stamping.answer(request, self._signing(AuthorityKind.TSA), chain, self._clock.now())

    def claim(self, code: str, claim: Claim) -> bytes:
        key, now = self._signing(AuthorityKind.CLAIM).key, self._clock.now()
        return claims.sign(claim, self._addresses.public(code), key, now)

    def status_list(self, packed: bytes) -> bytes:
        key, now = self._signing(AuthorityKind.CLAIM).key, self._clock.now()
        return status_list.sign(packed, self._addresses.status_list, key, now)

    def report(self, digest: bytes) -> bytes:
        if len(digest) != SHA256.digest_size:
            raise ValueError("not a SHA-256")
        seal = self._signing(AuthorityKind.REPORT)
        said = signed_attributes(digest, profiles.der(seal.certificate))
        return seal.key.sign(said, ec.ECDSA(SHA256()))

    def _newest(self, kind: AuthorityKind) -> KeyFile:
        for attempt in range(2):
            found = [item for item in self._known if item.kind is kind]
            if found:
                return found[-1]
            if attempt == 0:
                self._known = self._folder.all()
        raise AUTHORITY_MISSING()

    def _signing(self, kind: AuthorityKind) -> Signing:
        item = self._newest(kind)
        if item.key is None:
            raise ROOT_OFFLINE()
        return Signing(item.id, item.certificate, item.key)

    def _organisation(self) -> str:
        name = self._newest(AuthorityKind.ROOT).certificate.subject
        value = name.get_attributes_for_oid(x509.NameOID.ORGANIZATION_NAME)[0].value
        return value if isinstance(value, str) else value.decode()

    def _is_due(self, kind: AuthorityKind) -> bool:
        found = [item for item in self._known if item.kind is kind]
        if not found:
            return True
        margin = RENEW_BEFORE.get(kind)
        left = found[-1].certificate.not_valid_after_utc - self._clock.now()
        return margin is not None and left < margin

    def _make(self, kind: AuthorityKind, organisation: str) -> None:
        key = ec.generate_private_key(profiles.CURVE.get(kind, ec.SECP256R1()))
        issuer_kind = ISSUER_OF[kind]
        certificate = profiles.authority_certificate(
            kind,
            profiles.authority_name(kind, organisation),
            key=key,
            issuer=None if issuer_kind is kind else self._signing(issuer_kind),
            addresses=self._addresses,
            now=self._clock.now(),
        )
        item = KeyFile(kind, new_id(), certificate, key)
        self._folder.add(item)
        self._known.append(item)
