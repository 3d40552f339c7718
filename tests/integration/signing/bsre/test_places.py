"""Where the service really draws: measured on the page as people see it, in each way of counting."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pypdfium2
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from PIL import Image, ImageChops
from pydantic import SecretStr

from backend.core.settings import Settings
from backend.signing.bsre import result
from backend.signing.bsre.orders import Order, ServicePlacement, Visible
from backend.signing.bsre.set_up import service
from backend.signing.bsre.terms import ServiceTerms
from backend.signing.pdf.placeholder import open_revision, page_box
from backend.signing.vaults.vault import Secret
from tests.factories.sheets import F4, LANDSCAPE, Sheet, paper
from tests.fakes.bsre import CREDENTIALS, BsreServer
from tests.fakes.bsre.pages import seen_box, shown, tag

NIK, NAME, PASSPHRASE = "3300000000000001", "Ani Contoh", "frasa sandi contoh"
WIDTH, HEIGHT = 190.0, 124.0
ROUNDED = 2.5
"""Points: the service rounds to whole ones, and a pixel is one."""
TAGGED = (*["Surat tugas"] * 22, " " * 60 + "#")
"""Near the middle, so that there is room beside the tag however the page is turned."""
SHEETS = {
    "A4": Sheet(),
    "F4": Sheet(F4),
    "landscape": LANDSCAPE,
    "turned right": Sheet(rotate=90),
    "upside down": Sheet(rotate=180),
    "turned left": Sheet(F4, rotate=270),
    "shifted and cropped": Sheet(origin=(30, 50), crop=12),
    "cropped and turned": Sheet(origin=(-20, 40), crop=10, rotate=90),
}
WAYS: dict[str, dict[str, Any]] = {
    "v1, sizes": {"version": "v1"},
    "v1, corners": {"version": "v1", "corners": True},
    "v2, as seen": {"version": "v2"},
    "v2, before the turn": {"version": "v2", "unturned": True},
}


@dataclass
class Desk:
    """One server in one way of counting, and who signs there."""

    server: BsreServer
    given: dict[str, Any]

    def sign(self, data: bytes, placement: ServicePlacement, block: bytes) -> bytes:
        """Signed and checked as every result is."""
        page, _ = open_revision(data).find_page_for_modification(placement.page - 1)
        visible = Visible(placement, page_box(page.get_object()), block)
        settings = Settings(
            _env_file=None,
            bsre_url=self.server.origin,
            bsre_username=CREDENTIALS[0],
            bsre_password=SecretStr(CREDENTIALS[1]),
        )
        made = service(settings, ServiceTerms.model_validate(self.given))
        assert made is not None
        since = datetime.now(UTC)
        (signed,) = made.sign(NIK, Secret(PASSPHRASE), [Order(data, visible, "Uji letak")])
        root = self.server.house.pki.root.public_bytes(Encoding.DER)
        expected = result.Expected(
            sent=data,
            nik=NIK,
            name=NAME,
            since=since,
            until=datetime.now(UTC),
            anchors=result.Anchors((root,), (root,)),
            page=placement.page,
            rect=None if placement.tag else visible.pdf_rect,
        )
        result.check(signed.data, expected)
        return signed.data


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BsreServer]:
    with BsreServer(tmp_path_factory.mktemp("bsre")).running() as running:
        running.house.enrol(NIK, NAME, PASSPHRASE)
        yield running


@pytest.fixture(params=WAYS.values(), ids=WAYS)
def desk(request: pytest.FixtureRequest, server: BsreServer) -> Desk:
    server.house.corners = request.param.get("corners", False)
    server.house.unturned = request.param.get("unturned", False)
    return Desk(server, request.param)


def block() -> bytes:
    """Black, with a white upper left quarter, so that it shows when it is turned."""
    image = Image.new("L", (int(WIDTH) * 2, int(HEIGHT) * 2), 0)
    image.paste(255, (0, 0, int(WIDTH), int(HEIGHT)))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def seen(data: bytes) -> Image.Image:
    """The first page as people see it, a pixel a point."""
    document = pypdfium2.PdfDocument(data)
    try:
        document.init_forms()
        return document[0].render(scale=1).to_pil().convert("L")
    finally:
        document.close()


def drawn(before: bytes, after: bytes) -> tuple[tuple[float, float, float, float], Image.Image]:
    """What ink was added: left, bottom, width and height as people see it, and the page."""
    page = seen(after)
    box = ImageChops.difference(seen(before), page).getbbox()
    assert box is not None
    left, top, right, bottom = box
    return (left, page.height - bottom, right - left, bottom - top), page


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_a_block_is_seen_where_it_was_placed_and_upright(desk: Desk, sheet: Sheet) -> None:
    data = paper(sheet)
    placement = ServicePlacement(
        page=1, x=150, y=180, width=WIDTH, height=HEIGHT, picture_sha256="0" * 64
    )

    signed = desk.sign(data, placement, block())

    place, page = drawn(data, signed)
    assert place == pytest.approx((150, 180, WIDTH, HEIGHT), abs=ROUNDED)
    left, top = 150, page.height - 180 - HEIGHT
    quarters = [
        page.getpixel((int(left + x * WIDTH), int(top + y * HEIGHT)))
        for x, y in ((0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75))
    ]
    assert quarters == [255, 0, 0, 0], "upright"


@pytest.mark.parametrize("name", ["A4", "F4", "landscape", "turned right", "upside down"])
def test_a_block_at_a_tag_character_takes_its_place(desk: Desk, name: str) -> None:
    sheet = SHEETS[name]
    data = paper(Sheet(sheet.size, sheet.rotate, sheet.origin, TAGGED, sheet.crop))
    placement = ServicePlacement(
        page=1, x=0, y=0, width=WIDTH, height=HEIGHT, tag="#", picture_sha256="0" * 64
    )

    signed = desk.sign(data, placement, block())

    number, character = tag(data, "#")
    left, bottom, right, top = seen_box(shown(data, number), character)
    x, y, width, height = drawn(data, signed)[0]
    assert (width, height) == pytest.approx((WIDTH, HEIGHT), abs=ROUNDED)
    assert x - ROUNDED <= left
    assert right <= x + width + ROUNDED
    assert y - ROUNDED <= bottom
    assert top <= y + height + ROUNDED
