"""Which addresses are called: everything a forged subscription might name is refused."""

import pytest

from backend.core.settings import Settings
from backend.notifications.endpoints import EndpointRefusedError, address_of, judge

ALLOWED = Settings(_env_file=None).push_hosts


@pytest.mark.parametrize(
    ("endpoint", "origin"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc:def", "https://fcm.googleapis.com"),
        ("https://FCM.googleapis.com/x", "https://fcm.googleapis.com"),
        ("https://fcm.googleapis.com:443/x", "https://fcm.googleapis.com"),
        (
            "https://updates.push.services.mozilla.com/wpush/v2/x",
            "https://updates.push.services.mozilla.com",
        ),
        (
            "https://wns2-pn1p.notify.windows.com/w/?token=a%2fb",
            "https://wns2-pn1p.notify.windows.com",
        ),
        ("https://web.push.apple.com/QX", "https://web.push.apple.com"),
    ],
)
def test_it_calls_the_browsers_own_services(endpoint, origin):
    assert judge(endpoint, ALLOWED).origin == origin


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com.contoh.test/x",
        "https://contoh.test/fcm.googleapis.com",
        "https://contoh.test#@fcm.googleapis.com/",
        "https://fcm.googleapis.com@contoh.test/x",
        "https://user:pass@fcm.googleapis.com/x",
        "https://fcm.googleapis.com#x",
        "https://fcm.googleapis.com\\@contoh.test/x",
        "https://fcm.googleapis.com\r\nHost: contoh.test/x",
        "https://fcm.googleapis.com /x",
        "https://fcm.googleapis.com\t/x",
        "https://fcm。googleapis。com/x",
        "https://push.services.mozilla.com/x",
        "https://evilpush.services.mozilla.com/x",
        "https://.push.services.mozilla.com/x",
        "https://notify.windows.com/x",
        "https://127.0.0.1/x",
        "http://127.0.0.1:5432/x",
        "https://localhost/x",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://2130706433/x",
        "https://0x7f.1/x",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/x",
        "https://fcm.googleapis.com:99999/x",
        "https://[fcm.googleapis.com/x",
        "file:///etc/passwd",
        "gopher://fcm.googleapis.com/x",
        "ftp://fcm.googleapis.com/x",
        "//fcm.googleapis.com/x",
        "fcm.googleapis.com",
        "https:///x",
        "",
        "https://fcm.googleapis.com/" + "x" * 2048,
    ],
)
def test_it_calls_nothing_else(endpoint):
    with pytest.raises(EndpointRefusedError):
        judge(endpoint, ALLOWED)


def test_a_loopback_address_is_called_only_when_the_list_names_it():
    assert judge("http://127.0.0.1:8099/x", ("127.0.0.1",)).origin == "http://127.0.0.1:8099"
    assert judge("http://[::1]:8099/x", ("::1",)).origin == "http://[::1]:8099"
    with pytest.raises(EndpointRefusedError):
        judge("http://127.0.0.2:8099/x", ("127.0.0.1",))
    with pytest.raises(EndpointRefusedError):
        judge("http://contoh.test:8099/x", ("contoh.test",))


PUBLIC = "142.250.4.95"


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.1.2.3"],
        ["172.16.0.1"],
        ["192.168.1.1"],
        ["169.254.169.254"],
        ["100.64.0.1"],
        ["0.0.0.0"],  # noqa: S104
        ["224.0.0.1"],
        ["255.255.255.255"],
        ["::1"],
        ["::"],
        ["fe80::1"],
        ["fd00::1"],
        ["::ffff:10.0.0.1"],
        ["2002:0a00:0001::1"],
        ["ff02::1"],
        [PUBLIC, "10.0.0.1"],
    ],
)
def test_an_allowed_name_that_resolves_to_an_inner_address_is_not_called(addresses):
    endpoint = judge("https://fcm.googleapis.com/x", ALLOWED)
    with pytest.raises(EndpointRefusedError):
        address_of(endpoint, lambda _host, _port: addresses)


def test_the_address_that_was_checked_is_the_one_that_is_called():
    endpoint = judge("https://fcm.googleapis.com/x", ALLOWED)
    asked = []

    def resolve(host, port):
        asked.append((host, port))
        return [PUBLIC, "2404:6800:4003:c00::5f"]

    assert address_of(endpoint, resolve) == PUBLIC
    assert asked == [("fcm.googleapis.com", 443)]


def test_a_name_without_an_address_is_no_success():
    with pytest.raises(OSError, match="no address"):
        address_of(judge("https://fcm.googleapis.com/x", ALLOWED), lambda _host, _port: [])
