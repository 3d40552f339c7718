"""A citizen's number is found however it is written; what only looks like one is left alone."""

import pytest

from backend.documents.citizens import mask, names_citizen

WRITTEN = {
    "together": "NIK 3201234505890001 atas nama",
    "in fours": "NIK 3201 2345 0589 0001",
    "by its parts": "NIK: 320123 450589 0001",
    "with dots": "32.01.23.450589.0001",
    "with dashes": "3201-2345-0589-0001",
    "with long dashes": "320123–450589–0001",
    "with wide gaps": "3201 - 2345 - 0589 - 0001",
    "in boxes": "NIK 3 2 0 1 2 3 4 5 0 5 8 9 0 0 0 1",
    "with hard spaces": "3201\u00a02345\u00a00589\u00a00001",
    "after a row's number": "1 3201234505890001 Budi Contoh 12",
    "separated, after a row's number": "7. 320123 450589 0001 Budi Contoh",
    "beside a civil servant's": "197003121995032001 3201234505890001",
    "a woman's": "320123 710789 0001",
    "a digit row that is no date": "9999999999999999",
}
NOT_WRITTEN = {
    "a civil servant's number": "NIP 197003121995032001",
    "the same in its parts": "NIP 19700312 199503 2 001",
    "the same with dots": "NIP. 19700312.199503.2.001",
    "a phone": "Telepon 0812-3456-7890",
    "two phones": "081234567890 08123",
    "an account": "Rekening 1234567890 a.n. Contoh",
    "a longer account": "Rekening 123 4567 8901 234",
    "seventeen digits": "12345678901234567",
    "an amount": "Rp1.250.000.000.000.000,00",
    "years in a row": "2024 2025 2026 2027",
    "two lines": "320123450589\n0001",
    "words between": "320123450589 dan 0001",
    "a document's number": "800.1/0123/SETDA/2026",
    "no such month": "3201 2345 1389 0001",
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN)
def test_a_citizens_number_is_found(text: str) -> None:
    assert names_citizen(text)
    hidden = mask(text)
    assert not names_citizen(hidden)
    assert "•" * 12 in hidden
    assert "0001" not in hidden


@pytest.mark.parametrize("text", NOT_WRITTEN.values(), ids=NOT_WRITTEN)
def test_other_figures_are_left_alone(text: str) -> None:
    assert not names_citizen(text)
    assert mask(text) == text


def test_masking_keeps_the_words_and_the_first_four_digits() -> None:
    text = "Akta NIK 3201 2345 0589 0001 dan 3302-1245-0589-0002, Contoh"
    assert mask(text) == f"Akta NIK 3201{'•' * 12} dan 3302{'•' * 12}, Contoh"
