from datetime import date

import pytest

from backend.core.errors import DomainError
from backend.documents.models import Secrecy
from backend.documents.numbering import compose
from backend.organisation.numbers import ELEMENTS, check_template


def test_every_element_a_pattern_may_have_is_one_that_numbers_can_print():
    template = check_template("/".join(f"{{{name}}}" for name in ELEMENTS))
    printed = compose(
        template,
        sequence=7,
        dated=date(2026, 3, 2),
        unit_code="DISDIK",
        type_code="ST",
        classification="800.1.11",
        secrecy=Secrecy.BIASA,
    )
    assert "{" not in printed
    assert printed.count("/") == len(ELEMENTS) - 1


@pytest.mark.parametrize(
    "template",
    [
        "",
        "{urut}",
        "{tahun}",
        "{urut}{tahun}{x}",
        "{urut!r}{tahun}",
        "{urut:44}/{tahun}",
        "{urut}\n{tahun}",
        "{urut}/{tahun}" + "x" * 120,
    ],
)
def test_it_refuses_patterns_whose_numbers_would_clash_or_break(template):
    with pytest.raises(DomainError, match="organisation/template-invalid"):
        check_template(template)


def test_padding_is_part_of_the_pattern():
    assert check_template(" {urut:4}/{tahun} ") == "{urut:4}/{tahun}"
