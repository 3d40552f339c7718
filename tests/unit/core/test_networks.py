"""Which clients share a limit."""

import pytest

from backend.core.limits import host, network


@pytest.mark.parametrize(
    ("address", "own", "shared"),
    [
        ("203.0.113.77", "203.0.113.77", "203.0.113.0"),
        ("::ffff:203.0.113.77", "203.0.113.77", "203.0.113.0"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::", "2001:db8:1::"),
        (None, "unknown", "unknown"),
        ("not an address", "unknown", "unknown"),
    ],
)
def test_clients_are_grouped_by_how_networks_hand_out_addresses(address, own, shared):
    assert (host(address), network(address)) == (own, shared)
