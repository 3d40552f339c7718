from datetime import timedelta

import pytest

from backend.identity.failures import ACCOUNT, SOURCE, subject


@pytest.mark.parametrize("policy", [SOURCE, ACCOUNT])
def test_the_wait_starts_late_doubles_and_stays_short(policy):
    waits = [policy.wait(failures) for failures in range(1, policy.free + 30)]
    assert waits[: policy.free] == [timedelta(0)] * policy.free
    assert waits[policy.free] == policy.first
    assert waits[policy.free + 1] == policy.first * 2
    assert waits == sorted(waits)
    assert max(waits) == policy.longest <= timedelta(minutes=15)


def test_a_counter_name_shows_nothing_of_what_was_typed():
    assert "rahasia" not in subject("sign-in", "rahasia")
    assert subject("a", "bc") != subject("ab", "c")
