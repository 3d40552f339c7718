"""The head of a report with its verdict band, and the lines that run along every sheet."""

from collections.abc import Callable
from math import pi, sin

from backend.signing.pdf.typeface import Weight
from backend.verification.sealed.emblems import SHIELD, emblem
from backend.verification.sealed.sheets import (
    BOTTOM,
    HEIGHT,
    INK,
    INK_2,
    INK_3,
    LEFT,
    LINE_STRONG,
    ON_SEAL_FIELD,
    RIGHT,
    SEAL_FIELD,
    SEAL_FILL,
    STOP,
    VOID,
    WHITE,
    WIDTH,
    Sheets,
)
from backend.verification.sealed.typesetting import lines

_FIELDS = {
    "valid": (SEAL_FIELD, ON_SEAL_FIELD, SEAL_FILL),
    "changed": (STOP, WHITE, WHITE),
    "ended": (VOID, WHITE, WHITE),
}
"""Field → its colour, the text's, the emblem's. All others have rules instead of a field."""
_SIDE = 62.0
_GAP = 18.0


def masthead(
    sheets: Sheets,
    *,
    agency: str,
    title: str,
    reference: str,
    verdict: tuple[str, str, str, str],
) -> None:
    """`verdict`: emblem, field, title and sentence."""
    y = HEIGHT - 78
    sheets.draw(f"q 0.85 0 0 -0.85 {LEFT} {y + 33:.2f} cm {INK} RG 2 w 1 J 1 j {SHIELD}Q\n")
    text_left = LEFT + 40
    sheets.text(title, text_left, y + 18, 16, weight=Weight.MEDIUM)
    name = lines(agency, 10.5, RIGHT - text_left - 150)
    for index, line in enumerate(name[:2]):
        sheets.text(line, text_left, y + 3 - 13 * index, 10.5, colour=INK_2)
    sheets.text(reference, RIGHT, y + 18, 9, colour=INK_2, right=True)
    sheets.y = y - 30
    _band(sheets, *verdict)


def _band(sheets: Sheets, mark: str, field: str, title: str, sentence: str) -> None:
    ground, ink, emblem_ink = _FIELDS.get(field, (WHITE, INK, INK))
    width = RIGHT - LEFT - _SIDE - _GAP
    heading = lines(title, 21, width, Weight.MEDIUM)
    said = lines(sentence, 11, width)
    tall = len(heading) * 26 + 4 + len(said) * 15.5
    height = max(tall, _SIDE) + 44
    top = sheets.y
    below = top - height
    sheets.draw(_ground(field, ground, top, below))
    middle = (top + below) / 2 + (3 if field in _FIELDS else 0)
    scale = _SIDE / 72
    sheets.draw(
        f"q {scale:.4f} 0 0 {-scale:.4f} {LEFT} {middle + _SIDE / 2:.2f} cm "
        f"{emblem(mark, emblem_ink, ground)}Q\n"
    )
    x, y = LEFT + _SIDE + _GAP, middle + tall / 2
    for line in heading:
        y -= 26
        sheets.text(line, x, y + 6, 21, weight=Weight.MEDIUM, colour=ink)
    y -= 4
    for line in said:
        y -= 15.5
        sheets.text(line, x, y + 4, 11, colour=ink)
    sheets.y = below - 6


def _ground(field: str, colour: str, top: float, below: float) -> str:
    """The band's field with its own edge, or the rules of a band without one."""
    match field:
        case "valid":
            return _scalloped(colour, top, below)
        case "changed":
            return _torn(colour, top, below)
        case "ended":
            hatch = "".join(
                f"{x:.1f} {below:.2f} m {x + 12:.1f} {below + 12:.2f} l\n"
                for x in range(-12, int(WIDTH) + 12, 8)
            )
            box = f"0 {below:.2f} {WIDTH} {top - below:.2f} re"
            return f"{colour} rg {box} f\nq {box} W n 0.6 0.62 0.64 RG 1.6 w {hatch} S Q\n"
        case "plain":
            return f"{INK} RG 1.6 w {_rules(top, below)}"
        case _:
            return f"{LINE_STRONG} RG 1.6 w [6 5] 0 d {_rules(top, below)}[] 0 d\n"


def _rules(top: float, below: float) -> str:
    return "".join(f"{LEFT} {y:.2f} m {RIGHT:.2f} {y:.2f} l S\n" for y in (top, below))


def _scalloped(colour: str, top: float, below: float) -> str:
    """Half circles of 9 points along the lower edge."""
    radius, path = WIDTH / 66, []
    k = radius * 0.5523
    edge = below + radius
    for index in range(33):
        x = WIDTH - 2 * radius * index
        middle = x - radius
        path.append(
            f"{x:.2f} {edge - k:.2f} {middle + k:.2f} {below:.2f} {middle:.2f} {below:.2f} c "
            f"{middle - k:.2f} {below:.2f} {x - 2 * radius:.2f} {edge - k:.2f} "
            f"{x - 2 * radius:.2f} {edge:.2f} c"
        )
    start = f"0 {edge:.2f} m 0 {top:.2f} l {WIDTH} {top:.2f} l {WIDTH} {edge:.2f} l"
    return f"{colour} rg {start} {' '.join(path)} h f\n"


def _torn(colour: str, top: float, below: float) -> str:
    """A lower edge as of torn paper, the same each time."""
    points = []
    for index in range(29):
        depth = 5.5 + 5 * sin(index * pi * 0.83) + (3 if index % 2 else -2)
        points.append(f"{WIDTH - WIDTH * index / 28:.2f} {below + depth:.2f} l")
    start = f"0 {top:.2f} m {WIDTH} {top:.2f} l"
    return f"{colour} rg {start} {' '.join(points)} h f\n"


def running_lines(
    sheets: Sheets, *, head: tuple[str, str], foot: str, page: Callable[[int, int], str]
) -> None:
    """Says on every sheet which report it belongs to, about which file, and with what result."""

    def draw(number: int) -> None:
        if number:
            sheets.text(head[0], LEFT, HEIGHT - 40, 8, colour=INK_3, sheet=number)
            sheets.text(head[1], RIGHT, HEIGHT - 40, 8, colour=INK_3, right=True, sheet=number)
        y = BOTTOM - 26
        for line in lines(foot, 7.5, RIGHT - LEFT - 80):
            sheets.text(line, LEFT, y, 7.5, colour=INK_3, sheet=number)
            y -= 10
        shown = page(number + 1, sheets.count)
        sheets.text(shown, RIGHT, BOTTOM - 26, 8, colour=INK_2, right=True, sheet=number)

    sheets.on_each(draw)
