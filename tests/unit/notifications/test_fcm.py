"""firebase-admin as it comes, led to a local FCM by its environment alone."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from backend.notifications.carrying import Answer, Priority
from backend.notifications.fcm import FcmSender
from tests.factories.messages import message
from tests.fakes.firebase import failure

SEND = """
import sys
from pathlib import Path
from backend.core.settings import Settings
from backend.notifications.fcm import FcmSender
from tests.factories.messages import message
sender = FcmSender(Settings().fcm_account)
print(sender.send({"token": sys.argv[1]}, message()).answer)
"""


def test_a_process_of_its_own_finds_it_by_the_environment(firebase):
    firebase.register("token-contoh-lama")
    ran = subprocess.run(
        [sys.executable, "-c", SEND, "token-contoh-lama"],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ran.stdout.strip() == Answer.DELIVERED
    [told] = firebase.phones["token-contoh-lama"].messages
    assert told["token"] == "token-contoh-lama"


def test_repeats_collapse_and_urgency_and_life_are_told(firebase, fcm):
    address = firebase.register()
    fcm.send(address, message())
    fcm.send(address, message(priority=Priority.NORMAL))
    loud, calm = firebase.phones[address["fid"]].messages
    android = loud["android"]
    assert (android["collapse_key"], android["priority"]) == ("waits", "high")
    assert android["ttl"] == "86400s"
    assert android["notification"] == {"tag": "t" * 32, "notification_count": 3}
    assert loud["apns"]["headers"]["apns-collapse-id"] == "t" * 32
    assert loud["apns"]["headers"]["apns-priority"] == "10"
    assert loud["apns"]["payload"]["aps"]["badge"] == 3
    assert calm["android"]["priority"] == "normal"
    assert calm["apns"]["headers"]["apns-priority"] == "5"


def test_one_access_token_serves_many_messages(firebase, fcm):
    address = firebase.register()
    fcm.send(address, message())
    before = firebase.tokens
    for _ in range(3):
        assert fcm.send(address, message()).answer is Answer.DELIVERED
    assert firebase.tokens == before


def test_a_registration_of_another_project_is_gone(firebase, fcm):
    address = firebase.register()
    firebase.answers = [failure(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH")]
    assert fcm.send(address, message()).answer is Answer.GONE


@pytest.mark.parametrize(
    ("status", "name", "code"),
    [
        (401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR"),
        (403, "PERMISSION_DENIED", None),
    ],
)
def test_an_account_that_may_not_send_costs_no_phone_its_address(firebase, fcm, status, name, code):
    address = firebase.register()
    firebase.answers = [failure(status, name, code)] * 3
    assert fcm.send(address, message()).answer is Answer.BUSY


@pytest.mark.parametrize("content", ["", "{}", json.dumps({"type": "authorized_user"})])
def test_a_broken_account_file_is_no_reason_to_forget_a_phone(tmp_path, content):
    path = tmp_path / "account.json"
    path.write_text(content)
    sender = FcmSender(path)
    assert sender.send({"fid": "fid-contoh-0001"}, message()).answer is Answer.BUSY
    with pytest.raises(ValueError):
        sender.check()


def test_a_missing_account_file_is_no_reason_either(tmp_path):
    sender = FcmSender(tmp_path / "nowhere.json")
    assert sender.send({"fid": "fid-contoh-0001"}, message()).answer is Answer.BUSY
    with pytest.raises(OSError):
        sender.check()
