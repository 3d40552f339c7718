"""Signatures made here: a key from a vault, our own PAdES engine, and the check by other code."""

from dataclasses import dataclass
from uuid import UUID

from backend.certificates.revocation import RevocationSource
from backend.certificates.timestamps import TimeStamper
from backend.core import crashpoints
from backend.core.blobs import BlobStore
from backend.core.db import Work
from backend.core.errors import DomainError
from backend.signing import credentials, pades, selfcheck
from backend.signing.models import KeyCredential
from backend.signing.placeholder import Placeholder, Slots
from backend.signing.problems import VAULT_UNAVAILABLE
from backend.signing.provider import ActivationOverError, SignedFile, Task
from backend.signing.vault import KeyVault, Secret, UnlockedKey


@dataclass(frozen=True)
class LocalProvider:
    """A `Provider` whose keys, time stamps and evidence are the installation's own."""

    blobs: BlobStore
    vault: KeyVault
    stamper: TimeStamper
    revocation: RevocationSource

    name = "local"
    dispatches = False

    def check(self, person_id: UUID) -> None:
        """Nothing outside is needed but the time stamp, which a paper fails for on its own."""

    def open(self, work: Work, credential: KeyCredential, passphrase: Secret) -> UnlockedKey:
        return credentials.unlock(work, credential, passphrase, vault=self.vault)

    def perform(self, task: Task, opened: UnlockedKey) -> SignedFile:
        base = self.blobs.get(task.base_sha256)
        prepared = Placeholder(self.blobs.get(task.prepared_sha256), Slots.from_json(task.layout))
        try:
            made = pades.sign(
                prepared,
                task.at,
                key=opened,
                identity=task.identity,
                stamper=self.stamper,
                revocation=self.revocation if task.level.carries_evidence else None,
            )
        except DomainError as refusal:
            if refusal.problem is VAULT_UNAVAILABLE:
                raise ActivationOverError(refusal) from refusal
            raise
        crashpoints.reach("signing.made")
        expected = selfcheck.Expected(
            base=base,
            before=prepared.data,
            field=prepared.slots.field,
            certificate=task.identity.certificate,
            at=task.at,
            first=task.first,
            evidence=task.level.carries_evidence,
        )
        signed_at = selfcheck.check(made.data, expected)
        return SignedFile(made.data, signed_at, prepared.slots.field)
