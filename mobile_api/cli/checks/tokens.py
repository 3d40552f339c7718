"""The hardware module that holds signers' keys, where there is one."""

import re
from collections.abc import Iterator

from sqlalchemy import select

from backend.bootstrap import Services
from backend.core.errors import DomainError
from backend.signing.credentials import owner_of
from backend.signing.models import KeyCredential, Seal
from backend.signing.vaults.pkcs11_vault import Pkcs11Vault, label
from backend.signing.vaults.vault import PKCS11
from mobile_api.cli.checks import Finding, fail, warn

OURS = re.compile("[0-9a-f]{32}")
"""A shared module has tokens of others, too."""


def tokens_answer(services: Services) -> Iterator[Finding]:
    with services.work() as work:
        keys = work.session.scalars(
            select(KeyCredential).where(
                KeyCredential.vault == PKCS11, KeyCredential.retired_at.is_(None)
            )
        ).all()
        sealing = select(Seal.id).where(
            Seal.vault == PKCS11, Seal.retired_at.is_(None), Seal.wrapped.is_not(None)
        )
        needed = {label(owner_of(key)) for key in keys}
        needed |= {seal_id.hex for seal_id in work.session.scalars(sealing)}
    module = services.settings.pkcs11_module
    if module is None:
        if needed:
            yield fail(
                f"{len(needed)} keys are in a hardware module, and none is set.",
                "Set CENTANG_PKCS11_MODULE to the module's library.",
            )
        return
    try:
        tokens = Pkcs11Vault(services.master_key, module).tokens()
    except DomainError:
        yield fail(
            f"The hardware module {module} does not answer.",
            "Check CENTANG_PKCS11_MODULE, the module's own settings and its connection.",
        )
        return
    free = tokens.pop("", 0)
    if services.settings.vault == PKCS11 and not free:
        yield fail(
            "The hardware module has no free slot: no further signer can make a key.",
            "Add slots, or delete the tokens of ended keys, with the module's own tools.",
        )
    if lost := len(needed - tokens.keys()):
        yield fail(
            f"The tokens of {lost} keys in use are not in the hardware module.",
            "Connect the module that holds them, or have those signers' certificates issued anew.",
        )
    ours = {name for name in tokens if OURS.fullmatch(name)}
    if idle := len(ours - needed):
        yield warn(
            f"{idle} tokens in the hardware module belong to no key in use.",
            "Nobody knows their PINs any more. Delete them with the module's own tools "
            "(SoftHSM2: softhsm2-util --delete-token --token LABEL).",
        )


CHECKS = (tokens_answer,)
