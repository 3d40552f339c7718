"""What guessing a passphrase or a password costs, and every signature pays once: Argon2id alone."""

from argon2.low_level import Type, hash_secret_raw

from backend.identity.passwords import hash_password
from backend.signing.vaults.wrapping import Cost


def test_argon2id_of_a_passphrase(benchmark):
    cost = Cost()
    key = benchmark(
        lambda: hash_secret_raw(
            b"payung biru di beranda kayu",
            bytes(16),
            time_cost=cost.iterations,
            memory_cost=cost.memory_kib,
            parallelism=cost.lanes,
            hash_len=32,
            type=Type.ID,
        )
    )
    assert len(key) == 32


def test_argon2id_of_a_password(benchmark):
    assert benchmark(hash_password, "perahu kertas di muara").startswith("$argon2id$")
