"""Files whose new objects are born with a generation of their own, as poppler writes them.

The standard wants the first object of a number to have generation 0 (ISO 32000-1 §7.3.10), and
strict reading stops there. Where each number has one generation in the whole file and nothing refers to
it by another, no two readers can differ about it, whether they look at generations or not.
"""

import io
from collections.abc import Sequence

from pyhanko.pdf_utils import generic, xref
from pyhanko.pdf_utils.misc import PdfStrictReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.xref import XRefSection

_ORPHANED = "orphaned generation"
_strict = xref._check_xref_consistency  # noqa: SLF001 (the rule that is forgiven has no name of its own)


def reader_of(data: bytes) -> PdfFileReader:
    """The file read strictly but for this. Raises PdfStrictReadError."""
    odd: dict[int, int] = {}

    def forgiving(sections: list[XRefSection]) -> None:
        try:
            _strict(sections)
        except PdfStrictReadError as error:
            found = _one_each(sections) if _ORPHANED in str(error) else None
            if found is None:
                raise
            odd.update(found)

    xref._check_xref_consistency = forgiving  # type: ignore[assignment]  # noqa: SLF001
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=True)
    finally:
        xref._check_xref_consistency = _strict  # noqa: SLF001
    if _referred_otherwise(reader, odd):
        raise PdfStrictReadError("one number is referred to by two generations")
    return reader


def _one_each(sections: Sequence[XRefSection]) -> dict[int, int] | None:
    """The numbers with another generation than 0; None where one has two, or was ever free."""
    known: dict[int, set[int]] = {}
    freed: set[int] = set()
    for section in sections:
        data = section.xref_data
        if data.hybrid is not None:
            return None
        for number, (generation, _) in data.standard_xrefs.items():
            known.setdefault(number, set()).add(generation)
        for number in data.xrefs_in_objstm:
            known.setdefault(number, set()).add(0)
        freed |= set(data.freed)
    sizes = [section.meta_info.size for section in sections]
    odd = {number: generations for number, generations in known.items() if generations != {0}}
    if sizes != sorted(sizes) or any(len(each) > 1 for each in odd.values()) or freed & set(odd):
        return None
    return {number: generation for number, (generation,) in odd.items()}


def _referred_otherwise(reader: PdfFileReader, odd: dict[int, int]) -> bool:
    """Whether anything, in any revision, names one of these numbers with another generation."""
    for revision in range(reader.xrefs.total_revisions):
        resolver = reader.get_historical_resolver(revision)
        waiting: list[object] = [
            resolver.trailer_view.raw_get(key) for key in resolver.trailer_view
        ]
        waiting += [resolver(ref) for ref in reader.xrefs.explicit_refs_in_revision(revision)]
        while waiting:
            value = waiting.pop()
            if isinstance(value, generic.IndirectObject):
                if odd.get(value.idnum, value.generation) != value.generation:
                    return True
            elif isinstance(value, generic.DictionaryObject):
                waiting += [value.raw_get(key) for key in value]
            elif isinstance(value, generic.ArrayObject):
                waiting += [value.raw_get(index) for index in range(len(value))]
    return False
