from collections.abc import Iterator

import pytest

from backend.notifications.fcm import FcmSender
from tests.fakes.firebase import Firebase


@pytest.fixture(scope="package")
def _firebase(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Firebase, FcmSender]]:
    """One service and one sender: Google's library takes a second to start."""
    firebase = Firebase(tmp_path_factory.mktemp("firebase"))
    sender = FcmSender(firebase.account)
    yield firebase, sender
    sender.close()
    firebase.close()


@pytest.fixture
def firebase(_firebase: tuple[Firebase, FcmSender], monkeypatch: pytest.MonkeyPatch) -> Firebase:
    """The service as if new, with this process's environment leading to it."""
    for name, value in _firebase[0].environment.items():
        monkeypatch.setenv(name, value)
    _firebase[0].forget()
    return _firebase[0]


@pytest.fixture
def fcm(_firebase: tuple[Firebase, FcmSender], firebase: Firebase) -> FcmSender:
    return _firebase[1]
