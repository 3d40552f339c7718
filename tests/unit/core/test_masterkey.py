from concurrent.futures import ThreadPoolExecutor

import pytest

from backend.core.masterkey import CannotOpenError, MasterKey


@pytest.fixture
def key():
    return MasterKey(bytes(range(32)))


def test_what_was_sealed_opens_again(key):
    sealed = key.seal("totp", b"rahasia", b"pemilik")
    assert b"rahasia" not in sealed
    assert key.open("totp", sealed, b"pemilik") == b"rahasia"


def test_two_seals_of_the_same_text_differ(key):
    assert key.seal("totp", b"x", b"") != key.seal("totp", b"x", b"")


@pytest.mark.parametrize(("purpose", "aad"), [("vault", b"pemilik"), ("totp", b"orang lain")])
def test_it_refuses_another_purpose_or_owner(key, purpose, aad):
    sealed = key.seal("totp", b"rahasia", b"pemilik")
    with pytest.raises(CannotOpenError):
        key.open(purpose, sealed, aad)


def test_it_refuses_another_key_and_every_changed_byte(key):
    sealed = key.seal("totp", b"rahasia", b"")
    with pytest.raises(CannotOpenError):
        MasterKey(bytes(32)).open("totp", sealed, b"")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(CannotOpenError):
            key.open("totp", bytes(changed), b"")


@pytest.mark.parametrize("length", [0, 1, 5, 13, 20])
def test_it_refuses_what_is_too_short(key, length):
    with pytest.raises(CannotOpenError):
        key.open("totp", b"\x01" * length, b"")


def test_the_first_run_makes_a_private_file_and_later_runs_read_it(tmp_path):
    secrets_dir = tmp_path / "secrets"
    first = MasterKey.load(secrets_dir)
    second = MasterKey.load(secrets_dir)
    assert first.derive("x") == second.derive("x") != first.derive("y")
    assert (secrets_dir / "master.key").stat().st_mode & 0o777 == 0o600
    assert secrets_dir.stat().st_mode & 0o777 == 0o700
    assert [f.name for f in secrets_dir.iterdir()] == ["master.key"]


def test_processes_that_start_together_agree_on_one_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: MasterKey.load(tmp_path / "s").derive("x"), range(16)))
    assert len(set(keys)) == 1


def test_its_repr_shows_nothing(key):
    assert "\\x" not in repr(key)
    assert "0001" not in repr(key)
