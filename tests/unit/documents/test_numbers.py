"""How a number is written."""

from datetime import date

import pytest

from backend.documents.calendar import in_words
from backend.documents.models import Secrecy
from backend.documents.numbering import compose
from backend.organisation.numbers import ELEMENTS, check_template


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{klasifikasi}/{urut}/{unit}/{tahun}", "800.1.11/42/SETDA/2026"),
        ("{urut:4}/{jenis}/{bulan}/{tahun}", "0042/SK/12/2026"),
        ("{sifat}-{urut} ({nama_bulan} {tahun})", "SR-42 (Desember 2026)"),
        ("{urut}/{bulan_romawi}/{tahun}", "42/XII/2026"),
    ],
)
def test_a_template_is_filled(template, text):
    check_template(template)
    assert text == compose(
        template,
        sequence=42,
        dated=date(2026, 12, 31),
        unit_code="SETDA",
        type_code="SK",
        classification="800.1.11",
        secrecy=Secrecy.SANGAT_RAHASIA,
    )


def test_days_in_words():
    assert in_words(date(2026, 5, 1)) == "1 Mei 2026"


def test_every_element_an_agency_may_choose_is_known():
    template = " ".join(f"{{{name}}}" for name in ELEMENTS)
    text = compose(
        check_template(template),
        sequence=1,
        dated=date(2026, 1, 2),
        unit_code="SETDA",
        type_code="SK",
        classification="800",
        secrecy=Secrecy.BIASA,
    )
    assert text == "800 1 SETDA SK B 01 I Januari 2026"
