"""Fonts must travel inside the file: otherwise each machine draws its own, and none is the original.

Text that is never drawn (rendering mode 3, as scanners lay over a page for searching) may name any
font.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pikepdf import Dictionary, Name, Pdf, Stream, parse_content_stream

from backend.documents.pdf.refusals import Refused

_INVISIBLE = {3, 7}
_DEPTH = 12


class _Fonts:
    """Which fonts of one file bring their program along; asked once for each."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], bool] = {}

    def embedded(self, font: Any) -> bool:
        if not isinstance(font, Dictionary):
            return False
        key = font.objgen
        if key == (0, 0):  # a direct object has no number
            return _has_program(font)
        if key not in self._known:
            self._known[key] = _has_program(font)
        return self._known[key]


def _has_program(font: Any) -> bool:
    if font.get("/Subtype") == Name.Type3:
        return True
    if font.get("/Subtype") == Name.Type0:
        descendants: list[Any] = list(font.get("/DescendantFonts", []))
        font = descendants[0] if descendants else font
    descriptor = font.get("/FontDescriptor", Dictionary())
    return any(isinstance(descriptor.get(f"/FontFile{n}"), Stream) for n in ("", "2", "3"))


def require_embedded(pdf: Pdf) -> None:
    """Refuses a file that draws text in a font it does not bring along."""
    fonts = _Fonts()
    for number, page in enumerate(pdf.pages, 1):
        if all(fonts.embedded(font) for font in _named(page.resources, set(), 0)):
            continue
        missing: set[str] = set()
        _Drawing(fonts, missing).follow(page.obj, page.resources)
        if missing:
            names = ", ".join(sorted(missing)[:4])
            raise Refused("documents/fonts-not-embedded", fonts=names, page=number)


def _named(resources: Any, seen: set[tuple[int, int]], depth: int) -> Iterator[Any]:
    """Every font that these resources, and the forms and patterns in them, name."""
    if depth > _DEPTH or not isinstance(resources, Dictionary):
        return
    yield from _values(resources, "/Font")
    for state in _values(resources, "/ExtGState"):
        if isinstance(state, Dictionary) and "/Font" in state:
            yield state.Font[0]
    for holder in (*_values(resources, "/XObject"), *_values(resources, "/Pattern")):
        if isinstance(holder, Stream) and holder.objgen not in seen:
            seen.add(holder.objgen)
            yield from _named(holder.stream_dict.get("/Resources"), seen, depth + 1)


def _values(resources: Any, kind: str) -> list[Any]:
    entries: Any = resources.get(kind)
    return [v for _, v in entries.items()] if isinstance(entries, Dictionary) else []


def _entry(resources: Any, kind: str, name: object) -> Any:
    entries: Any = resources.get(kind)
    return entries.get(str(name)) if isinstance(entries, Dictionary) else None


@dataclass
class _Drawing:
    """Follows a page's operators to see which fonts really draw."""

    fonts: _Fonts
    missing: set[str]
    font: Any = None
    mode: int = 0
    depth: int = 0

    def follow(self, source: Any, resources: Any) -> None:
        if self.depth > _DEPTH or not isinstance(resources, Dictionary):
            return
        saved: list[tuple[Any, int]] = []
        for item in parse_content_stream(source):
            operands: Any = item.operands
            match str(item.operator):
                case "q":
                    saved.append((self.font, self.mode))
                case "Q" if saved:
                    self.font, self.mode = saved.pop()
                case "Tf":
                    self.font = _entry(resources, "/Font", operands[0])
                case "gs":
                    state = _entry(resources, "/ExtGState", operands[0])
                    if isinstance(state, Dictionary) and "/Font" in state:
                        self.font = state.Font[0]
                case "Tr":
                    self.mode = int(operands[0])
                case "Do":
                    self._enter(_entry(resources, "/XObject", operands[0]), resources)
                case "Tj" | "TJ" | "'" | '"':
                    self._show()
                case _:
                    pass
        for pattern in _values(resources, "/Pattern"):
            if isinstance(pattern, Stream):
                inner = pattern.stream_dict.get("/Resources", resources)
                _Drawing(self.fonts, self.missing, depth=self.depth + 1).follow(pattern, inner)

    def _enter(self, form: Any, resources: Any) -> None:
        if isinstance(form, Stream) and form.stream_dict.get("/Subtype") == Name.Form:
            inner = form.stream_dict.get("/Resources", resources)
            replace(self, depth=self.depth + 1).follow(form, inner)

    def _show(self) -> None:
        if self.mode not in _INVISIBLE and not self.fonts.embedded(self.font):
            base = self.font.get("/BaseFont", "?") if isinstance(self.font, Dictionary) else "?"
            self.missing.add(str(base).lstrip("/"))
