"""The scanner in a real browser, looking through a camera that plays a film of printed paper."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import segno
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, Route, expect

from backend.certificates import claims, status_list
from backend.certificates.claims import Claim
from backend.certificates.issuer import LocalIssuer
from backend.certificates.profiles import Addresses
from backend.certificates.status_list import Status
from backend.core.clock import SystemClock
from backend.core.ids import public_code
from backend.signing.claims.printed import fitted
from backend.signing.pdf.appearance import Wording
from tests.e2e.conftest import FLAGS
from tests.e2e.live import Live
from tests.e2e.looks import PHONE, Looks
from tests.factories.footage import BLUE, DESK, FRAME, PLACE, RED, filmed, photographed, stamped

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(180)]

INDEX = 4711
SUBJECT = "Kesiapsiagaan menghadapi musim hujan"
TIMED = """() => {
  const look = () => {
    const seen = document.querySelector("video")?.currentTime > 0;
    const ready = document.querySelector(".lens__ask")?.textContent.startsWith("Arahkan");
    if (seen && ready) window.firstLook ??= performance.now();
    if (document.querySelector(".verdict")) window.verdict ??= performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""
SERVED = """() => Promise.resolve(navigator.serviceWorker.controller ?? new Promise((done) =>
    navigator.serviceWorker.addEventListener("controllerchange", done, { once: true }),
)).then(() => true)"""


class Printed:
    """A paper of this installation, made with its own key, that no register knows."""

    def __init__(self, live: Live) -> None:
        folder = live.home / "secrets" / "authority"
        addresses = Addresses(live.origin)
        self.issuer = LocalIssuer(folder, addresses, SystemClock())
        self.code = public_code()
        name, capacity = "Dra. Hj. Ratna Contoh, M.Si.", "Plt. Sekretaris Daerah"
        self.bare = Wording(capacity, name, None, addresses.public(self.code), self.code)
        whole = Claim(
            "300.2/0412/SETDA/2026",
            SUBJECT,
            name,
            capacity,
            date(2026, 11, 23),
            48_211,
            bytes(32),
            INDEX,
        )
        self.claim, _ = fitted(whole, self.bare, PLACE)
        self.digits = claims.pack(self.issuer.claim(self.code, self.claim))

    def words(self, address: str | None = None) -> Wording:
        address = address or self.bare.url
        return Wording(
            self.bare.capacity, self.bare.name, None, f"{address}#{self.digits}", self.code
        )

    def listed(self, status: Status) -> bytes:
        """The installation's list, had it heard of this paper."""
        statuses = bytearray()
        status_list.put(statuses, INDEX, status)
        return self.issuer.status_list(status_list.pack(bytes(statuses)))


@pytest.fixture(scope="module")
def printed(live: Live) -> Printed:
    return Printed(live)


@pytest.fixture
def watching(playwright: Playwright, chromium: str) -> Iterator[Callable[[Path], Page]]:
    """Opens a phone whose camera plays a film; the test fails when its page reports an error."""
    browsers: list[Browser] = []
    complaints: list[str] = []

    def make(film: Path) -> Page:
        camera = [
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        ]
        browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, *camera])
        browsers.append(browser)
        context = browser.new_context(
            viewport=PHONE,
            locale="id-ID",
            timezone_id="Asia/Jakarta",
            has_touch=True,
            is_mobile=True,
        )
        context.grant_permissions(["camera"])
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield make
    for browser in browsers:
        browser.close()
    assert complaints == []


def _serve(page: Page, message: bytes) -> None:
    def answer(route: Route) -> None:
        route.fulfill(body=message, content_type=status_list.MEDIA_TYPE)

    page.route("**/.well-known/status/1", answer)


@contextmanager
def _without_a_line(page: Page) -> Iterator[None]:
    page.context.set_offline(True)
    yield
    page.context.set_offline(False)


