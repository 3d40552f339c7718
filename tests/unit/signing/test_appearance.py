"""What a signer's block says, how it fits, and when it refuses."""

import dataclasses
import io

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.core.errors import DomainError
from backend.signing.pdf.appearance import (
    QUIET,
    SMALLEST_MODULE,
    Layout,
    Wording,
    compose,
    grouped,
    qr_modules,
    smallest_code,
)
from backend.signing.pdf.foot import BSRE_SENTENCE, Foot, issuer_sentence
from backend.signing.pdf.geometry import PageBox, Rect
from backend.signing.pdf.lettering import SMALLEST, measure, printable
from backend.signing.pdf.placeholder import Block, first_placeholder
from tests.factories.sheets import A4, F4, Sheet, paper
from tests.unit.signing.conftest import CODE, FOOT, RATNA, URL, everywhere

LONG = Wording(
    "Kepala Dinas Contoh Pendidikan, Kebudayaan, Pemuda dan Olahraga Kabupaten Contoh Utara",
    "Prof. Dr. Ir. H. Muhammad Contoh Mu’awanah Panjang Sekali, S.H., M.Hum., LL.M., Ph.D.",
    "196503121990031001",
    URL,
    CODE,
)


def drawn(words: Wording, sheet: Sheet, rect: Rect) -> bytes:
    return first_placeholder(
        paper(sheet), [Block("TTE1", 1, rect, words)], FOOT, everywhere, 2048
    ).data


def text_of(data: bytes) -> str:
    with pypdfium2.PdfDocument(data) as pdf:
        pdf.init_forms()
        page = pdf[0]
        return page.get_textpage().get_text_bounded()


