"""What is printed: a kind of paper's habit, else the agency's; names with and without titles."""

from types import SimpleNamespace

import pytest

from backend.core.errors import DomainError
from backend.organisation.style import USUAL_ORDER, FootKind, Part, Style, check_order
from backend.organisation.titles import without_titles


def habit(**said: object) -> SimpleNamespace:
    nothing = {"block_order": None, "print_nip": None, "print_titles": None, "foot": None}
    return SimpleNamespace(**nothing | said)


def test_a_kind_that_says_nothing_follows_the_agency() -> None:
    agency = habit(print_nip=False, foot=FootKind.CODE, block_order=[p.value for p in Part][::-1])
    assert Style.of(habit(), agency) == Style(tuple(Part)[::-1], False, True, FootKind.CODE)


def test_a_kind_that_says_no_is_not_overruled() -> None:
    kind, agency = habit(print_nip=False), habit(print_nip=True, print_titles=False)
    assert Style.of(kind, agency) == Style(print_nip=False, print_titles=False)


def test_without_an_agency_it_is_the_usual() -> None:
    assert Style.of(habit(), None) == Style()


@pytest.mark.parametrize("order", [[], ["name"], ["name", "name", "nip", "code"], ["x"] * 4])
def test_an_order_names_each_part_once(order: list[str]) -> None:
    with pytest.raises(DomainError):
        check_order(order)
    assert check_order(list(USUAL_ORDER)) == ["capacity", "code", "name", "nip"]
    assert check_order(None) is None


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("Dra. Hj. Ratna Contoh, M.Si.", "Ratna Contoh"),
        ("Prof. Dr. Ir. H. Muhammad Contoh, S.H., M.Hum.", "Muhammad Contoh"),
        ("dr. Siti Contoh", "Siti Contoh"),
        ("M. Yusuf Contoh, S.E.", "M. Yusuf Contoh"),
        ("Moh. Contoh", "Moh. Contoh"),
        ("R. Contoh Wijaya", "R. Contoh Wijaya"),
        ("Hidayat", "Hidayat"),
        ("Ir.", "Ir."),
    ],
)
def test_names_without_titles(name: str, bare: str) -> None:
    assert without_titles(name) == bare