def _verdict(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_forgeries_are_called_out(
    live: Live, printed: Printed, watching: Callable[[Path], Page], tmp_path: Path
) -> None:
    page = watching(filmed(Image.new("RGB", FRAME, DESK), tmp_path / "desk.mjpeg"))
    _serve(page, printed.listed(Status.REVOKED))
    page.goto(f"{live.origin}/pindai")
    expect(page.get_by_text("Arahkan ke kode kotak")).to_be_visible()
    looks = Looks()
    looks.at(page, "scanner")

    def photograph(picture: Image.Image, title: str, *words: str) -> None:
        photo = io.BytesIO()
        picture.save(photo, "PNG")
        file = {"name": "foto.png", "mimeType": "image/png", "buffer": photo.getvalue()}
        page.locator("input[type=file]").set_input_files([file])  # type: ignore[list-item]
        _verdict(page, title)
        for said in words:
            expect(page.get_by_text(said).first).to_be_visible()
        looks.at(page, f"scan, {title}")
        page.get_by_role("button", name="Pindai lagi").click()
        expect(page.get_by_text("Arahkan ke kode kotak")).to_be_visible()

    elsewhere = live.origin.replace("localhost", "localhost.verifikasi.example")
    look_alike = f"{elsewhere}/v/{printed.code}"
    photograph(photographed(printed.words(look_alike)), "Kode palsu", urlsplit(elsewhere).netloc)
    moved = f"{live.origin}/v/{public_code()}"
    photograph(photographed(printed.words(moved)), "Kode palsu", "disalin dari naskah lain")
    other = segno.make_qr("https://toko.example/promo")
    promo = io.BytesIO()
    other.save(promo, kind="png", scale=8, border=8)
    photograph(Image.open(promo).convert("RGB"), "Bukan kode naskah", "toko.example/promo")
    page.route("**/api/v1/public/records/**", lambda route: route.abort())
    photograph(photographed(printed.words()), "Sudah dicabut", str(printed.claim.number))
    page.unroute("**/api/v1/public/records/**")
    page.route("**/api/v1/public/records/**", partial(_on_record, printed))
    photograph(photographed(printed.words()), "Utuh, tidak tersertifikasi", "Halaman 1 dari 2")
    assert not looks.findings, "\n".join(looks.findings)


def _on_record(printed: Printed, route: Route) -> None:
    signer = {"name": printed.claim.signer, "capacity": printed.claim.position}
    record = {
        "code": printed.code,
        "state": "intact",
        "subject": SUBJECT,
        "pictures": 2,
        "number": printed.claim.number,
        "unit": "Sekretariat Daerah",
        "signers": [{**signer, "signed_at": "2026-11-23T02:16:00Z"}],
    }
    route.fulfill(json=record)


INKS = {"warped": None, "blue": BLUE, "red": RED}


@pytest.mark.parametrize("ink", INKS)
def test_a_paper_is_judged_without_a_line_within_a_second(
    live: Live,
    printed: Printed,
    watching: Callable[[Path], Page],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
    ink: str,
) -> None:
    picture = photographed(printed.words())
    colour = INKS[ink]
    film = filmed(stamped(picture, colour) if colour else picture, tmp_path / "film.mjpeg", tilt=1)
    page = watching(film)
    _serve(page, printed.listed(Status.VALID))
    page.goto(f"{live.origin}/pindai")
    _verdict(page, "Kode ini tidak kami kenal")  # with a line, the register has the last word
    page.evaluate(SERVED)
    with _without_a_line(page):
        page.add_init_script(f"({TIMED})()")
        page.reload()
        _verdict(page, "Tercatat dan berlaku")
        for words in (printed.claim.number, SUBJECT, printed.claim.signer, "23 November 2026"):
            expect(page.get_by_text(str(words)).first).to_be_visible()
        expect(page.get_by_text("bukan lembar di tangan Anda")).to_be_visible()
        expect(page.get_by_text("Daftar pencabutan bertanggal hari ini")).to_be_visible()
        took = page.evaluate("window.verdict - window.firstLook")
    record_property(f"offline verdict, {ink}", f"{took:.0f} ms after the first good frame")
    assert took < 1000


def test_an_ordinary_camera_opens_the_page_which_checks_the_claim_itself(
    live: Live, printed: Printed, new_page: Callable[..., Page]
) -> None:
    page = new_page(live.origin, "citizen")
    said = page.locator("#klaim")
    page.goto(printed.words().url)
    expect(said).to_contain_text(f"{SUBJECT}, {printed.claim.number}, {printed.claim.signer}")
    page.get_by_role("link", name="English").click()
    expect(said).to_contain_text("We made what the code on the paper says")
    page.goto(printed.words(f"{live.origin}/v/{public_code()}").url)
    expect(said).to_contain_text("Palsu")
    page.goto(printed.bare.url)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(said).to_be_hidden()
