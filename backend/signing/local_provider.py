"""Signatures made here: a key from a vault, our own PAdES engine, and the check by other code."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from uuid import UUID

from cryptography import x509
from cryptography.x509.oid import NameOID

from backend.certificates.models import Certificate
from backend.certificates.revocation import Evidence, RevocationSource
from backend.certificates.timestamps import TimeStamper
from backend.core import crashpoints
from backend.core.blobs import BlobStore
from backend.core.db import Work
from backend.core.errors import DomainError
from backend.signing import credentials
from backend.signing.pdf import pades, selfcheck
from backend.signing.pdf.placeholder import Placeholder, Slots
from backend.signing.problems import VAULT_UNAVAILABLE
from backend.signing.provider import Activation, ActivationOverError, Credential, SignedFile, Task
from backend.signing.vaults.vault import KeyVault, Secret, UnlockedKey

RECENT_SECONDS = 60
"""How long evidence about the same certificates serves the papers of one activation."""


@dataclass(frozen=True)
class LocalProvider:
    """A `Provider` whose keys, time stamps and evidence are the installation's own."""

    blobs: BlobStore
    vault: KeyVault
    stamper: TimeStamper
    revocation: RevocationSource
    open_work: Callable[[], AbstractContextManager[Work]]

    name = "local"
    dispatches = False
    together = None
    activation = Activation.PASSPHRASE

    def check(self, person_id: UUID) -> None:
        """The time stamp is needed, and the vault with this person's key. Raises
        TIME_STAMP_UNAVAILABLE or VAULT_UNAVAILABLE.
        """
        self.stamper.require_answer()
        with self.open_work() as work:
            key = credentials.live(work, person_id)
        if key is not None:
            self.vault.require_present(credentials.owner_of(key))

    def usable(self, work: Work, person_id: UUID) -> Credential:
        key, certificate = credentials.usable(work, person_id)
        return Credential(certificate.thumbprint, issuer_name(certificate), key, certificate)

    def open(
        self, work: Work, credential: Credential, passphrase: Secret
    ) -> AbstractContextManager["_Open"]:
        if credential.key is None:
            raise ValueError("a credential of another provider")
        key = credentials.unlock(
            work, credential.key, passphrase, vault=self.vault, counts=credential.counting
        )
        return _opened(key, _Recent(self.revocation))

    def perform(self, task: Task, opened: "_Open") -> SignedFile:
        if task.identity is None:
            raise ValueError("a paper prepared for another provider")
        prepared = Placeholder(self.blobs.get(task.prepared_sha256), Slots.from_json(task.layout))
        try:
            made = pades.sign(
                prepared,
                task.at,
                key=opened.key,
                identity=task.identity,
                stamper=self.stamper,
                revocation=opened.evidence if task.level.carries_evidence else None,
            )
        except DomainError as refusal:
            if refusal.problem is VAULT_UNAVAILABLE:
                raise ActivationOverError(refusal) from refusal
            raise
        crashpoints.reach("signing.made")
        expected = selfcheck.Expected(
            base=self.blobs.stream(task.base_sha256),
            before=prepared.data,
            field=prepared.slots.field,
            certificate=task.identity.certificate,
            at=task.at,
            first=task.first,
            evidence=task.level.carries_evidence,
        )
        return SignedFile(
            made.data, made.signed_at, prepared.slots.field, task.level, expected=expected
        )


class _Recent:
    """Asks for evidence about the same certificates at most once a minute.

    What changed meanwhile is seen by the transaction that finishes a signature.
    """

    def __init__(self, source: RevocationSource) -> None:
        self._source = source
        self._known: dict[tuple[bytes, ...], tuple[float, Evidence]] = {}

    def evidence(self, certificates: Sequence[bytes]) -> Evidence:
        wanted, now = tuple(certificates), time.monotonic()
        asked, found = self._known.get(wanted, (now - RECENT_SECONDS, None))
        if found is None or now - asked >= RECENT_SECONDS:
            found = self._source.evidence(certificates)
            self._known[wanted] = now, found
        return found


@dataclass(frozen=True)
class _Open:
    """One activation's key, and the evidence that its papers share."""

    key: UnlockedKey
    evidence: RevocationSource


@contextmanager
def _opened(key: UnlockedKey, evidence: RevocationSource) -> Iterator[_Open]:
    with key:
        yield _Open(key, evidence)


def issuer_name(certificate: Certificate) -> str:
    """Who issued a certificate, in a word or two."""
    issuer = x509.load_der_x509_certificate(certificate.der).issuer
    names = issuer.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value if names else issuer.rfc4514_string())
