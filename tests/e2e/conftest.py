"""A live installation and real browsers, one context a person."""

import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from tests.e2e.live import Account, Live
from tests.e2e.looks import DESKTOP, PHONE
from tests.e2e.pages import SCREEN_TIMEOUT, Codes, Person
from tests.factories import national
from tests.fakes.bsre import BsreServer

expect.set_options(timeout=SCREEN_TIMEOUT)

FLAGS = [
    "--no-sandbox",
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # A name of the office network, as its machines know it: not this machine, so not secure.
    "--host-resolver-rules=MAP kantor.contoh.example 127.0.0.1",
]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# What a browser may say in its console while refusals are being shown.
EXPECTED = ("Failed to load resource",)


LONGEST = ("test_poor_lines", "test_accessibility", "test_offline", "test_make_run", "test_offices")
"""These files begin first, so that nobody waits for one of them at the end."""

FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ranks = {name: rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.path.stem, len(ranks)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Remembers a failure, so that the screens it left can be kept."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """Where the screens of a failed test are kept."""
    folder = Path(tempfile.gettempdir()) / "centang-screens"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BsreServer]:
    """The national service's stand-in; nobody signs there unless the agency chooses it."""
    with BsreServer(tmp_path_factory.mktemp("bsre")).running() as server:
        yield server


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory, service: BsreServer) -> Iterator[Live]:
    live = Live(tmp_path_factory.mktemp("live") / "home", **national.settings(service))
    live.start()
    yield live
    live.stop()


@pytest.fixture(scope="session")
def accounts(live: Live) -> dict[str, Account]:
    return live.accounts()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's program."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert path, "Chromium is missing: apt-get install chromium"
    return path


@pytest.fixture(scope="session")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def codes() -> dict[str, Codes]:
    """Authenticators outlive a test: a time step is accepted once."""
    return {}


@pytest.fixture
def new_page(
    request: pytest.FixtureRequest, browser: Browser, artefacts: Path
) -> Iterator[Callable[..., Page]]:
    """Opens a browser of its own; the test fails when one of its pages reports an error."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def make(origin: str, whose: str, *, phone: bool = True, **more: Any) -> Page:
        context = browser.new_context(
            viewport=PHONE if phone else DESKTOP,
            locale="id-ID",
            timezone_id="Asia/Jakarta",
            has_touch=phone,
            is_mobile=phone,
            **more,
        )
        contexts.append(context)
        context.grant_permissions(["notifications"], origin=origin)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: complaints.append(f"{whose}: {error}"))
        page.on(
            "console",
            lambda said: (
                complaints.append(f"{whose}: {said.text}")
                if said.type == "error" and not said.text.startswith(EXPECTED)
                else None
            ),
        )
        return page

    yield make
    failed = request.node.stash.get(FAILED, False)
    for number, context in enumerate(contexts):
        if failed:
            for page in context.pages:
                path = artefacts / f"{request.node.name[:60]}-{number}.png"
                page.screenshot(path=path)
                print(f"\n{path}\n{page.url}\n{page.locator('body').inner_text()[:1500]}")
        context.close()
    assert complaints == []


@pytest.fixture
def someone(
    live: Live,
    new_page: Callable[..., Page],
    accounts: dict[str, Account],
    codes: dict[str, Codes],
) -> Callable[..., Person]:
    """Gives one of the demo's people a browser of their own."""

    def make(
        username: str, kind: type[Person] = Person, *, phone: bool = True, **more: Any
    ) -> Person:
        page = new_page(live.origin, username, phone=phone, **more)
        account = accounts[username]
        held = codes.setdefault(username, Codes(account.totp_secret))
        return kind(page, account, held, live.origin)

    return make
