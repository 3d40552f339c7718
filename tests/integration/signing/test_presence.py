"""A lock tells whether a process lives."""

from backend.bootstrap import Services
from backend.signing.presence import Presence, is_present, presence


def test_whoever_left_is_gone_at_once(services: Services) -> None:
    with services.work() as work:
        with presence(services.engine) as one:
            key = one.key
            assert is_present(work.session, key)
            linger(one)
        assert not is_present(work.session, key)


def linger(one: Presence) -> None:
    """Gives the server much to tidy up after the connection before it drops its locks."""
    assert one._connection is not None
    for number in range(300):
        one._connection.execute(f"CREATE TEMP TABLE t{number} (a int)")


def test_whoever_lost_the_database_is_present_under_another_key(services: Services) -> None:
    with presence(services.engine) as one:
        first = one.key
        assert one._connection is not None
        one._connection.close()
        assert one.key != first
