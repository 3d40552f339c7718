"""What pyHanko lets later revisions change, and a person would still see: titles and lettering."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, PdfObject, StreamObject
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader

from backend.verification.report import Reason

_KEYS = ("/Title", "/Author", "/Subject", "/Keywords")
_DC = "{http://purl.org/dc/elements/1.1/}"
_ELEMENTS = [_DC + name for name in ("title", "creator", "description", "subject")]
_ELEMENTS.append("{http://ns.adobe.com/pdf/1.3/}Keywords")
_DRESS = ("/DA", "/Q")


def changed(reader: PdfFileReader, revision: int) -> Iterator[Reason]:
    """Compares the signed revision with the file as it is now."""
    old = reader.get_historical_resolver(revision)
    new = reader.get_historical_resolver(reader.xrefs.total_revisions - 1)
    told, tells = _told(old), _told(new)
    known = set(told.values()) | _xmp(old)
    if any(told.get(key, tells[key]) != tells[key] for key in tells) or (
        (_xmp(new) | set(tells.values())) - known
    ):
        yield Reason(code="title-changed")
    if not _same_dress(_form(old), _form(new)):
        yield Reason(code="form-dress-changed")


def entry(holder: DictionaryObject, key: str) -> Any:
    """An entry's value, followed to where it is written; None when there is none."""
    return holder[key] if key in holder else None  # noqa: SIM401 (`get` does not follow)


def _told(resolver: HistoricalResolver) -> dict[str, str]:
    """The file's information, as far as people read it."""
    trailer = resolver.trailer_view
    info = trailer["/Info"] if "/Info" in trailer else None  # noqa: SIM401
    if not isinstance(info, DictionaryObject):
        return {}
    found = {key: str(info[key]).strip() for key in _KEYS if key in info}
    return {key: said for key, said in found.items() if said}


def _xmp(resolver: HistoricalResolver) -> set[str]:
    """The same from the metadata stream, which was found well-formed and without entities before."""
    stream = entry(resolver.root, "/Metadata")
    if not isinstance(stream, StreamObject):
        return set()
    try:
        root = ET.fromstring(stream.data)  # noqa: S314 (entities are refused by pyHanko's rule)
    except ET.ParseError:
        return set()
    said = set()
    for tag in _ELEMENTS:
        for element in root.iter(tag):
            said |= {text.strip() for text in element.itertext()}
        said |= {found[tag].strip() for found in (e.attrib for e in root.iter()) if tag in found}
    return said - {""}


def _form(resolver: HistoricalResolver) -> DictionaryObject:
    form = entry(resolver.root, "/AcroForm")
    return form if isinstance(form, DictionaryObject) else DictionaryObject()


def _same_dress(old: DictionaryObject, new: DictionaryObject) -> bool:
    """What readers redraw a field with: it may be added to, and nothing in it replaced."""
    if any(key in old and entry(old, key) != entry(new, key) for key in _DRESS):
        return False
    return _kept(entry(old, "/DR"), entry(new, "/DR"))


def _kept(old: PdfObject | None, new: PdfObject | None) -> bool:
    if not isinstance(old, DictionaryObject):
        return old is None or old == new
    if not isinstance(new, DictionaryObject):
        return False
    for key in old:
        was, now = old.raw_get(key), new.raw_get(key) if key in new else None
        if was == now:
            continue
        if isinstance(old[key], ArrayObject) or not _kept(old[key], entry(new, key)):
            return False
    return True
