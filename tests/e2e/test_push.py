"""A notification's whole way: subscribed in a browser, sent by the worker, shown, tapped."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Playwright, Request, Route, expect

from backend.core.settings import Settings
from tests.e2e.conftest import FLAGS
from tests.e2e.live import Account, Live
from tests.e2e.looks import PHONE
from tests.e2e.pages import Codes, Desk, Phone
from tests.factories.pdfs import make_pdf
from tests.fakes.google_messaging import GoogleMessaging

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

SUBJECT = "Undangan rapat persiapan musim tanam"
TITLE = "Ada naskah menunggu Anda di Centang."
BACKGROUND = "--disable-background-networking"
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


@pytest.fixture
def google() -> Iterator[GoogleMessaging]:
    service = GoogleMessaging()
    yield service
    service.close()


@pytest.fixture
def own_browser(
    playwright: Playwright, chromium: str, google: GoogleMessaging, tmp_path: Path
) -> Iterator[BrowserContext]:
    """A browser with a profile on the disk: private windows cannot subscribe."""
    context = playwright.chromium.launch_persistent_context(
        tmp_path / "profile",
        executable_path=chromium,
        args=[*(flag for flag in FLAGS if flag != BACKGROUND), *google.flags],
        ignore_default_args=[BACKGROUND],
        viewport=PHONE,
        locale="id-ID",
    )
    yield context
    context.close()


def test_a_queued_paper_rings_the_phone_without_telling_what_it_says(
    live: Live,
    accounts: dict[str, Account],
    codes: dict[str, Codes],
    someone: Callable[..., Any],
    own_browser: BrowserContext,
    google: GoogleMessaging,
    tmp_path: Path,
) -> None:
    own_browser.grant_permissions(["notifications"], origin=live.origin)
    page, account = own_browser.new_page(), accounts["bupati"]
    held = codes.setdefault(account.username, Codes(account.totp_secret))
    regent = Phone(page, account, held, live.origin)

    given_by: list[str | None] = []

    def to_this_machine(route: Route, request: Request) -> None:
        """The endpoint is Google's; the stand-in for it is here."""
        given = request.post_data_json
        given_by.append(urlsplit(given["endpoint"]).hostname)
        route.continue_(post_data={**given, "endpoint": google.here(given["endpoint"])})

    page.route("**/api/v1/push/subscription", to_this_machine)
    regent.sign_in()
    page.goto(f"{live.origin}/profil")
    switch = page.get_by_role("switch", name="Pemberitahuan di perangkat ini")
    switch.click()
    expect(page.get_by_text("Pemberitahuan menyala.")).to_be_visible()
    expect(switch).to_be_checked()
    # As it comes, before a test may lead it elsewhere, this browser's service is one we call.
    assert set(given_by) <= set(Settings.model_fields["push_hosts"].default)
    assert given_by

    operator: Desk = someone("operator2.disdik", Desk, phone=False)
    operator.sign_in()
    letter = tmp_path / "undangan.pdf"
    letter.write_bytes(make_pdf(seed=41))
    operator.new_paper(letter, SUBJECT)
    operator.draw_route(("Bupati Contoh", "Tanda tangan"))
    operator.queue(1)

    for _ in range(600):
        shown = page.evaluate(SHOWN)
        if shown:
            break
        page.wait_for_timeout(50)
    [notification] = shown
    assert notification["title"] == TITLE
    assert notification["body"] == ""
    assert notification["url"].startswith("/naskah/")
    [(headers, body)] = google.requests
    assert headers["content-encoding"] == "aes128gcm"
    assert headers["authorization"].startswith("vapid ")
    assert SUBJECT.encode() not in body

    [worker] = own_browser.service_workers
    worker.evaluate(TAP)
    regent.await_reader()
    expect(page.get_by_text(SUBJECT).first).to_be_visible()

    # The paper opens without a network, too: the notification itself says which.
    own_browser.set_offline(True)
    page.goto(f"{live.origin}{notification['url']}")
    expect(page.get_by_role("heading", name="Naskah")).to_be_visible()
    own_browser.set_offline(False)


def test_a_person_chooses_what_they_hear_and_when(someone: Callable[..., Any]) -> None:
    head: Phone = someone("kepala.dinkes", Phone)
    head.sign_in()
    page = head.page
    page.goto(f"{head.origin}/profil")
    page.get_by_role("link", name="Kabar dan jam tenang").click()
    page.get_by_role("switch", name="Ringkasan pagi").click()
    page.get_by_role("switch", name="Jam tenang").click()
    with page.expect_response(lambda answer: '"06:15"' in (answer.request.post_data or "")):
        page.get_by_label("Selesai").fill("06:15")
    page.reload()
    expect(page.get_by_role("switch", name="Ringkasan pagi")).not_to_be_checked()
    expect(page.get_by_role("switch", name="Naskah yang menunggu saya")).to_be_checked()
    expect(page.get_by_label("Mulai")).to_have_value("21:00")
    expect(page.get_by_label("Selesai")).to_have_value("06:15")
    expect(page.get_by_role("switch", name="Amat Segera tetap berbunyi")).to_be_checked()
