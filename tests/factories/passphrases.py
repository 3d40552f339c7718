"""What a passphrase costs in tests."""

from backend.signing.vaults.wrapping import Cost

CHEAP = Cost(iterations=1, memory_kib=8)
"""Argon2id that does not slow the suite; its real cost is measured by the benchmark."""
