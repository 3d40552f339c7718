"""The envelope of keys and PINs, through the vault that keeps whole keys in it."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.core.ids import new_id
from backend.core.masterkey import MasterKey
from backend.signing.vaults.pkcs11_vault import PURPOSE as OTHER_PURPOSE
from backend.signing.vaults.software_vault import SoftwareVault
from backend.signing.vaults.vault import KeyAlgorithm, KeyOwner, Secret, WrongPassphraseError
from backend.signing.vaults.wrapping import Cost, Wrapping
from tests.factories.passphrases import CHEAP

MASTER = MasterKey(b"\x07" * 32)
VAULT = SoftwareVault(MASTER, CHEAP)
PASSPHRASE = "kuda hijau di atap"
ANI = KeyOwner(new_id(), new_id(), KeyAlgorithm.ECDSA_P256)
KEY = VAULT.create(ANI, Secret(PASSPHRASE))


@given(st.text(min_size=1, max_size=80).filter(lambda text: text.strip()))
@settings(max_examples=30, deadline=None)
def test_only_the_passphrase_opens(text: str) -> None:
    if Secret(text).reveal() != PASSPHRASE.encode():
        with pytest.raises(WrongPassphraseError):
            VAULT.unlock(ANI, KEY.wrapped, Secret(text))


@given(st.integers(0, len(KEY.wrapped) * 8 - 1))
@settings(max_examples=200, deadline=None)
def test_one_flipped_bit_anywhere_keeps_it_shut(bit: int) -> None:
    changed = bytearray(KEY.wrapped)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(WrongPassphraseError):
        VAULT.unlock(ANI, bytes(changed), Secret(PASSPHRASE))


@given(st.integers(0, len(KEY.wrapped) - 1))
@settings(max_examples=50, deadline=None)
def test_a_shortened_row_stays_shut(length: int) -> None:
    with pytest.raises(WrongPassphraseError):
        VAULT.unlock(ANI, KEY.wrapped[:length], Secret(PASSPHRASE))


@given(st.uuids(), st.sampled_from(["person_id", "key_id"]))
@settings(max_examples=20, deadline=None)
def test_a_row_does_not_open_under_another_owner_or_key(other: UUID, column: str) -> None:
    with pytest.raises(WrongPassphraseError):
        VAULT.unlock(replace(ANI, **{column: other}), KEY.wrapped, Secret(PASSPHRASE))


def test_the_passphrase_alone_does_not_open_without_the_master_key() -> None:
    with pytest.raises(WrongPassphraseError):
        SoftwareVault(MasterKey(b"\x08" * 32), CHEAP).unlock(ANI, KEY.wrapped, Secret(PASSPHRASE))


def test_a_row_cannot_ask_for_endless_work() -> None:
    greedy = KEY.wrapped[:2] + (0xFFFFFFFF).to_bytes(4) + KEY.wrapped[6:]
    with pytest.raises(WrongPassphraseError):
        VAULT.unlock(ANI, greedy, Secret(PASSPHRASE))


def test_older_rows_open_after_the_cost_was_raised() -> None:
    dearer = SoftwareVault(MASTER, Cost(iterations=2, memory_kib=16))
    assert dearer.unlock(ANI, KEY.wrapped, Secret(PASSPHRASE))


def test_one_passphrase_is_the_same_however_a_phone_composes_it() -> None:
    assert Secret("kafe\u0301").reveal() == Secret("kaf\u00e9").reveal()


def test_the_cost_in_production_is_what_rfc_9106_recommends() -> None:
    made = SoftwareVault(MASTER).create(ANI, Secret(PASSPHRASE)).wrapped

    assert made[0] == 1
    assert made[1] >= 3
    assert int.from_bytes(made[2:6]) >= 64 * 1024


def test_what_was_wrapped_for_another_purpose_stays_shut() -> None:
    with pytest.raises(WrongPassphraseError):
        Wrapping(MASTER, OTHER_PURPOSE, CHEAP).unwrap(ANI, KEY.wrapped, Secret(PASSPHRASE))
