"""What every vault promises, wherever it keeps its keys."""

import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from backend.core.ids import new_id
from backend.core.masterkey import MasterKey
from backend.signing.vaults.pkcs11_vault import Pkcs11Vault
from backend.signing.vaults.software_vault import SoftwareVault
from backend.signing.vaults.vault import (
    PKCS11,
    SOFTWARE,
    KeyAlgorithm,
    KeyOwner,
    KeyVault,
    NewKey,
    Secret,
    WrongPassphraseError,
)
from tests.factories.passphrases import CHEAP

MASTER = MasterKey(b"\x07" * 32)
PASSPHRASE = "kuda hijau di atap"

MakeVault = Callable[[MasterKey], KeyVault]


@pytest.fixture(params=[SOFTWARE, PKCS11])
def make_vault(request: pytest.FixtureRequest) -> MakeVault:
    if request.param == SOFTWARE:
        return lambda master: SoftwareVault(master, CHEAP)
    module = request.getfixturevalue("softhsm").module
    return lambda master: Pkcs11Vault(master, module, CHEAP)


@pytest.fixture
def vault(make_vault: MakeVault) -> KeyVault:
    return make_vault(MASTER)


def owner(vault: KeyVault, algorithm: KeyAlgorithm = KeyAlgorithm.ECDSA_P256) -> KeyOwner:
    return KeyOwner(new_id(), new_id(), algorithm, vault.name)


def verify(new: NewKey, signature: bytes, data: bytes) -> None:
    public = load_der_public_key(new.public_key)
    if isinstance(public, rsa.RSAPublicKey):
        assert public.key_size == 3072
        public.verify(signature, data, padding.PKCS1v15(), SHA256())
    else:
        assert isinstance(public, ec.EllipticCurvePublicKey)
        public.verify(signature, data, ec.ECDSA(SHA256()))


@pytest.mark.parametrize("algorithm", KeyAlgorithm)
def test_a_key_signs_what_its_certificate_will_verify(
    vault: KeyVault, algorithm: KeyAlgorithm
) -> None:
    ani = owner(vault, algorithm)
    new = vault.create(ani, Secret(PASSPHRASE))
    with vault.unlock(ani, new.wrapped, Secret(PASSPHRASE)) as key:
        for paper in (b"naskah", b"naskah lain", b""):
            verify(new, key.sign(paper), paper)
        with pytest.raises(InvalidSignature):
            verify(new, key.sign(b"naskah"), b"naskah lain")


def test_a_key_is_forgotten_at_the_end_of_its_block(vault: KeyVault) -> None:
    ani = owner(vault)
    new = vault.create(ani, Secret(PASSPHRASE))
    with vault.unlock(ani, new.wrapped, Secret(PASSPHRASE)) as key:
        key.sign(b"naskah")

    with pytest.raises(RuntimeError, match="forgotten"):
        key.sign(b"naskah")


def test_another_passphrase_owner_key_or_algorithm_does_not_open(vault: KeyVault) -> None:
    ani = owner(vault)
    new = vault.create(ani, Secret(PASSPHRASE))
    strangers = [
        replace(ani, person_id=new_id()),
        replace(ani, key_id=new_id()),
        replace(ani, algorithm=KeyAlgorithm.RSA_3072),
    ]
    for stranger in strangers:
        with pytest.raises(WrongPassphraseError):
            vault.unlock(stranger, new.wrapped, Secret(PASSPHRASE))
    with pytest.raises(WrongPassphraseError):
        vault.unlock(ani, new.wrapped, Secret("kuda hijau di bawah"))


def test_rows_of_two_people_with_one_passphrase_cannot_be_swapped(vault: KeyVault) -> None:
    ani, budi = owner(vault), owner(vault)
    hers, his = (vault.create(each, Secret(PASSPHRASE)) for each in (ani, budi))

    for person, row in ((ani, his), (budi, hers)):
        with pytest.raises(WrongPassphraseError):
            vault.unlock(person, row.wrapped, Secret(PASSPHRASE))


def test_the_passphrase_alone_does_not_open_without_the_master_key(make_vault: MakeVault) -> None:
    vault, elsewhere = make_vault(MASTER), make_vault(MasterKey(b"\x08" * 32))
    ani = owner(vault)
    new = vault.create(ani, Secret(PASSPHRASE))

    with pytest.raises(WrongPassphraseError):
        elsewhere.unlock(ani, new.wrapped, Secret(PASSPHRASE))


def test_changing_the_passphrase_keeps_the_key_and_shuts_out_the_old_one(vault: KeyVault) -> None:
    ani = owner(vault)
    made = vault.create(ani, Secret(PASSPHRASE))
    wrapped, old = made.wrapped, PASSPHRASE
    for new in ("gajah menari pelan", "gajah menari cepat", "gajah tidur siang"):
        wrapped = vault.rewrap(ani, wrapped, Secret(old), Secret(new))
        with pytest.raises(WrongPassphraseError):
            vault.unlock(ani, wrapped, Secret(old))
        with pytest.raises(WrongPassphraseError):
            vault.rewrap(ani, wrapped, Secret(old), Secret(new))
        old = new

    with vault.unlock(ani, wrapped, Secret(old)) as key:
        verify(made, key.sign(b"naskah"), b"naskah")


def test_a_change_that_was_not_committed_leaves_the_old_passphrase_in_force(
    vault: KeyVault,
) -> None:
    ani = owner(vault)
    made = vault.create(ani, Secret(PASSPHRASE))

    vault.rewrap(ani, made.wrapped, Secret(PASSPHRASE), Secret("gajah menari pelan"))

    with vault.unlock(ani, made.wrapped, Secret(PASSPHRASE)) as key:
        verify(made, key.sign(b"naskah"), b"naskah")


def test_two_signers_sign_at_once_in_one_process(vault: KeyVault) -> None:
    people = [owner(vault) for _ in range(2)]
    made = [vault.create(each, Secret(f"{PASSPHRASE} {each.key_id}")) for each in people]

    def sign(number: int) -> list[bytes]:
        ani, new = people[number], made[number]
        with vault.unlock(ani, new.wrapped, Secret(f"{PASSPHRASE} {ani.key_id}")) as key:
            return [key.sign(b"%d" % paper) for paper in range(20)]

    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(sign, range(2)))

    for new, signatures in zip(made, both, strict=True):
        for paper, signature in enumerate(signatures):
            verify(new, signature, b"%d" % paper)


def test_one_key_signs_from_several_threads_at_once(vault: KeyVault) -> None:
    ani = owner(vault)
    made = vault.create(ani, Secret(PASSPHRASE))
    papers = [b"%d" % number for number in range(40)]

    with (
        vault.unlock(ani, made.wrapped, Secret(PASSPHRASE)) as key,
        ThreadPoolExecutor(6) as pool,
    ):
        signatures = list(pool.map(key.sign, papers))

    for paper, signature in zip(papers, signatures, strict=True):
        verify(made, signature, paper)


def test_secrets_and_keys_do_not_show_or_travel(vault: KeyVault) -> None:
    ani, secret = owner(vault), Secret(PASSPHRASE)
    made = vault.create(ani, secret)
    with vault.unlock(ani, made.wrapped, secret) as key:
        for item in (secret, key):
            assert "kuda" not in f"{item!r} {item} {vars(item) if item is key else ''}"
            with pytest.raises(TypeError):
                pickle.dumps(item)
    secret.wipe()
    with pytest.raises(ValueError, match="wiped"):
        secret.reveal()
