"""Takes the pictures of real screens in docs/pictures: `make pictures`.

A live demo installation does the main job in Chromium; nothing on the screens is drawn by hand.
"""

import base64
import io
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.conftest import BROWSERS, FLAGS
from tests.e2e.live import ROOT, Account, Live
from tests.e2e.looks import DESKTOP, PHONE
from tests.e2e.pages import Codes, Desk, Person, Phone
from tests.tools.letters import MAIN, OTHERS, Letter

PICTURES = ROOT / "docs" / "pictures"
PASSPHRASE = "payung biru di beranda kayu"
LARGEST = 120 * 1024
"""Bytes of a picture."""
LOOKS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""
ASK = """async ([method, path, body, file]) => {
  const session = await (await fetch("/api/v1/session")).json();
  const headers = { "X-CSRF-Token": session.csrf };
  if (file) Object.assign(headers, { "Content-Type": "application/pdf", "X-Filename": "naskah.pdf" });
  else if (body) headers["Content-Type"] = "application/json";
  const sent = file ? Uint8Array.from(atob(file), (c) => c.charCodeAt(0)) : body && JSON.stringify(body);
  const answer = await fetch("/api/v1" + path, { method, headers, body: sent });
  if (!answer.ok) throw new Error(path + ": " + (await answer.text()));
  return answer.status === 204 ? null : answer.json();
}"""


def ask(page: Page, method: str, path: str, body: Any = None, file: str | None = None) -> Any:
    """The API's answer to whoever is signed in on this page."""
    return page.evaluate(ASK, [method, path, body, file])


def take(page: Page, name: str) -> None:
    """Keeps what the screen shows, in as few colours as look the same."""
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(700)  # sheets rise, seals land
    with Image.open(io.BytesIO(page.screenshot())) as shot:
        picture = shot.convert("RGB")
    path = PICTURES / f"{name}.png"
    for colours in (200, 96, 48, 24):
        few = picture.quantize(colours, dither=Image.Dither.NONE)
        few.save(path, optimize=True)
        if path.stat().st_size <= LARGEST:
            break
    print(f"  {path.relative_to(ROOT)}  {path.stat().st_size // 1024} KB")


@dataclass
class Stage:
    """The installation, the browser and the people who come on."""

    live: Live
    browser: Browser
    accounts: dict[str, Account]
    folder: Path

    def enter(self, username: str, kind: type[Person], *, phone: bool = True) -> Any:
        context = self.browser.new_context(
            viewport=PHONE if phone else DESKTOP,
            device_scale_factor=2 if phone else 1,
            locale="id-ID",
            timezone_id="Asia/Jakarta",
            has_touch=phone,
            is_mobile=phone,
        )
        context.set_default_timeout(30_000)
        account = self.accounts[username]
        person = kind(context.new_page(), account, Codes(account.totp_secret), self.live.origin)
        person.sign_in()
        return person


@contextmanager
def stage() -> Iterator[Stage]:
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if chromium is None:
        raise SystemExit("Chromium is missing: make tools")
    with tempfile.TemporaryDirectory(prefix="centang-pictures-") as name:
        folder = Path(name)
        looks = folder / "fonts.conf"
        looks.write_text(LOOKS.format(fonts=files("font_roboto") / "files", cache=folder / "cache"))
        live = Live(folder / "home")
        live.start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=chromium,
                    args=FLAGS,
                    env={**os.environ, "FONTCONFIG_FILE": str(looks)},
                )
                yield Stage(live, browser, live.accounts(), folder)
                browser.close()
        finally:
            live.stop()


