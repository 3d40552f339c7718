"""How a number is written."""

from datetime import date

import pytest

from backend.core.errors import DomainError
from backend.documents.calendar import in_words
from backend.documents.models import Secrecy
from backend.documents.numbering import check_template, compose


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


@pytest.mark.parametrize(
    ("template", "part"),
    [
        ("{urut}/{tahun}/{kota}", "kota"),
        ("{tahun}", "{urut}"),
        ("{urut}", "{tahun}"),
        ("{urut}/{tahun}/{unit", "{"),
        ("{urut:99}/{tahun}", "{"),
    ],
)
def test_a_template_that_would_fail_is_refused(template, part):
    with pytest.raises(DomainError) as caught:
        check_template(template)
    assert caught.value.params == {"part": part}
    assert "{urut} dan {tahun}" in caught.value.detail


def test_days_in_words():
    assert in_words(date(2026, 5, 1)) == "1 Mei 2026"
