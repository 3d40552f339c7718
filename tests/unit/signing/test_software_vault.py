import pickle
from dataclasses import replace
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.core.ids import new_id
from backend.core.masterkey import MasterKey
from backend.signing.software_vault import Cost, SoftwareVault
from backend.signing.vault import KeyAlgorithm, KeyOwner, Secret, WrongPassphraseError

CHEAP = Cost(iterations=1, memory_kib=8, lanes=1)
MASTER = MasterKey(b"\x07" * 32)
VAULT = SoftwareVault(MASTER, CHEAP)
PASSPHRASE = "kuda hijau di atap"
ANI = KeyOwner(new_id(), new_id(), KeyAlgorithm.ECDSA_P256)
KEY = VAULT.create(ANI, Secret(PASSPHRASE))


@pytest.mark.parametrize("algorithm", KeyAlgorithm)
def test_a_key_signs_what_its_certificate_will_verify(algorithm: KeyAlgorithm) -> None:
    owner = replace(ANI, algorithm=algorithm)
    new = VAULT.create(owner, Secret(PASSPHRASE))
    with VAULT.unlock(owner, new.wrapped, Secret(PASSPHRASE)) as key:
        signature = key.sign(b"naskah")

    public = load_der_public_key(new.public_key)
    if isinstance(public, rsa.RSAPublicKey):
        assert public.key_size == 3072
        public.verify(signature, b"naskah", padding.PKCS1v15(), SHA256())
    else:
        assert isinstance(public, ec.EllipticCurvePublicKey)
        public.verify(signature, b"naskah", ec.ECDSA(SHA256()))
        with pytest.raises(InvalidSignature):
            public.verify(signature, b"naskah lain", ec.ECDSA(SHA256()))


def test_a_key_is_forgotten_at_the_end_of_its_block() -> None:
    with VAULT.unlock(ANI, KEY.wrapped, Secret(PASSPHRASE)) as key:
        pass

    with pytest.raises(RuntimeError, match="forgotten"):
        key.sign(b"naskah")


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


def test_a_row_does_not_open_as_another_algorithm() -> None:
    with pytest.raises(WrongPassphraseError):
        VAULT.unlock(replace(ANI, algorithm=KeyAlgorithm.RSA_3072), KEY.wrapped, Secret(PASSPHRASE))


def test_rows_of_two_people_with_one_passphrase_cannot_be_swapped() -> None:
    budi = KeyOwner(new_id(), new_id(), KeyAlgorithm.ECDSA_P256)
    his = VAULT.create(budi, Secret(PASSPHRASE))

    for owner, wrapped in ((ANI, his.wrapped), (budi, KEY.wrapped)):
        with pytest.raises(WrongPassphraseError):
            VAULT.unlock(owner, wrapped, Secret(PASSPHRASE))


def test_the_passphrase_alone_does_not_open_without_the_master_key() -> None:
    with pytest.raises(WrongPassphraseError):
        SoftwareVault(MasterKey(b"\x08" * 32), CHEAP).unlock(ANI, KEY.wrapped, Secret(PASSPHRASE))


def test_a_row_cannot_ask_for_endless_work() -> None:
    greedy = KEY.wrapped[:2] + (0xFFFFFFFF).to_bytes(4) + KEY.wrapped[6:]
    with pytest.raises(WrongPassphraseError):
        VAULT.unlock(ANI, greedy, Secret(PASSPHRASE))


def test_changing_the_passphrase_keeps_the_key_and_shuts_out_the_old_one() -> None:
    new = "empat gajah menari pelan"
    wrapped = VAULT.rewrap(ANI, KEY.wrapped, Secret(PASSPHRASE), Secret(new))

    with pytest.raises(WrongPassphraseError):
        VAULT.unlock(ANI, wrapped, Secret(PASSPHRASE))
    with pytest.raises(WrongPassphraseError):
        VAULT.rewrap(ANI, wrapped, Secret(PASSPHRASE), Secret(new))
    public = load_der_public_key(KEY.public_key)
    assert isinstance(public, ec.EllipticCurvePublicKey)
    with VAULT.unlock(ANI, wrapped, Secret(new)) as key:
        public.verify(key.sign(b"naskah"), b"naskah", ec.ECDSA(SHA256()))


def test_older_rows_open_after_the_cost_was_raised() -> None:
    dearer = SoftwareVault(MASTER, Cost(iterations=2, memory_kib=16))
    assert dearer.unlock(ANI, KEY.wrapped, Secret(PASSPHRASE))


def test_one_passphrase_is_the_same_however_a_phone_composes_it() -> None:
    assert Secret("kafe\u0301").reveal() == Secret("kaf\u00e9").reveal()


def test_secrets_and_keys_do_not_show_or_travel() -> None:
    secret = Secret(PASSPHRASE)
    key = VAULT.unlock(ANI, KEY.wrapped, secret)
    for item in (secret, key):
        assert "kuda" not in f"{item!r} {item} {vars(item) if item is key else ''}"
        with pytest.raises(TypeError):
            pickle.dumps(item)
    secret.wipe()
    with pytest.raises(ValueError, match="wiped"):
        secret.reveal()


def test_the_cost_in_production_is_what_rfc_9106_recommends() -> None:
    made = SoftwareVault(MASTER).create(ANI, Secret(PASSPHRASE)).wrapped

    assert made[0] == 1
    assert made[1] >= 3
    assert int.from_bytes(made[2:6]) >= 64 * 1024
