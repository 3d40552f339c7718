"""Every vault of an installation behind the one port."""

from backend.signing.problems import VAULT_UNAVAILABLE
from backend.signing.vaults.vault import KeyOwner, KeyVault, NewKey, Secret, UnlockedKey


class Vaults:
    """New keys are made in the first vault; older ones open in the vault they were made in."""

    def __init__(self, *vaults: KeyVault) -> None:
        self._vaults = {vault.name: vault for vault in vaults}
        self.name = vaults[0].name

    def create(self, owner: KeyOwner, passphrase: Secret) -> NewKey:
        return self._of(owner).create(owner, passphrase)

    def require_present(self, owner: KeyOwner) -> None:
        self._of(owner).require_present(owner)

    def unlock(self, owner: KeyOwner, wrapped: bytes, passphrase: Secret) -> UnlockedKey:
        return self._of(owner).unlock(owner, wrapped, passphrase)

    def rewrap(self, owner: KeyOwner, wrapped: bytes, old: Secret, new: Secret) -> bytes:
        return self._of(owner).rewrap(owner, wrapped, old, new)

    def _of(self, owner: KeyOwner) -> KeyVault:
        try:
            return self._vaults[owner.vault]
        except KeyError:
            raise VAULT_UNAVAILABLE() from None
