"""The main job, by everyone it takes: an operator, two officials on phones, and a citizen."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.e2e.live import Live
from tests.e2e.pages import Desk, Person, Phone
from tests.factories.judges import pdfsig, pyhanko, qpdf_complains, trust_in_nss
from tests.factories.pdfs import make_pdf

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(400)]

SUBJECT = "Kesiapsiagaan menghadapi musim hujan"
PASSPHRASE = "payung biru di beranda kayu"
# A tap that was on its way when the button under it became another: it must do nothing.
HASTY = """window.tapped = [];
new MutationObserver(() => {
    for (const word of ["Centang", "Paraf"]) {
        const [button] = [...document.querySelectorAll("button.btn")].filter((one) => one.textContent.trim() === word);
        if (!button || window.tapped.includes(word)) continue;
        window.tapped.push(word);
        button.click();
    }
}).observe(document, { childList: true, subtree: true, characterData: true });"""


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "edaran.pdf"
    path.write_bytes(make_pdf(pages=3))
    return path


def test_a_secretariats_pdf_becomes_a_signed_document_that_any_citizen_can_check(
    live: Live,
    browser: Browser,
    someone: Callable[..., Any],
    letter: Path,
    tmp_path: Path,
) -> None:
    operator: Desk = someone("operator1.disdik", Desk, phone=False)
    operator.sign_in()
    operator.new_paper(letter, SUBJECT)
    operator.draw_route(
        ("Kepala Bidang Pembinaan Ketenagaan", "Paraf"),
        ("Kepala Dinas Pendidikan", "Tanda tangan"),
    )
    operator.queue(2)

    reviewer: Phone = someone("kabid.disdik", Phone)
    reviewer.sign_in()
    reviewer.page.add_init_script(HASTY)
    reviewer.open_paper(SUBJECT)
    held: list[Route] = []

    def hold(tick: Route) -> None:
        held.append(tick)

    reviewer.page.route("**/api/v1/steps/*/tick", hold)
    reviewer.read_and_tick(3)
    initial = reviewer.page.get_by_role("button", name="Paraf", exact=True)
    expect(initial).to_have_attribute("aria-busy", "false")
    assert reviewer.page.evaluate("window.tapped") == ["Centang", "Paraf"]
    initial.click()
    held.pop().continue_()  # what was tapped while the tick was on its way follows it
    expect(reviewer.page.get_by_text("Diparaf. Naskah diteruskan").first).to_be_visible()

    head: Phone = someone("kepala.disdik", Phone)
    head.sign_in()
    head.choose_passphrase(PASSPHRASE)
    head.open_paper(SUBJECT)
    head.read_and_tick(3)
    head.sign(PASSPHRASE)

    signed = _fetch_result(operator, tmp_path / "hasil.pdf")
    _judge(signed, live, tmp_path)
    _ask_as_a_citizen(live, browser, operator, signed, tmp_path)
    trail = live.command("audit", "verify")
    assert trail.returncode == 0, trail.stdout


def _fetch_result(operator: Desk, path: Path) -> Path:
    page = operator.page
    for _ in range(30):
        page.reload()
        button = page.get_by_role("button", name="Unduh hasil")
        page.get_by_text("Jejak").first.wait_for()
        if button.count():
            break
        page.wait_for_timeout(500)
    with page.expect_download() as download:
        button.click()
    download.value.save_as(path)
    return path


def _judge(signed: Path, live: Live, tmp_path: Path) -> None:
    """By three programs that are not ours; a tampered twin fails each that can notice."""
    root = live.root_certificate()
    nss = trust_in_nss(tmp_path / "nss", root)
    good = signed.read_bytes()
    with ThreadPoolExecutor(1) as aside:  # the browser's driver owns this thread's event loop
        verdicts = aside.submit(pyhanko, good, root).result()
    assert [(v.intact, v.trusted) for v in verdicts] == [(True, True)]
    assert [(v.intact, v.trusted) for v in pdfsig(signed, nss)] == [(True, True)]
    assert qpdf_complains(signed) is None
    twin = tmp_path / "diubah.pdf"
    twin.write_bytes(_tampered(good))
    assert not any(v.intact for v in pdfsig(twin, nss))


def _tampered(good: bytes) -> bytes:
    """One changed byte inside what the signature covers: the header's comment."""
    at = good.index(b"%", 5) + 1
    return good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :]


def _ask_as_a_citizen(
    live: Live, browser: Browser, operator: Person, signed: Path, tmp_path: Path
) -> None:
    code = operator.page.evaluate(
        "fetch('/api/v1/documents/' + location.pathname.split('/').pop())"
        ".then(r => r.json()).then(d => d.public_code)"
    )
    context = browser.new_context(viewport={"width": 360, "height": 640}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live.origin}/v/{code}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("tidak tersertifikasi")
    expect(page.get_by_text(SUBJECT)).to_be_visible()
    expect(page.get_by_text("Kepala Dinas Pendidikan")).to_be_visible()

    page.goto(f"{live.origin}/v/")
    page.locator("input[type=file]").set_input_files(signed)
    page.locator("button[form=unggah]").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("tidak tersertifikasi")

    twin = tmp_path / "diubah.pdf"
    page.goto(f"{live.origin}/v/")
    page.locator("input[type=file]").set_input_files(twin)
    page.locator("button[form=unggah]").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Berubah")
    context.close()
