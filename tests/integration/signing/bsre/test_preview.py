"""Before the passphrase is asked, the phone shows the page as the service will make it."""

import io

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat

from backend.core.jobs import Job
from backend.documents.models import Version
from backend.signing import picturing, placing
from backend.signing.picturing import Appearance
from backend.signing.placing import Wish
from tests.factories import sheets
from tests.factories.national import Nation, sign
from tests.factories.signings import Case
from tests.support.jobs import run_pending


def shown(national: Nation, paper: Case) -> tuple[Appearance, Image.Image]:
    """What the signer's phone gets once the worker has drawn it."""
    paper.prepare()
    run_pending(national.services, skip=tuple(set(Job) - {Job.PICTURE_PREPARED}))
    with paper.work(paper.signatories[0].actor) as work:
        found = picturing.appearance(work, paper.next_step.id)
    assert found.picture_sha256 is not None
    drawn = Image.open(io.BytesIO(national.services.blobs.get(found.picture_sha256)))
    return found, drawn.convert("L")


def page(data: bytes, like: Image.Image) -> Image.Image:
    document = pypdfium2.PdfDocument(data)
    try:
        document.init_forms()
        first = document[0]
        rendered = first.render(scale=like.width / first.get_width()).to_pil().convert("L")
        return rendered.resize(like.size)
    finally:
        document.close()


def unlike(one: Image.Image, other: Image.Image) -> float:
    """In grey levels, of the shapes and not of each pixel's edge."""
    soft = [image.filter(ImageFilter.BoxBlur(3)) for image in (one, other)]
    return ImageStat.Stat(ImageChops.difference(*soft)).mean[0]


def cut(image: Image.Image, found: Appearance) -> Image.Image:
    place, scale = found.place, image.width / found.page_width
    assert place is not None
    top = image.height - (place.y + place.height) * scale
    box = (place.x * scale, top, (place.x + place.width) * scale, top + place.height * scale)
    return image.crop(tuple(round(v) for v in box))


def test_what_the_phone_shows_is_what_the_service_draws(national: Nation) -> None:
    paper = national.case(base=sheets.paper(sheets.Sheet(lines=())))
    found, before = shown(national, paper)

    sign(paper, paper.signatories[0])

    after = page(paper.signed_bytes(), before)
    assert unlike(cut(before, found), cut(after, found)) < 6
    assert unlike(before, after) < 2, "and nothing else is drawn"
    bare = page(paper.base, before)
    assert unlike(cut(before, found), cut(bare, found)) > 18


def test_an_invisible_signature_shows_the_page_alone(national: Nation) -> None:
    national.terms = national.terms.model_copy(update={"visible": False})
    paper = national.case(base=sheets.paper(sheets.Sheet(lines=())))

    found, before = shown(national, paper)

    assert found.place is None
    sign(paper, paper.signatories[0])
    assert unlike(before, page(paper.signed_bytes(), before)) < 2


@pytest.mark.parametrize("sheet", [sheets.Sheet(), sheets.LANDSCAPE], ids=["A4", "landscape"])
def test_a_block_left_to_the_service_stands_where_the_phone_showed_it(
    national: Nation, sheet: sheets.Sheet
) -> None:
    national.terms = national.terms.model_copy(update={"tags": True})
    lines = (*[""] * 16, " " * 60 + "#")
    paper = national.case(base=sheets.paper(sheets.Sheet(sheet.size, lines=lines)))
    y = sheet.size[1] - 80 - 16 * 16
    with paper.work() as work:
        row = work.session.query(Version).filter_by(document_id=paper.document_id).one()
        row.anchors = {"#": [{"page": 1, "x": 60 + 60 * 11 * 0.278, "y": y}]}
    with paper.work(paper.operator_actor) as work:
        placing.place(work, paper.document_id, [Wish(1, anchor="#")])

    found, before = shown(national, paper)
    sign(paper, paper.signatories[0])

    after = page(paper.signed_bytes(), before)
    assert found.place is not None
    ink = ImageChops.difference(page(paper.base, before), after).point(lambda v: 255 * (v > 60))
    seen = ImageChops.difference(page(paper.base, before), before).point(lambda v: 255 * (v > 60))
    above_feet = (0, 0, before.width, round(before.height * 0.85))
    there_, here = ink.crop(above_feet).getbbox(), seen.crop(above_feet).getbbox()
    points = before.width / found.page_width
    assert [v / points for v in there_] == pytest.approx([v / points for v in here], abs=16)
