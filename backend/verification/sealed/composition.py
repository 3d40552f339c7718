"""The report as people read it: verdict, file, records, changes, signatures, what it means."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from backend.core.version import VERSION
from backend.signing.pdf.appearance import draw_qr
from backend.signing.pdf.typeface import Weight
from backend.verification.bands import FILE_BANDS, band_of
from backend.verification.moments import day, when
from backend.verification.report import ChangedPage, Reason, SignatureReport
from backend.verification.sealed.findings import Findings
from backend.verification.sealed.masthead import masthead, running_lines
from backend.verification.sealed.sheets import (
    HEIGHT,
    INK,
    INK_2,
    INK_3,
    LEFT,
    LINE_STRONG,
    RIGHT,
    STOP,
    Sheets,
)
from backend.verification.sealed.typesetting import lines, plain
from backend.verification.sealed.words import word
from backend.verification.verdicts import Verdict

_LABEL = 128.0
"""Width of the left column, points."""
_VALUE = LEFT + _LABEL + 12
_BODY, _SMALL, _NOTE = 10.0, 8.5, 9.0
_LEADING = 1.36
_CODE = 76.0
_THUMBNAIL = (66.0, 93.0)


@dataclass(frozen=True)
class House:
    """Whose report it is."""

    agency: str
    zone: str
    origin: str
    sealed_by: str


@dataclass(frozen=True)
class Line:
    text: str
    note: bool = False
    colour: str = INK

    @property
    def size(self) -> float:
        return _SMALL if self.note else _BODY

    @property
    def weight(self) -> Weight:
        return Weight.REGULAR if self.note else Weight.MEDIUM


class Report:
    """One report being written."""

    def __init__(self, findings: Findings, house: House, lang: str) -> None:
        self._findings, self._house, self._lang = findings, house, lang
        self._band = band_of(findings.report, findings.registry)
        self._word = partial(word, lang=lang)
        self._day = partial(day, zone=house.zone, lang=lang)
        self._when = partial(when, zone=house.zone, lang=lang)
        self._sheets = Sheets(f"{self._word('title')} {findings.reference} · {house.agency}", lang)

    def write(self) -> bytes:
        """The PDF, not sealed yet."""
        sheets, english = self._sheets, self._lang == "en"
        emblem, field, title, sentence = FILE_BANDS[self._band]
        ended = self._findings.registry.ended_at if self._findings.registry else None
        said = sentence[english].format_map({"date": self._day(ended) if ended else ""})
        reference = self._word("reference", reference=self._findings.reference)
        masthead(
            sheets,
            agency=plain(self._house.agency),
            title=self._word("title"),
            reference=reference,
            verdict=(emblem, field, title[english], said),
        )
        self._file()
        self._changes()
        self._signatures()
        self._meaning()
        running_lines(
            sheets,
            head=(f"{self._word('title')} · {plain(self._house.agency)}", reference),
            foot=f"{self._word('foot', verdict=title[english])} · "
            f"SHA-256 {self._findings.report.sha256}",
            page=lambda n, count: self._word("page", n=n, count=count),
        )
        return sheets.file()

    # Sections.

    def _file(self) -> None:
        found, report = self._findings, self._findings.report
        self._heading("file", keep=90)
        name = plain(found.filename) if found.filename else self._word("no-name")
        self._row("name", [Line(name), Line(self._word("name-note"), note=True)])
        self._row("size", [Line(self._word("bytes", count=_grouped(report.size, self._lang)))])
        halves = report.sha256[:32], report.sha256[32:]
        self._row("sha256", [Line(_in_eights(half)) for half in halves])
        self._row("at", [Line(self._when(found.at)), Line(self._word("at-note"), note=True)])
        indication = report.indication.value
        if report.sub_indication:
            indication += f" / {report.sub_indication}"
        self._row("indication", [Line(indication), Line(self._word("indication-note"), note=True)])
        reasons = [r for r in report.reasons if r.code != report.verdict.value]
        if reasons:
            bad = STOP if report.verdict is Verdict.TAMPERED else INK
            self._row("findings", [Line(self._say(reason), colour=bad) for reason in reasons])
        self._row("registry", list(self._registry()))
        for said in found.spoken:
            told = Line(
                self._word(f"spoken-{said.fits}"),
                colour=STOP if said.fits == "other" else INK,
            )
            name = f" ({plain(said.number)})" if said.number else ""
            about = Line(self._word("code", code=plain(said.code)) + name, note=True)
            self._row("spoken", [told, about])

    def _registry(self) -> Iterable[Line]:
        answer = self._findings.registry
        if answer is None:
            yield Line(self._word("registry-none"))
            return
        ended = self._day(answer.ended_at) if answer.ended_at else ""
        yield Line(self._word(f"registry-{answer.status}", date=ended))
        if answer.number:
            yield Line(self._word("number", number=plain(answer.number)), note=True)
        yield Line(self._word("code", code=answer.code), note=True)

    def _changes(self) -> None:
        pages = self._findings.report.changed_pages
        if not pages:
            return
        width, height = _THUMBNAIL
        self._heading("changed", keep=height + 60)
        self._paragraph(self._word("changed-note"))
        x = LEFT
        self._sheets.need(height + 22)
        top = self._sheets.y
        for page in pages:
            if x + width > RIGHT:
                x, self._sheets.y = LEFT, top - height - 26
                self._sheets.need(height + 22)
                top = self._sheets.y
            self._thumbnail(page, x, top - height)
            x += width + 18
        self._sheets.y = top - height - 26

    def _thumbnail(self, page: ChangedPage, x: float, y: float) -> None:
        width, height = _THUMBNAIL
        self._sheets.draw(
            f"1 g {LINE_STRONG} RG 0.8 w {x:.2f} {y:.2f} {width} {height} re B\n{STOP} RG 1.4 w\n"
        )
        for left, upper, right, lower in page.frames:
            a, b = (min(max(v, 0.0), 1.0) for v in (left, right))
            c, d = (min(max(v, 0.0), 1.0) for v in (upper, lower))
            self._sheets.draw(
                f"{x + a * width:.2f} {y + (1 - d) * height:.2f} "
                f"{max(b - a, 0.02) * width:.2f} {max(d - c, 0.02) * height:.2f} re S\n"
            )
        label = self._word("sheet", n=page.page)
        self._sheets.text(label, x, y - 11, _SMALL, colour=INK_2)

    def _signatures(self) -> None:
        signatures = self._findings.report.signatures
        self._heading("signatures", keep=140)
        if not signatures:
            self._paragraph(self._word("no-signatures"))
        if self._findings.left_out:
            self._paragraph(self._word("left-out", count=self._findings.left_out))
        number = 0
        for signature in signatures:
            number += signature.kind == "signature" and not signature.is_seal
            self._signature(signature, number)

    def _signature(self, one: SignatureReport, number: int) -> None:
        key = "seal" if one.is_seal else one.kind
        self._subheading(self._word(key, n=number))
        proven = one.verdict is Verdict.VALID
        if one.signer:
            note = self._word("holder-proven" if proven else "holder-claimed")
            self._row("holder", [Line(plain(one.signer)), Line(note, note=True)])
        self._row("result", list(self._result(one)))
        self._row("time", list(self._time(one)))
        self._row("covers", [Line(self._word(f"covers-{one.coverage.value}"))])
        after = [Line(self._say(change)) for change in one.changes]
        if after or one.coverage == "file":
            self._row("after", after or [Line(self._word("after-none"))])
        if one.certificate:
            self._row("issuer", list(self._certificate(one)))
        level = [Line(one.level)] if one.level else []
        self._row("level", [*level, Line(self._field(one), note=True)])

    def _result(self, one: SignatureReport) -> Iterable[Line]:
        bad = STOP if one.verdict in {Verdict.TAMPERED, Verdict.INVALID} else INK
        said = self._word(one.verdict.value)
        if one.verdict is Verdict.VALID and one.kind == "signature":
            said += f", {self._word('certified' if one.certified else 'not-certified')}"
        yield Line(said, colour=bad)
        for reason in one.reasons:
            yield Line(self._say(reason), note=True)
        indication = one.indication.value
        yield Line(
            f"{indication} / {one.sub_indication}" if one.sub_indication else indication, True
        )

    def _time(self, one: SignatureReport) -> Iterable[Line]:
        if one.proven_at:
            yield Line(self._when(one.proven_at))
            stamp = one.time_stamp
            if stamp and stamp.trusted and stamp.at == one.proven_at:
                yield Line(self._word("time-proven", name=plain(stamp.authority)), note=True)
            else:
                yield Line(self._word("time-sealed"), note=True)
        elif one.claimed_at:
            yield Line(self._when(one.claimed_at))
            yield Line(self._word("time-claimed"), note=True)
        else:
            yield Line(self._word("time-none"))

    def _certificate(self, one: SignatureReport) -> Iterable[Line]:
        if (facts := one.certificate) is None:
            return
        yield Line(plain(facts.issuer))
        start, end = self._day(facts.not_before), self._day(facts.not_after)
        yield Line(self._word("validity", start=start, end=end), note=True)
        yield Line(self._word("key", key=plain(facts.key), serial=facts.serial[:64]), note=True)
        yield Line(self._word("thumbprint", thumbprint=facts.thumbprint), note=True)
        if facts.anchor:
            yield Line(self._word("anchor", anchor=plain(facts.anchor)), note=True)

    def _field(self, one: SignatureReport) -> str:
        return self._word("field", field=plain(one.field))

    def _meaning(self) -> None:
        self._heading("meaning", keep=120)
        self._paragraph(self._word("proves"), INK)
        self._paragraph(self._word("proves-not"), INK)
        self._heading("made", keep=_CODE + 90)
        trust = self._findings.trust
        self._row(
            "trust",
            [
                Line(self._word("roots", count=trust.roots)),
                Line(self._word("thumbprint", thumbprint=trust.sha256), note=True),
            ],
        )
        self._row("engine", [Line(f"Centang {VERSION}")])
        self._row("sealed-by", [Line(plain(self._house.sealed_by))])
        address = f"{self._house.origin}/v/periksa"
        self._sheets.need(_CODE + 8)
        top = self._sheets.y - 8
        code = draw_qr(address, LEFT - 8, top - _CODE, _CODE)
        self._sheets.draw(code.decode())
        self._sheets.text(self._word("check"), _VALUE, top - 20, _BODY, weight=Weight.MEDIUM)
        y = top - 20 - _BODY * _LEADING
        told = self._word("check-text", address=address.partition("://")[2])
        for line in lines(told, _NOTE, RIGHT - _VALUE):
            self._sheets.text(line, _VALUE, y, _NOTE, colour=INK_2)
            y -= _NOTE * _LEADING
        self._sheets.y = top - _CODE

    # Parts.

    def _say(self, reason: Reason) -> str:
        return plain(reason.text[self._lang])

    def _heading(self, key: str, keep: float) -> None:
        self._sheets.need(keep)
        self._sheets.y -= 26
        self._sheets.text(self._word(key), LEFT, self._sheets.y, 13, weight=Weight.MEDIUM)
        self._sheets.y -= 7
        self._sheets.rule(self._sheets.y, INK, 1.1)

    def _subheading(self, text: str) -> None:
        self._sheets.need(110)
        self._sheets.y -= 22
        self._sheets.text(text, LEFT, self._sheets.y, 11, weight=Weight.MEDIUM)
        self._sheets.y -= 5
        self._sheets.rule(self._sheets.y)

    def _paragraph(self, text: str, colour: str = INK_2) -> None:
        self._sheets.y -= 4
        for line in lines(text, _BODY, RIGHT - LEFT):
            self._sheets.need(_BODY * _LEADING)
            self._sheets.y -= _BODY * _LEADING
            self._sheets.text(line, LEFT, self._sheets.y, _BODY, colour=colour)
        self._sheets.y -= 6

    def _row(self, label: str, values: list[Line]) -> None:
        """A label and what it stands for, on one sheet unless it is longer than half of one."""
        rows = [
            (line, value)
            for value in values
            for line in lines(value.text, value.size, RIGHT - _VALUE, value.weight)
        ]
        tall = sum(value.size * _LEADING for _, value in rows) + 10
        self._sheets.need(tall if tall < HEIGHT / 2 else 60)
        self._sheets.y -= 5
        for index, (line, value) in enumerate(rows):
            self._sheets.need(value.size * _LEADING)
            self._sheets.y -= value.size * _LEADING
            y = self._sheets.y
            if index == 0:
                self._sheets.text(self._word(label), LEFT, y, _NOTE, colour=INK_3)
            colour = INK_2 if value.note else value.colour
            self._sheets.text(line, _VALUE, y, value.size, weight=value.weight, colour=colour)
        self._sheets.y -= 5
        self._sheets.rule(self._sheets.y)


def _grouped(number: int, lang: str) -> str:
    text = f"{number:,}"
    return text if lang == "en" else text.replace(",", ".")


def _in_eights(digest: str) -> str:
    return " ".join(digest[i : i + 8] for i in range(0, len(digest), 8))
