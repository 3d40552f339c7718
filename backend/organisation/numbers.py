"""The agency's pattern for reference numbers: which elements it may have."""

import re

from backend.organisation.problems import TEMPLATE_INVALID

# Element → what stands in its place.
ELEMENTS = {
    "klasifikasi": "classification code of the archive",
    "urut": "sequence number in the unit's agenda book",
    "unit": "code of the unit",
    "jenis": "code of the document type",
    "sifat": "letter of the secrecy",
    "bulan": "month, two digits",
    "bulan_romawi": "month in Roman numerals",
    "nama_bulan": "month's name",
    "tahun": "year, four digits",
}
REQUIRED = ("urut", "tahun")
"""Without these two, numbers of different papers would be the same."""
FIELD = re.compile(r"\{([a-z_]+)(?::([1-9]))?\}")


def check_template(template: str) -> str:
    """The pattern, trimmed. `{urut:4}` pads with zeros. Raises TEMPLATE_INVALID."""
    template = template.strip()
    named = [match.group(1) for match in FIELD.finditer(template)]
    rest = FIELD.sub("", template)
    sound = (
        set(named) <= ELEMENTS.keys()
        and set(REQUIRED) <= set(named)
        and "{" not in rest
        and "}" not in rest
        and len(template) <= 120
        and rest.isprintable()
    )
    if not sound:
        raise TEMPLATE_INVALID(known=", ".join(f"{{{name}}}" for name in ELEMENTS))
    return template
