"""What a service added to a file: one signature field and nothing that could be seen or meant.

Compared object by object with qpdf, which had no part in the signature: pages, words and other
signatures must be the same objects with the same bytes as before.
"""

import io
from collections.abc import Iterator
from typing import Any

import pikepdf

TOLERANCE = 3.0
"""Points: services round coordinates to whole numbers."""
_ROOT_KEYS = frozenset({"/AcroForm", "/DSS", "/Extensions", "/Version", "/Metadata"})
_FORM_KEYS = frozenset({"/Fields", "/SigFlags", "/DR", "/DA"})
_PAGE_KEYS = frozenset({"/Annots"})


class NotThisFileError(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def only_signature(
    before: bytes,
    after: bytes,
    page: int | None,
    rect: tuple[float, float, float, float] | None,
) -> str:
    """The name of the one signature field that `after` has more than `before`.

    `page` (from 1): where it must be visible; None: it must not be. Raises NotThisFileError.
    """
    with (
        pikepdf.open(io.BytesIO(before), attempt_recovery=False) as old,
        pikepdf.open(io.BytesIO(after), attempt_recovery=False) as new,
    ):
        known, found = dict(_signatures(old)), dict(_signatures(new))
        added = found.keys() - known.keys()
        if not added:
            raise NotThisFileError("not-signed")
        if len(added) > 1:
            raise NotThisFileError("several-signatures")
        (name,) = added
        _check_objects(old, new, found[name])
        _check_place(new, found[name], page, rect)
        return name


def _signatures(pdf: pikepdf.Pdf) -> Iterator[tuple[str, Any]]:
    """Every signed field by its full name."""
    form = pdf.Root.get("/AcroForm")
    waiting = [("", field) for field in (form.get("/Fields", []) if form is not None else [])]
    while waiting:
        prefix, field = waiting.pop()
        name = f"{prefix}{field.get('/T', '')}"
        waiting += [(f"{name}.", kid) for kid in field.get("/Kids", []) if "/T" in kid]
        if field.get("/FT") == pikepdf.Name.Sig and "/V" in field:
            yield name, field


def _check_objects(old: pikepdf.Pdf, new: pikepdf.Pdf, field: Any) -> None:
    """Every object of the old file is still there, unchanged but for what a signature must touch.

    No page has more on it than the signature's field.
    """
    free = {
        each.objgen
        for holder, key in ((old.trailer, "/Info"), (old.Root, "/Metadata"))
        if (each := holder.get(key)) is not None
    }
    if len(old.pages) != len(new.pages) or old.Root.objgen != new.Root.objgen:
        raise NotThisFileError("changed-content")
    pages = [(a.obj, b.obj) for a, b in zip(old.pages, new.pages, strict=True)]
    if any(a.objgen != b.objgen for a, b in pages):
        raise NotThisFileError("changed-content")
    more: list[Any] = []
    touched: dict[tuple[int, int], frozenset[str]] = {old.Root.objgen: _ROOT_KEYS}
    for a, b in pages:
        touched[a.objgen] = _PAGE_KEYS
        more += _grown(a.get("/Annots"), b.get("/Annots"), free)
    if len(more) > 1 or any(one.objgen != field.objgen for one in more):
        raise NotThisFileError("changed-content")
    _check_form(old.Root.get("/AcroForm"), new.Root.get("/AcroForm"), touched, free)
    for each in old.objects:
        if each.objgen in free:
            continue
        now = new.get_object(each.objgen)
        if not _same(each, now, touched.get(each.objgen, frozenset())):
            raise NotThisFileError("changed-content")


def _check_form(
    old: Any, new: Any, touched: dict[tuple[int, int], frozenset[str]], free: set[tuple[int, int]]
) -> None:
    if old is None:
        old = pikepdf.Dictionary()
    if old.objgen != (0, 0):
        touched[old.objgen] = _FORM_KEYS
    if not _same_entries(old, new, _FORM_KEYS):
        raise NotThisFileError("changed-content")
    _grown(old.get("/Fields"), new.get("/Fields"), free)


def _grown(old: Any, new: Any, free: set[tuple[int, int]]) -> list[Any]:
    """The entries a list has more; those it had come first. An indirect list may change so."""
    before, after = list(old or []), list(new or [])
    if [_text(item) for item in after[: len(before)]] != [_text(item) for item in before]:
        raise NotThisFileError("changed-content")
    if old is not None and old.objgen != (0, 0):
        free.add(old.objgen)
    return after[len(before) :]


def _same(old: Any, new: Any, but: frozenset[str]) -> bool:
    if isinstance(old, pikepdf.Stream):
        if not isinstance(new, pikepdf.Stream):
            return False
        return _same_entries(old, new, but) and old.read_raw_bytes() == new.read_raw_bytes()
    if isinstance(old, pikepdf.Dictionary) and isinstance(new, pikepdf.Dictionary):
        return _same_entries(old, new, but)
    return _text(old) == _text(new)


def _same_entries(old: Any, new: Any, but: frozenset[str]) -> bool:
    keys = (set(old.keys()) | set(new.keys())) - but
    return all(key in old and key in new and _text(old[key]) == _text(new[key]) for key in keys)


def _text(value: Any) -> object:
    """A value as it is written; of an object that is referred to, its number alone."""
    if isinstance(value, pikepdf.Object):
        return value.objgen if value.objgen != (0, 0) else value.unparse()
    return value


def _check_place(
    pdf: pikepdf.Pdf,
    field: Any,
    page: int | None,
    rect: tuple[float, float, float, float] | None,
) -> None:
    x1, y1, x2, y2 = (float(v) for v in field.get("/Rect", [0, 0, 0, 0]))
    found = (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
    flat = found[2] - found[0] < 1 or found[3] - found[1] < 1
    if page is None:
        if not flat:
            raise NotThisFileError("other-place")
        return
    annotations: Any = pdf.pages[page - 1].obj.get("/Annots", [])
    if flat or all(a.objgen != field.objgen for a in annotations):
        raise NotThisFileError("other-place")
    if rect is not None and any(abs(a - b) > TOLERANCE for a, b in zip(found, rect, strict=True)):
        raise NotThisFileError("other-place")