def appearance_text(data: bytes) -> str:
    """The text of the first block alone, through the font's ToUnicode map."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        form = pdf.Root.AcroForm.Fields[0].AP.N
        page = pdf.add_blank_page(page_size=(600, 600))
        page.Contents = pdf.make_stream(b"/X Do")
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=form))
        del pdf.pages[0]
        out = io.BytesIO()
        pdf.save(out)
    return text_of(out.getvalue())


def test_it_says_who_signed_in_which_capacity() -> None:
    text = appearance_text(drawn(RATNA, Sheet(), Rect(320, 120, 190, 124)))
    for part in (
        "Plt. Sekretaris Daerah,",
        "Ditandatangani secara",
        "elektronik oleh:",
        "Dra. Hj. Ratna Contoh, M.Si.",
        "NIP 197003121995032001",
        grouped(CODE),
    ):
        assert part in text


def test_the_agency_may_leave_the_nip_out() -> None:
    words = dataclasses.replace(RATNA, nip=None)
    assert "NIP" not in appearance_text(drawn(words, Sheet(), Rect(320, 120, 190, 124)))


@pytest.mark.parametrize("name", ["Mu’awanah", "Nuʻman Ṣāliḥ", "Ibu Ésther Contoh–Ñúñez"])
def test_names_print_as_written(name: str) -> None:
    words = dataclasses.replace(RATNA, name=name)
    assert name in appearance_text(drawn(words, Sheet(), Rect(320, 120, 190, 124)))


def test_fonts_are_embedded() -> None:
    with pikepdf.open(io.BytesIO(drawn(RATNA, Sheet(), Rect(320, 120, 190, 124)))) as pdf:
        fonts = pdf.Root.AcroForm.Fields[0].AP.N.Resources.Font
        assert len(fonts) == 2
        for font in fonts.values():
            assert "/FontFile2" in font.DescendantFonts[0].FontDescriptor
            assert "/ToUnicode" in font


@pytest.mark.parametrize("name", ["محمد", "山田", "Budi 😀", "B\u0332udi"])
def test_it_refuses_characters_the_font_lacks(name: str) -> None:
    with pytest.raises(DomainError) as refusal:
        compose(dataclasses.replace(RATNA, name=name), 190, 124)
    assert refusal.value.code == "signing/uncovered-character"
    assert refusal.value.params["character"] in name


def test_long_names_wrap_at_seven_points_or_more() -> None:
    layout = compose(LONG, 190, 150)
    assert len(layout.name) > 1
    assert len(layout.capacity) > 1
    assert layout.size >= SMALLEST
    assert layout.small >= SMALLEST
    assert " ".join(layout.name) == LONG.name


def test_what_does_not_fit_is_refused_with_the_size_that_would_do() -> None:
    with pytest.raises(DomainError) as refusal:
        compose(LONG, 120, 60)
    assert refusal.value.code == "signing/appearance-too-small"
    needed = refusal.value.params
    layout = compose(LONG, needed["width"], needed["height"])
    assert layout.size == SMALLEST


def layout_or_refusal(wording: Wording, width: float, height: float) -> Layout | str:
    try:
        return compose(wording, width, height)
    except DomainError as refusal:
        return refusal.code


@given(
    width=st.floats(60, 300),
    height=st.floats(60, 300),
    words=st.lists(st.text("abcdefgh", min_size=1, max_size=20), min_size=1, max_size=14),
)
@settings(max_examples=60, deadline=None)
def test_nothing_is_ever_set_smaller_than_legible(
    width: float, height: float, words: list[str]
) -> None:
    wording = dataclasses.replace(RATNA, name=" ".join(words))
    layout = layout_or_refusal(wording, width, height)
    if isinstance(layout, str):
        assert layout == "signing/appearance-too-small"
        return
    assert layout.height <= height
    assert layout.small >= SMALLEST
    assert layout.code_side >= smallest_code(URL)
    assert all(measure(line, layout.size) <= width for line in layout.capacity)


def sampled(
    data: bytes, rect: Rect, side: float, x: float, y: float, url: str = URL
) -> list[list[bool]]:
    """The modules of a code of `side` points at (x, y), as a renderer shows them."""
    count = len(qr_modules(url))
    unit = side / (count + 2 * QUIET)
    scale = 6
    with pypdfium2.PdfDocument(data) as pdf:
        pdf.init_forms()
        page = pdf[0]
        image = page.render(scale=scale, may_draw_forms=True).to_pil().convert("L")
        height = page.get_height()
    left, top = x + QUIET * unit, height - (y + side) + QUIET * unit
    return [
        [
            image.getpixel(
                (int((left + (c + 0.5) * unit) * scale), int((top + (r + 0.5) * unit) * scale))
            )
            < 128
            for c in range(count)
        ]
        for r in range(count)
    ]


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("size", [A4, F4, (A4[1], A4[0])], ids=["a4", "f4", "landscape"])
def test_the_code_stands_upright_where_it_was_placed(
    rotate: int, size: tuple[float, float]
) -> None:
    sheet = Sheet(size, rotate=rotate, origin=(-30, 50), crop=10)
    rect = Rect(300, 130, 190, 124)
    data = drawn(RATNA, sheet, rect)
    layout = compose(RATNA, rect.width, rect.height)
    y = rect.top - 2 - len(layout.capacity) * layout.size * 1.2 - layout.code_side
    expected = [[bool(module) for module in row] for row in qr_modules(URL)]
    assert sampled(data, rect, layout.code_side, rect.x, y) == expected
    assert sampled(data, rect, FOOT.code_side, 40, 20) == expected


def test_the_foot_is_drawn_once_for_equal_pages() -> None:
    data = first_placeholder(
        paper(*[Sheet()] * 12),
        [Block("TTE1", 1, Rect(300, 130, 190, 124), RATNA)],
        FOOT,
        everywhere,
        2048,
    ).data
    with pikepdf.open(io.BytesIO(data)) as pdf:
        feet = {page.Resources.XObject.CentangFoot.objgen for page in pdf.pages}
    assert len(feet) == 1


def test_the_foot_moves_down_or_stays_away_where_text_stands() -> None:
    page = PageBox(0, 0, *A4)
    low = Rect(60, 58, 200, 12)
    assert FOOT.place(page, lambda _: True).y == 20
    assert FOOT.place(page, lambda rect: not rect.meets(low)).y == 12
    assert FOOT.place(page, lambda _: False) is None


def test_only_bsre_is_called_bsre() -> None:
    ours = issuer_sentence(["Penerbit Contoh"], bsre=False)
    assert "BSrE" not in ours
    assert "Penerbit Contoh" in ours
    assert issuer_sentence(["apa pun"], bsre=True) == BSRE_SENTENCE


def test_codes_keep_the_smallest_module_and_their_quiet_zone() -> None:
    far = Foot(
        FOOT.sentence, "https://tandatangan.diskominfo.kabupaten-contoh-utara.go.id/v/" + CODE
    )
    for foot in (FOOT, far):
        modules = len(qr_modules(foot.url)) + 2 * QUIET
        assert foot.code_side / modules >= SMALLEST_MODULE - 1e-9


def test_text_is_composed_and_single_spaced() -> None:
    assert printable("Andre\u0301  Contoh\n") == "André Contoh"
