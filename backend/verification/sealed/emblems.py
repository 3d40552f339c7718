"""Each verdict's emblem as PDF operators, in a square of 72 units; the same shapes as on the pages."""

from itertools import pairwise
from math import asin, cos, pi, sin, tan

_PAGE = "15 6 m 44 6 l 58 20 l 58 66 l 15 66 l h 44 6 m 44 20 l 58 20 l S\n"
_HALVES = (
    (-5, -3, 1.5, "33 6 m 17 7 6 19 6 36 c 6 53 17 65 33 66 c 29 52 l 36 44 l 28 35 l 35 25 l 31 17 l"),
    (5, 4, -1.5, "40 6 m 55 7.5 66 20 66 36 c 66 52 55 64.5 40 66 c 36 52 l 43 44 l 35 35 l 42 25 l 38 17 l"),
)  # fmt: skip
_MARK = "27 29.5 m 27 24 31 20.5 36 20.5 c 41 20.5 45 23.8 45 28.8 c 45 35.3 36 35.5 36 42 c S\n"
SHIELD = (
    "3 3 m 29 3 l 29 20 l 29 28 23 34 16 36 c 9 34 3 28 3 20 c h S\n"
    "3.5 15.5 m 11 8 l 15.5 12.5 l 19 9 l 28.5 17.5 l S\n"
    "5 22.5 m 8 20.5 10 20.5 12.5 22.5 c 15 24.5 17.5 24.5 20 22.5 c 22.5 20.5 24 20.5 26.5 22 c S\n"
    "8 28 m 10.5 26.4 12.5 26.4 14.5 28 c 16.5 29.6 19 29.6 21.5 28 c S\n"
)
"""The house's mark, 32 by 38."""


def emblem(name: str, colour: str, field: str) -> str:
    """The operators for one emblem. `colour` of its lines, `field` behind it: «r g b»."""
    out = f"{colour} RG {colour} rg 3.5 w 1 J 1 j\n"
    match name:
        case "seal":
            out += f"{_scallop()} f\n{field} RG 1.5 w [1 2.927] 0 d {_circle(25)} S [] 0 d\n"
            return out + "5.5 w 23.5 37 m 32.5 46.2 l 49.5 26 l S\n"
        case "ticked":
            return out + _PAGE + "5 w 25 38 m 33.5 46.7 l 49 29 l S 3.5 w 24 56 m 49 56 l S\n"
        case "void-seal":
            out += f"{_scallop()} S\n{field} RG 13 w 8 64 m 64 8 l S\n"
            return out + f"{colour} RG 5 w 9 63 m 63 9 l S\n"
        case "broken":
            return out + "".join(_turned(*half) for half in _HALVES)
        case "question":
            out += f"[7 5.57] 0 d {_circle(30)} S [] 0 d\n4.5 w {_MARK}"
            return out + "36 51 m 36 51.1 l S\n"
        case _:
            return out + _PAGE + "25 33 m 48 33 l 25 43 m 48 43 l 25 53 m 38 53 l S\n"


def _turned(degrees: float, x: float, y: float, path: str) -> str:
    angle = degrees * pi / 180
    c, s = cos(angle), sin(angle)
    e, f = x + 36 - 36 * c + 36 * s, y + 36 - 36 * s - 36 * c
    return f"q {c:.4f} {s:.4f} {-s:.4f} {c:.4f} {e:.3f} {f:.3f} cm {path} h S Q\n"


def _circle(radius: float) -> str:
    k = radius * 0.5523
    x, r = 36.0, radius
    return (
        f"{x + r} {x} m {x + r} {x + k:.3f} {x + k:.3f} {x + r} {x} {x + r} c "
        f"{x - k:.3f} {x + r} {x - r} {x + k:.3f} {x - r} {x} c "
        f"{x - r} {x - k:.3f} {x - k:.3f} {x - r} {x} {x - r} c "
        f"{x + k:.3f} {x - r} {x + r} {x - k:.3f} {x + r} {x} c h"
    )


def _scallop() -> str:
    """Sixteen arcs of 6.15 units on a circle of 30, each as one curve (within 0.03 units)."""
    points = [(36 + 30 * sin(i * pi / 8), 36 - 30 * cos(i * pi / 8)) for i in range(17)]
    half = asin(30 * sin(pi / 16) / 6.15)
    handle = 4 / 3 * tan(half / 2) * 6.15
    path = f"{points[0][0]:.3f} {points[0][1]:.3f} m"
    for (x1, y1), (x2, y2) in pairwise(points):
        chord = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
        ux, uy = (x2 - x1) / chord, (y2 - y1) / chord
        c, s = cos(half) * handle, sin(half) * handle
        # Outwards lies to the left of the way around.
        path += (
            f" {x1 + ux * c + uy * s:.3f} {y1 + uy * c - ux * s:.3f}"
            f" {x2 - ux * c + uy * s:.3f} {y2 - uy * c - ux * s:.3f} {x2:.3f} {y2:.3f} c"
        )
    return path + " h"
