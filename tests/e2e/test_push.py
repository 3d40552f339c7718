"""A notification's whole way: from the queue through the worker and a push service to the paper."""

import base64
import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.e2e.live import Live
from tests.e2e.pages import Desk, Phone
from tests.factories.pdfs import make_pdf

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

SUBJECT = "Undangan rapat persiapan musim tanam"
TITLE = "Ada naskah menunggu Anda di Centang."
SHOWN = """navigator.serviceWorker.ready.then((one) => one.getNotifications())
    .then((all) => all.map(({ title, body, data }) => ({ title, body, url: data.url })))"""
# Nobody can tap on the system's own notification here; the worker's handler gets what a tap gives.
TAP = """async () => {
    const [notification] = await self.registration.getNotifications();
    WindowClient.prototype.focus = async () => undefined;
    const tap = new NotificationEvent("notificationclick", { notification });
    let done;
    tap.waitUntil = (work) => { done = work; };
    self.dispatchEvent(tap);
    await done;
}"""


def _url64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.fixture
def push_service() -> Iterator[tuple[str, Queue[tuple[dict[str, str], bytes]]]]:
    """A push service as RFC 8030 has it, on this machine's loopback."""
    got: Queue[tuple[dict[str, str], bytes]] = Queue()

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.put(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(201)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/kirim/satu", got
    server.shutdown()
    server.server_close()


def test_a_queued_paper_rings_the_phone_without_telling_what_it_says(
    live: Live,
    someone: Callable[..., Any],
    push_service: tuple[str, Queue[tuple[dict[str, str], bytes]]],
    tmp_path: Path,
) -> None:
    endpoint, got = push_service
    head: Phone = someone("bupati", Phone)
    head.sign_in()
    page = head.page
    key, secret = ec.generate_private_key(ec.SECP256R1()), b"sixteen bytes ok"
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    keys = {"p256dh": _url64(point), "auth": _url64(secret)}
    answer = page.evaluate(
        """async (subscription) => {
            const { csrf } = await (await fetch("/api/v1/session")).json();
            const answer = await fetch("/api/v1/push/subscription", {
                method: "PUT",
                headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
                body: JSON.stringify(subscription),
            });
            return answer.status;
        }""",
        {"endpoint": endpoint, "keys": keys},
    )
    assert answer < 300

    operator: Desk = someone("operator2.disdik", Desk, phone=False)
    operator.sign_in()
    letter = tmp_path / "undangan.pdf"
    letter.write_bytes(make_pdf(seed=41))
    operator.new_paper(letter, SUBJECT)
    operator.draw_route(("Bupati Contoh", "Tanda tangan"))
    operator.queue(1)

    headers, body = got.get(timeout=30)
    assert headers["content-encoding"] == "aes128gcm"
    assert headers["authorization"].startswith("vapid ")
    payload = http_ece.decrypt(body, private_key=key, auth_secret=secret, version="aes128gcm")
    message = json.loads(payload)
    assert set(message) == {"id", "title"}
    assert message["title"] == TITLE

    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    worker = page.context.service_workers[0]
    developer = page.context.new_cdp_session(page)
    known: list[dict[str, Any]] = []
    developer.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: known.extend(event["registrations"]),
    )
    developer.send("ServiceWorker.enable")
    while not known:
        page.wait_for_timeout(50)
    developer.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": f"{live.origin}/",
            "registrationId": known[0]["registrationId"],
            "data": payload.decode(),
        },
    )
    for _ in range(100):
        shown = page.evaluate(SHOWN)
        if shown:
            break
        page.wait_for_timeout(50)
    assert shown == [{"title": TITLE, "body": "", "url": f"/pemberitahuan/{message['id']}"}]

    worker.evaluate(TAP)
    head.await_reader()
