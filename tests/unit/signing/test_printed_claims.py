"""How much of a claim is printed: a code of at most 29 mm, with modules of 0.34 mm and more."""

import dataclasses
from datetime import date

import pytest

from backend.certificates import claims
from backend.certificates.claims import Claim
from backend.signing.claims.printed import LARGEST_VERSION, READABLE, fitted, shortened
from backend.signing.pdf.appearance import (
    QUIET,
    SMALLEST_MODULE,
    compose,
    qr_modules,
    smallest_code,
    symbol_version,
)
from backend.signing.pdf.geometry import MM, Rect
from backend.signing.placement import HEIGHT, WIDTH
from tests.factories.sheets import Sheet
from tests.unit.signing.conftest import RATNA
from tests.unit.signing.test_appearance import LONG, drawn, sampled

USUAL = Rect(320, 120, WIDTH, HEIGHT)
CLAIM = Claim(
    number="300.2/0412/SETDA/2026",
    subject="Kesiapsiagaan menghadapi musim hujan di wilayah Kabupaten Contoh tahun 2026",
    signer=RATNA.name,
    position=RATNA.capacity,
    dated=date(2026, 11, 23),
    length=4_000_000,
    digest=bytes(range(32)),
    index=70_123,
)


def test_the_usual_block_carries_a_whole_claim() -> None:
    claim, words = fitted(CLAIM, RATNA, USUAL)
    assert claim == CLAIM
    layout = compose(words, USUAL.width, USUAL.height)
    assert layout.size >= READABLE
    assert layout.code_side <= 29 * MM
    modules = len(qr_modules(words.url)) + 2 * QUIET
    assert layout.code_side / modules >= SMALLEST_MODULE - 1e-9


def test_a_code_with_a_claim_is_printed_as_it_was_made() -> None:
    _, words = fitted(CLAIM, RATNA, USUAL)
    layout = compose(words, USUAL.width, USUAL.height)
    y = USUAL.top - 2 - len(layout.capacity) * layout.size * 1.2 - layout.code_side
    expected = [[bool(module) for module in row] for row in qr_modules(words.url)]
    found = sampled(drawn(words, Sheet(), USUAL), USUAL, layout.code_side, USUAL.x, y, words.url)
    assert found == expected


def test_the_size_is_known_before_the_code_is_made() -> None:
    for address in (RATNA.url, f"{RATNA.url}#{claims.pack(claims.sized(CLAIM))}"):
        assert len(qr_modules(address)) == 17 + 4 * symbol_version(address)


def test_the_digits_take_a_third_of_what_they_would_as_text() -> None:
    address = f"{RATNA.url}#{claims.pack(claims.sized(CLAIM))}"
    assert symbol_version(address) <= 15
    assert symbol_version(address.replace("#", "x")) > 19, "without a segment of their own"


def test_a_long_subject_is_cut_between_words() -> None:
    wordy = dataclasses.replace(CLAIM, subject=" ".join(["Pelaksanaan"] * 40))
    claim, words = fitted(wordy, RATNA, USUAL)
    assert symbol_version(words.url) <= LARGEST_VERSION
    assert claim.subject is not None
    assert claim.subject.endswith("Pelaksanaan…")
    assert dataclasses.replace(claim, subject=wordy.subject) == wordy


def test_what_must_stand_always_stands() -> None:
    wordy = dataclasses.replace(
        CLAIM, subject="Perihal " * 60, signer="Nama " * 60, position="Jabatan " * 60
    )
    claim, words = fitted(wordy, RATNA, USUAL)
    assert symbol_version(words.url) <= LARGEST_VERSION
    for field in ("number", "dated", "length", "digest", "index"):
        assert getattr(claim, field) == getattr(CLAIM, field)


def test_a_small_block_carries_a_short_claim() -> None:
    small = Rect(0, 0, 160, 112)
    claim, words = fitted(CLAIM, RATNA, small)
    assert claim.subject is None
    assert compose(words, small.width, small.height).code_side >= smallest_code(words.url)


def test_each_step_leaves_out_more() -> None:
    wordy = dataclasses.replace(
        CLAIM, subject="Perihal " * 60, signer="Nama " * 60, position="Jabatan " * 60
    )
    sizes = [len(claims.sized(step)) for step in shortened(wordy)]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == len(sizes)


def test_names_that_must_be_small_anyway_cost_no_claim() -> None:
    """Where the words are small whatever the code, the first claim that fits is taken."""
    place = Rect(0, 0, 190, 170)
    claim, words = fitted(dataclasses.replace(CLAIM, signer=LONG.name), LONG, place)
    assert claim.subject is not None
    assert compose(words, place.width, place.height)


@pytest.mark.parametrize("host", ["a.id", "tandatangan.diskominfo.kabupaten-contoh-utara.go.id"])
def test_it_fits_whatever_the_house_is_called(host: str) -> None:
    words = dataclasses.replace(RATNA, url=f"https://{host}/v/{RATNA.code}")
    _, printed = fitted(CLAIM, words, USUAL)
    assert symbol_version(printed.url) <= LARGEST_VERSION
    assert compose(printed, USUAL.width, USUAL.height)
