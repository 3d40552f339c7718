"""Blocks and feet as agencies and kinds of paper want them printed."""

import dataclasses
import itertools

import pypdfium2
import pytest

from backend.organisation.style import USUAL_ORDER, FootKind, Part
from backend.signing.pdf.appearance import LEADING, Layout, Wording, compose, qr_modules
from backend.signing.pdf.geometry import Rect
from backend.signing.pdf.placeholder import Block, first_placeholder
from tests.factories.sheets import Sheet, paper
from tests.unit.signing.conftest import FOOT, RATNA, URL, everywhere
from tests.unit.signing.test_appearance import drawn, sampled, text_of

RECT = Rect(320, 120, 190, 124)
CODE = [[bool(module) for module in row] for row in qr_modules(URL)]
ORDERS = list(itertools.permutations(Part))


def from_top_to_bottom(words: Wording, parts: dict[Part, str]) -> list[Part]:
    """The parts by where their words stand on the page, as a reader of the PDF finds them."""
    with pypdfium2.PdfDocument(drawn(words, Sheet(), RECT)) as pdf:
        pdf.init_forms()
        pdf[0].flatten()
        text = pdf[0].get_textpage()
        tops = {}
        for part, said in parts.items():
            found = text.search(said).get_next()
            assert found is not None, part
            tops[part] = text.get_charbox(found[0])[3]
    return sorted(tops, key=tops.__getitem__, reverse=True)


@pytest.mark.parametrize("order", ORDERS[::5])
def test_the_parts_stand_in_the_order_that_was_chosen(order: tuple[Part, ...]) -> None:
    words = dataclasses.replace(RATNA, order=order)
    said = {
        Part.CAPACITY: "Plt. Sekretaris",
        Part.CODE: "7K2QF-9XW3M",
        Part.NAME: "Dra. Hj.",
        Part.NIP: "NIP 1970",
    }
    assert from_top_to_bottom(words, said) == list(order)


def height_above_code(layout: Layout, order: tuple[Part, ...]) -> float:
    lines = {
        Part.CAPACITY: len(layout.capacity) * layout.size,
        Part.NAME: len(layout.name) * layout.size,
        Part.NIP: len(layout.nip) * layout.small,
    }
    return sum(lines[part] for part in order[: order.index(Part.CODE)]) * LEADING


@pytest.mark.parametrize("order", [ORDERS[-1], ORDERS[10], USUAL_ORDER])
def test_the_code_is_whole_wherever_it_stands(order: tuple[Part, ...]) -> None:
    words = dataclasses.replace(RATNA, order=order)
    layout = compose(words, RECT.width, RECT.height)
    bottom = RECT.top - 2 - height_above_code(layout, order) - layout.code_side
    assert bottom >= RECT.y
    assert sampled(drawn(words, Sheet(), RECT), RECT, layout.code_side, RECT.x, bottom) == CODE


def test_the_capacity_has_a_comma_only_above_the_name() -> None:
    assert RATNA.capacity_line.endswith("Daerah,")
    below = dataclasses.replace(RATNA, order=(Part.CODE, Part.NAME, Part.CAPACITY, Part.NIP))
    assert below.capacity_line.endswith("Daerah")


@pytest.mark.parametrize(
    ("kind", "said", "shown"),
    [
        (FootKind.SENTENCE, True, True),
        (FootKind.CODE, False, True),
        (FootKind.NONE, False, False),
    ],
)
def test_the_foot_says_and_shows_what_was_chosen(
    kind: FootKind, *, said: bool, shown: bool
) -> None:
    foot = dataclasses.replace(FOOT, kind=kind)
    block = Block("TTE1", 1, RECT, RATNA)
    data = first_placeholder(paper(Sheet(), Sheet()), [block], foot, everywhere, 2048).data
    assert ("alat bukti hukum" in " ".join(text_of(data).split())) is said
    assert (sampled(data, RECT, foot.code_side, 40, 20) == CODE) is shown