def put_on_route(stage: Stage, operator: Page, letter: Letter, *steps: tuple[str, str]) -> str:
    """A letter on its way; steps as (position title, action). The document's id."""
    session = ask(operator, "GET", "/session")
    unit = next(role["unit_id"] for role in session["roles"] if role["unit_id"])
    due = letter.due_in_hours and datetime.now(UTC) + timedelta(hours=letter.due_in_hours)
    facts = {
        "unit_id": unit,
        "type_code": letter.kind,
        "subject": letter.subject,
        "classification": "300.2",
        "urgency": letter.urgency,
        "due_at": due.isoformat() if due else None,
    }
    document = str(ask(operator, "POST", "/documents", facts)["id"])
    printed = letter.printed(stage.browser, stage.folder / f"{document}.pdf").read_bytes()
    path = f"/documents/{document}/versions"
    version = ask(operator, "POST", path, file=base64.b64encode(printed).decode())
    while (found := ask(operator, "GET", f"/versions/{version['id']}"))["state"] != "ready":
        if found["refusal"]:
            raise SystemExit(found["refusal"]["detail"])
        time.sleep(0.3)
    places = {each["title"]: each["id"] for each in ask(operator, "GET", "/positions")["items"]}
    plan = [{"position_id": places[title], "action": action} for title, action in steps]
    ask(operator, "PUT", f"/documents/{document}/route", {"steps": plan})
    signers = [n for n, (_, action) in enumerate(steps, 1) if action == "sign"]
    placed = {"items": [{"ordinal": ordinal, "anchor": "^"} for ordinal in signers]}
    ask(operator, "PUT", f"/documents/{document}/placements", placed)
    ask(operator, "POST", f"/documents/{document}/queue", {})
    return document


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with stage() as here:
        operator: Desk = here.enter("operator1.disdik", Desk, phone=False)
        head, division = "Kepala Dinas Pendidikan", "Kepala Bidang Pembinaan Ketenagaan"
        for letter in OTHERS:
            put_on_route(here, operator.page, letter, (head, "sign"))
        document = put_on_route(here, operator.page, MAIN, (division, "initial"), (head, "sign"))
        reviewer: Phone = here.enter("kabid.disdik", Phone)
        reviewer.open_paper(MAIN.subject)
        reviewer.read_and_tick(2)
        reviewer.initial()
        show_signing(here.enter("kepala.disdik", Phone), document)
        while not ask(operator.page, "GET", f"/documents/{document}")["validated"]:
            time.sleep(0.5)
        operator.page.goto(f"{here.live.origin}/operator/{document}")
        expect(operator.page.get_by_role("button", name="Unduh hasil")).to_be_visible()
        take(operator.page, "desk")
        code = ask(operator.page, "GET", f"/documents/{document}")["public_code"]
        show_public_page(here, code)


def show_signing(chief: Phone, document: str) -> None:
    chief.choose_passphrase(PASSPHRASE)
    page = chief.page
    page.goto(f"{chief.origin}/meja")
    expect(page.get_by_role("link").filter(has_text=MAIN.subject).first).to_be_visible()
    take(page, "inbox")
    page.emulate_media(color_scheme="dark")
    take(page, "inbox-dark")
    page.emulate_media(color_scheme="light")
    chief.open_paper(MAIN.subject)
    expect(page.get_by_text("dari 2 halaman telah dibaca")).to_be_visible()
    take(page, "reader")
    chief.read_and_tick(2)
    take(page, "ticked")
    sheet = chief.fill_sign_sheet(PASSPHRASE)
    expect(sheet.locator(".lens__view img")).to_be_visible()
    take(page, "sign-sheet")
    chief.confirm_signing(sheet)
    take(page, "signed")
    page.goto(f"{chief.origin}/jejak/{document}")
    expect(page.get_by_text("Ditandatangani").first).to_be_visible()
    take(page, "trail")


def show_public_page(here: Stage, code: str) -> None:
    context = here.browser.new_context(
        viewport=PHONE, device_scale_factor=2, java_script_enabled=False
    )
    page = context.new_page()
    page.goto(f"{here.live.origin}/v/{code}")
    take(page, "public-page")


if __name__ == "__main__":
    main()
