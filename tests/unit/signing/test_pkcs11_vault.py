"""What only a vault of tokens has to promise; see test_vault_contract.py for the rest."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from pkcs11 import Attribute, ObjectClass, exceptions

from backend.core.errors import DomainError
from backend.core.ids import new_id
from backend.core.masterkey import MasterKey
from backend.signing.problems import KEY_BLOCKED, VAULT_FULL, VAULT_UNAVAILABLE
from backend.signing.vaults import pkcs11_process, pkcs11_session
from backend.signing.vaults.pkcs11_process import SessionProcess
from backend.signing.vaults.pkcs11_vault import PURPOSE, Pkcs11Vault, label
from backend.signing.vaults.software_vault import SoftwareVault
from backend.signing.vaults.vault import (
    PKCS11,
    SOFTWARE,
    KeyAlgorithm,
    KeyOwner,
    Secret,
    WrongPassphraseError,
)
from backend.signing.vaults.vaults import Vaults
from backend.signing.vaults.wrapping import Wrapping
from tests.factories.passphrases import CHEAP
from tests.support.softhsm import SoftHsm

MASTER = MasterKey(b"\x07" * 32)
PASSPHRASE = "kuda hijau di atap"
ANI = KeyOwner(new_id(), new_id(), KeyAlgorithm.ECDSA_P256, PKCS11)


@pytest.fixture
def vault(softhsm: SoftHsm) -> Pkcs11Vault:
    return Pkcs11Vault(MASTER, softhsm.module, CHEAP)


@pytest.fixture
def library(softhsm: SoftHsm) -> Iterator[Any]:
    """The module in this process, as an intruder would load it; call `initialize` first."""
    library = pkcs11.lib(str(softhsm.module))
    library.finalize()
    yield library
    library.finalize()


def pin_of(wrapped: bytes) -> str:
    plain = Wrapping(MASTER, PURPOSE, CHEAP).unwrap(ANI, wrapped, Secret(PASSPHRASE))
    return str(json.loads(plain)["pin"])


def test_the_key_never_leaves_the_token_and_only_signs(vault: Pkcs11Vault, library: Any) -> None:
    pin = pin_of(vault.create(ANI, Secret(PASSPHRASE)).wrapped)
    library.initialize()
    with library.get_token(token_label=label(ANI)).open(user_pin=pin) as session:
        key = session.get_key(object_class=ObjectClass.PRIVATE_KEY, id=ANI.key_id.bytes)
        always = ("LOCAL", "PRIVATE", "SENSITIVE", "ALWAYS_SENSITIVE", "NEVER_EXTRACTABLE", "SIGN")
        never = ("EXTRACTABLE", "DECRYPT", "UNWRAP", "DERIVE")
        assert {name: key[Attribute[name]] for name in always} == dict.fromkeys(always, True)
        assert {name: key[Attribute[name]] for name in never} == dict.fromkeys(never, False)
        with pytest.raises(exceptions.AttributeSensitive):
            key[Attribute.VALUE]


def test_a_key_in_use_opens_nothing_for_this_process(vault: Pkcs11Vault, library: Any) -> None:
    made = vault.create(ANI, Secret(PASSPHRASE))
    library.initialize()
    with (
        vault.unlock(ANI, made.wrapped, Secret(PASSPHRASE)) as key,
        library.get_token(token_label=label(ANI)).open() as session,
    ):
        key.sign(b"naskah")
        with pytest.raises(exceptions.NoSuchKey):
            session.get_key(object_class=ObjectClass.PRIVATE_KEY)


def test_neither_passphrase_nor_pin_is_in_the_token_in_the_clear(
    vault: Pkcs11Vault, softhsm: SoftHsm
) -> None:
    pin = pin_of(vault.create(ANI, Secret(PASSPHRASE)).wrapped)

    assert len(pin) == 32
    assert softhsm.holds(label(ANI).encode()), "the search finds nothing at all"
    assert not softhsm.holds(pin.encode())
    assert not softhsm.holds(PASSPHRASE.encode())


def test_a_wrong_passphrase_never_reaches_the_token(
    vault: Pkcs11Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = vault.create(ANI, Secret(PASSPHRASE))

    def started(*_: object, **__: object) -> None:
        raise AssertionError("the token would have counted a wrong PIN")

    monkeypatch.setattr(subprocess, "Popen", started)
    for _ in range(20):
        with pytest.raises(WrongPassphraseError):
            vault.unlock(ANI, made.wrapped, Secret("kuda hijau di bawah"))


def test_the_token_itself_takes_another_pin_after_a_change(vault: Pkcs11Vault) -> None:
    old = vault.create(ANI, Secret(PASSPHRASE)).wrapped
    new = vault.rewrap(ANI, old, Secret(PASSPHRASE), Secret("gajah menari"))
    vault.unlock(ANI, new, Secret("gajah menari")).forget()

    # A row out of a backup, with the passphrase of that time.
    with pytest.raises(WrongPassphraseError):
        vault.unlock(ANI, old, Secret(PASSPHRASE))
    with vault.unlock(ANI, new, Secret("gajah menari")) as key:
        assert key.sign(b"naskah")


def test_a_token_pulled_out_while_a_key_is_open_is_a_clear_failure(
    vault: Pkcs11Vault, softhsm: SoftHsm, tmp_path: Path
) -> None:
    made = vault.create(ANI, Secret(PASSPHRASE))
    with vault.unlock(ANI, made.wrapped, Secret(PASSPHRASE)) as key:
        key.sign(b"naskah")
        softhsm.pull_out(tmp_path / "aside")
        for _ in range(6):
            with pytest.raises(DomainError) as raised:
                key.sign(b"naskah")
            assert raised.value.problem is VAULT_UNAVAILABLE
        softhsm.put_back(tmp_path / "aside")
        assert key.sign(b"naskah"), "the same activation goes on once the token is back"


def test_a_missing_token_or_module_is_not_mistaken_for_a_wrong_passphrase(
    vault: Pkcs11Vault, softhsm: SoftHsm, tmp_path: Path
) -> None:
    made = vault.create(ANI, Secret(PASSPHRASE))
    softhsm.pull_out(tmp_path / "aside")
    elsewhere = Pkcs11Vault(MASTER, tmp_path / "libnone.so", CHEAP)

    for each in (vault, elsewhere):
        with pytest.raises(DomainError) as raised:
            each.unlock(ANI, made.wrapped, Secret(PASSPHRASE))
        assert raised.value.problem is VAULT_UNAVAILABLE


@pytest.mark.parametrize("program", ["import os; os.abort()", "import time; time.sleep(60)"])
def test_a_module_that_dies_or_hangs_takes_nobody_along(
    program: str, vault: Pkcs11Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = subprocess.Popen

    def broken(command: list[str], **how: Any) -> object:
        return start([command[0], "-c", program], **how)

    monkeypatch.setattr(subprocess, "Popen", broken)
    monkeypatch.setattr(pkcs11_process, "PATIENCE_SECONDS", 0.5)
    monkeypatch.setattr(pkcs11_process, "ENDING_SECONDS", 0.2)
    with pytest.raises(DomainError) as raised:
        vault.create(ANI, Secret(PASSPHRASE))
    assert raised.value.problem is VAULT_UNAVAILABLE


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (exceptions.PinLocked, KEY_BLOCKED),
        (exceptions.PinExpired, KEY_BLOCKED),
        (pkcs11_session.NoFreeSlotError, VAULT_FULL),
        (exceptions.DeviceRemoved, VAULT_UNAVAILABLE),
        (exceptions.SessionHandleInvalid, VAULT_UNAVAILABLE),
        (exceptions.SessionCount, VAULT_UNAVAILABLE),
    ],
)
def test_what_a_token_says_is_told_apart(
    said: type[Exception], meant: object, monkeypatch: pytest.MonkeyPatch, softhsm: SoftHsm
) -> None:
    """SoftHSM2 never blocks a PIN and never runs out of slots: this is what other modules say."""

    def refuse(*_: object) -> None:
        raise said

    answer = pkcs11_session._answer(refuse, [])
    with SessionProcess(softhsm.module) as process:
        monkeypatch.setattr(pkcs11_process.cbor2, "load", lambda _: answer)
        with pytest.raises(DomainError) as raised:
            process.ask("open")
    assert raised.value.problem is meant


def test_our_own_settings_are_none_of_the_modules_business(
    softhsm: SoftHsm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://rahasia")
    monkeypatch.setenv("CENTANG_METRICS_TOKEN", "rahasia")
    start, seen = subprocess.Popen, []

    def noted(command: list[str], **how: Any) -> object:
        seen.append(how["env"])
        return start(command, **how)

    monkeypatch.setattr(subprocess, "Popen", noted)
    with SessionProcess(softhsm.module) as process:
        process.ask("slots")
    assert "SOFTHSM2_CONF" in seen[0]
    assert "rahasia" not in str(seen)


def test_tokens_are_counted_for_the_doctor(vault: Pkcs11Vault) -> None:
    assert vault.tokens() == {"": 1}
    vault.create(ANI, Secret(PASSPHRASE))
    assert vault.tokens() == {"": 1, label(ANI): 1}


def test_keys_stay_in_the_vault_they_were_made_in(vault: Pkcs11Vault) -> None:
    software = SoftwareVault(MASTER, CHEAP)
    before, after = Vaults(software, vault), Vaults(vault, software)
    early = KeyOwner(new_id(), new_id(), KeyAlgorithm.ECDSA_P256, before.name)
    late = KeyOwner(new_id(), new_id(), KeyAlgorithm.ECDSA_P256, after.name)
    rows = {
        early: before.create(early, Secret(PASSPHRASE)).wrapped,
        late: after.create(late, Secret(PASSPHRASE)).wrapped,
    }

    assert (early.vault, late.vault) == (SOFTWARE, PKCS11)
    for mixed in (before, after):
        for owner, wrapped in rows.items():
            with mixed.unlock(owner, wrapped, Secret(PASSPHRASE)) as key:
                assert key.sign(b"naskah")
    with pytest.raises(DomainError) as raised:
        Vaults(software).unlock(late, rows[late], Secret(PASSPHRASE))
    assert raised.value.problem is VAULT_UNAVAILABLE
