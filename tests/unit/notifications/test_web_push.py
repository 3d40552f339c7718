"""The adapter against a strict push service."""

import contextlib
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from backend.core.masterkey import MasterKey
from backend.notifications.carrying import Answer, Priority, wait_before
from backend.notifications.vapid import VapidKey
from backend.notifications.web_push import WebPushSender
from tests.factories.messages import message
from tests.fakes.push_service import Browser, PushService

CONTACT = "https://contoh.test"


@pytest.fixture
def service():
    service = PushService()
    yield service
    service.close()


@pytest.fixture
def vapid():
    return VapidKey.derived(MasterKey(b"k" * 32), CONTACT)


@pytest.fixture
def sender(vapid):
    return WebPushSender(vapid, ("127.0.0.1",))


def test_the_browser_reads_what_was_sent(service, vapid, sender):
    address = service.subscribe(vapid.public)
    sent = sender.send(address, message())
    assert (sent.answer, service.refusals) == (Answer.DELIVERED, [])
    browser = service.browsers["token-0"]
    assert browser.headers[0]["urgency"] == "high"
    assert browser.headers[0]["ttl"] == "86400"
    assert browser.headers[0]["topic"] == "t" * 32


@pytest.mark.parametrize("priority", Priority)
def test_it_says_how_urgent_in_the_words_of_the_standard(service, vapid, sender, priority):
    sender.send(service.subscribe(vapid.public), message(priority=priority))
    assert service.browsers["token-0"].headers[0]["urgency"] == priority.value


def test_of_repeats_a_phone_that_was_off_hears_the_last(service, vapid, sender):
    address = service.subscribe(vapid.public)
    browser = service.browsers["token-0"]
    browser.asleep = True
    for waits, topic in ((1, "a" * 32), (2, "b" * 32), (3, "a" * 32)):
        assert sender.send(address, message(waits=waits, topic=topic)).answer is Answer.DELIVERED
    browser.wake()
    assert [told["waits"] for told in browser.messages] == [3, 2]


def test_another_installations_key_is_refused(service, sender):
    stranger = VapidKey.derived(MasterKey(b"x" * 32), CONTACT)
    sent = sender.send(service.subscribe(stranger.public), message())
    assert sent.answer is Answer.REFUSED
    assert service.refusals == ["another application server's key"]


def test_the_key_is_the_same_after_a_restart(vapid):
    assert VapidKey.derived(MasterKey(b"k" * 32), CONTACT).public == vapid.public


@pytest.mark.parametrize(
    ("status", "headers", "answer", "wait"),
    [
        (404, {}, Answer.GONE, None),
        (410, {}, Answer.GONE, None),
        (400, {}, Answer.REFUSED, None),
        (401, {}, Answer.REFUSED, None),
        (413, {}, Answer.REFUSED, None),
        (429, {"Retry-After": "120"}, Answer.BUSY, timedelta(seconds=120)),
        (429, {"Retry-After": "soon"}, Answer.BUSY, None),
        (503, {"Retry-After": "Thu, 01 Jan 1970 00:01:00 GMT"}, Answer.BUSY, timedelta()),
        (500, {}, Answer.BUSY, None),
        (301, {"Location": "http://127.0.0.1:1/"}, Answer.REFUSED, None),
        (307, {"Location": "http://169.254.169.254/"}, Answer.REFUSED, None),
    ],
)
def test_it_understands_every_answer_and_follows_no_redirect(
    service, vapid, sender, status, headers, answer, wait
):
    service.answers = [(status, headers)]
    sent = sender.send(service.subscribe(vapid.public), message())
    assert (sent.answer, sent.retry_after, sent.status) == (answer, wait, status)
    assert service.requests == 1


def test_a_service_that_cannot_be_reached_is_busy(service, vapid, sender):
    address = service.subscribe(vapid.public)
    service.close()
    assert sender.send(address, message()).answer is Answer.BUSY


def test_a_name_that_does_not_resolve_is_busy(service, vapid):
    def resolve(_host, _port):
        raise OSError("no such host")

    sender = WebPushSender(vapid, ("fcm.googleapis.com",), resolve=resolve)
    address = service.subscribe(vapid.public) | {"endpoint": "https://fcm.googleapis.com/x"}
    assert sender.send(address, message()).answer is Answer.BUSY


@pytest.mark.parametrize(
    "change",
    [
        {"endpoint": "https://contoh.test/x"},
        {"keys": {"p256dh": "AAAA", "auth": "AAAA"}},
        {"keys": {}},
    ],
)
def test_an_address_that_may_not_or_cannot_be_called_is_gone(service, vapid, sender, change):
    address = service.subscribe(vapid.public) | change
    assert sender.send(address, message()).answer is Answer.GONE
    assert service.requests == 0


def test_an_allowed_name_at_an_inner_address_is_not_called(service, vapid):
    sender = WebPushSender(
        vapid, ("fcm.googleapis.com",), resolve=lambda _host, _port: ["127.0.0.1"]
    )
    address = service.subscribe(vapid.public) | {"endpoint": "https://fcm.googleapis.com/x"}
    assert sender.send(address, message()).answer is Answer.GONE
    assert service.requests == 0


def test_a_service_with_an_untrusted_certificate_hears_nothing(vapid, tmp_path):
    heard = []
    listener, port = impostor(tmp_path, heard)
    sender = WebPushSender(vapid, ("localhost",), resolve=lambda _host, _port: ["127.0.0.1"])
    browser = Browser("token", vapid.public)
    address = {"endpoint": f"https://localhost:{port}/x", "keys": browser.keys}
    assert sender.send(address, message()).answer is Answer.BUSY
    listener.join(5)
    assert heard == []


def impostor(folder, heard):
    """Accepts one TLS connection under a self-signed certificate; notes what it is told."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "impostor.pem"
    pem.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + certificate.public_bytes(Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server = socket.create_server(("127.0.0.1", 0))

    def listen():
        with server:
            connection, _ = server.accept()
            with connection, contextlib.suppress(OSError):
                connection.settimeout(5)
                with context.wrap_socket(connection, server_side=True) as channel:
                    if told := channel.recv(1024):
                        heard.append(told)

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    return thread, server.getsockname()[1]


def test_it_waits_longer_each_time_but_never_too_long():
    waits = [wait_before(attempt, None).total_seconds() for attempt in range(2, 12)]
    assert waits[:3] == [30, 60, 120]
    assert max(waits) == 3600
    assert wait_before(2, timedelta(minutes=10)) == timedelta(minutes=10)
    assert wait_before(2, timedelta(days=2)) == timedelta(hours=24)
