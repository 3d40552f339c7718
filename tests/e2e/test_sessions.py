"""Who is here: shared browsers, sessions ended elsewhere, language, no network, no secure address."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Request, expect

from tests.e2e.live import Account, Live
from tests.e2e.looks import PHONE
from tests.e2e.pages import Codes, Person, Phone

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

LEFT = """async () => {
    const open = indexedDB.open("centang");
    await new Promise((done, failed) => { open.onsuccess = done; open.onerror = failed; });
    const all = async (store) => {
        const asked = open.result.transaction(store).objectStore(store).getAll();
        await new Promise((done) => { asked.onsuccess = done; });
        return asked.result;
    };
    return JSON.stringify([await all("session"), await all("reading"), await caches.keys()]);
}"""


def test_nothing_of_the_last_person_is_shown_or_sent_in_a_shared_browser(
    live: Live,
    accounts: dict[str, Account],
    codes: dict[str, Codes],
    someone: Callable[..., Any],
) -> None:
    first: Phone = someone("sekretaris.disdik", Phone)
    first.sign_in()
    first.page.goto(f"{live.origin}/profil")
    expect(first.page.get_by_text(first.account.name)).to_be_visible()

    account = accounts["auditor"]
    held = codes.setdefault(account.username, Codes(account.totp_secret))
    second = Person(first.page.context.new_page(), account, held, live.origin)
    second.page.goto(f"{live.origin}/profil")
    second.page.get_by_role("button", name="Keluar").click()
    expect(second.page.get_by_role("heading", name="Masuk ke meja Anda")).to_be_visible()
    expect(first.page.get_by_text(first.account.name)).to_have_count(0)
    kept = second.page.evaluate(LEFT)
    assert first.account.name not in kept
    assert first.account.username not in kept

    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method != "GET":
            sent.append(f"{request.method} {request.url}")

    first.page.on("request", note)
    second.sign_in()
    second.page.goto(f"{live.origin}/profil")
    expect(second.page.get_by_text(account.name)).to_be_visible()
    for page in (first.page, second.page):
        expect(page.get_by_text(first.account.name)).to_have_count(0)
    assert sent == []


def test_a_session_ended_elsewhere_leads_kindly_to_the_door(
    live: Live, someone: Callable[..., Any]
) -> None:
    lost: Phone = someone("sekretaris.dinkes", Phone)
    lost.sign_in()
    here: Phone = someone("sekretaris.dinkes", Phone)
    here.sign_in()
    here.page.goto(f"{live.origin}/profil/perangkat")
    rows = here.page.get_by_role("listitem").filter(has_text="Akhiri")
    others = rows.filter(has_not_text="sesi ini")  # the newest is the one that was lost
    others.first.get_by_role("button", name="Akhiri").click()
    expect(here.page.get_by_text("Sesi diakhiri.")).to_be_visible()
    lost.page.goto(f"{live.origin}/riwayat")
    expect(lost.page.get_by_text("Masuk lagi, ya. Pekerjaan Anda tidak hilang.")).to_be_visible()


def test_the_language_follows_the_person_and_the_shell_needs_no_network(
    live: Live, someone: Callable[..., Any]
) -> None:
    person: Phone = someone("sekda", Phone)
    person.sign_in()
    page, context = person.page, person.page.context
    page.goto(f"{live.origin}/profil")
    page.get_by_role("button", name=re.compile("Bahasa")).click()
    expect(page.get_by_role("button", name=re.compile("Sign out"))).to_be_visible()
    page.goto(f"{live.origin}/meja")
    expect(page.get_by_text("Your desk is clear")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "en"
    page.goto(f"{live.origin}/profil")
    page.get_by_role("button", name=re.compile("Language")).click()
    expect(page.get_by_role("button", name=re.compile("Keluar"))).to_be_visible()

    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    context.set_offline(True)
    page.goto(f"{live.origin}/meja")
    expect(page.get_by_text("Tanpa jaringan sejak")).to_be_visible()
    expect(page.get_by_role("navigation", name="Tempat")).to_be_visible()
    page.get_by_role("link", name=re.compile("Riwayat")).click()
    expect(page.get_by_text("Belum ada jaringan").first).to_be_visible()
    context.set_offline(False)
    page.goto(f"{live.origin}/meja")
    expect(page.get_by_text("Meja Anda bersih")).to_be_visible()
    expect(page.get_by_text("Tanpa jaringan sejak")).to_have_count(0)


def test_a_plain_network_address_explains_itself(live: Live, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE, locale="id-ID")
    page = context.new_page()
    page.goto(f"http://kantor.contoh.example:{live.port}/")
    expect(page.get_by_role("heading", name="Sambungan ini belum aman")).to_be_visible()
    expect(page.get_by_text("HTTPS=1 make run").first).to_be_visible()
    assert page.get_by_role("textbox").count() == 0
    context.close()
