"""Placeholders are found and removed however a program wrote them; what follows stays in place."""

import io

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, Pdf

from backend.documents.pdf import stamp
from tests.factories.pdfs import embed_font, saved, show

NUMBER = "800.1/42/SETDA/2026"


def one_page(content: str, **fonts: object) -> bytes:
    pdf = Pdf.new()
    font = embed_font(pdf)
    resources = Dictionary(Font=Dictionary(F1=font, **{k: f(pdf) for k, f in fonts.items()}))
    page = Dictionary(
        Type=Name.Page,
        MediaBox=[0, 0, 595, 842],
        Resources=resources,
        Contents=pdf.make_stream(content.encode("latin-1")),
    )
    pdf.pages.append(pikepdf.Page(page))
    return saved(pdf)


def simple_font(pdf: Pdf) -> Dictionary:
    """A one-byte font as older programs make them: here with widths of half an em."""
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type1,
            BaseFont=Name.Courier,
            FirstChar=32,
            LastChar=126,
            Widths=Array([600] * 95),
            Encoding=Name.WinAnsiEncoding,
        )
    )


@pytest.fixture
def stamped(tmp_path):
    def run(data: bytes, value: str = NUMBER):
        (tmp_path / "in.pdf").write_bytes(data)
        answer = stamp.main({"values": {"${nomor}": value}}, tmp_path)
        if "refused" in answer:
            return answer["refused"]["code"]
        return (tmp_path / "stamped.pdf").read_bytes()

    return run


def text_of(data: bytes) -> str:
    return pypdfium2.PdfDocument(data)[0].get_textpage().get_text_range()


def place_of(data: bytes, words: str) -> tuple[float, float]:
    """Left and bottom of the first glyph of these words."""
    text = pypdfium2.PdfDocument(data)[0].get_textpage()
    index, _ = text.search(words).get_next()
    left, bottom, _, _ = text.get_charbox(index)
    return round(left, 1), round(bottom, 1)


@pytest.mark.parametrize(
    "content",
    [
        "BT /F2 11 Tf 60 700 Td (Nomor: ${nomor}) Tj ET",
        "BT /F2 11 Tf 60 700 Td [(Nomor: $) -20 ({no) 15 (mor}) ] TJ ET",
        "BT /F2 11 Tf 14 TL 60 714 Td (Nomor: ${nomor}) ' ET",
        'BT /F2 11 Tf 14 TL 60 714 Td 0 0.5 (Nomor: ${nomor}) " ET',
        "BT /F2 11 Tf 60 700 Td (Nomor: $) Tj ({nomor) Tj (}) Tj ET",
        "BT /F2 11 Tf 1 Tc 60 700 Td <4E6F6D6F723A20247B6E6F6D6F727D> Tj ET",
        "q 0.5 0 0 0.5 0 0 cm BT /F2 22 Tf 120 1400 Td (Nomor: ${nomor}) Tj ET Q",
        "Q Q q BT /F2 11 Tf 60 700 Td (Nomor: ${nomor}) Tj ET",
    ],
)
def test_every_way_of_showing_text_is_understood(stamped, content):
    result = stamped(one_page(content, F2=simple_font))
    assert "${" not in text_of(result)
    x, y = place_of(result, NUMBER)
    assert x == pytest.approx(106, abs=8)
    assert y == pytest.approx(700, abs=1)


def test_size_and_colour_are_the_placeholders(stamped):
    result = stamped(
        one_page("1 0 0 rg BT 7 0 0 7 60 700 Tm /F2 2 Tf (${nomor}) Tj ET", F2=simple_font)
    )
    page = pypdfium2.PdfDocument(result)[0]
    picture = page.render(scale=2).to_pil().convert("RGB")
    drawn = picture.crop((118, 264, 300, 290))
    colours = {c for _, c in drawn.getcolors(1 << 16)}
    assert (255, 0, 0) in colours
    assert all(c[0] == 255 for c in colours)


def test_what_follows_on_the_line_does_not_move(stamped):
    before = one_page(
        "BT /F2 11 Tf 60 700 Td (${nomor}                          tentang contoh) Tj ET",
        F2=simple_font,
    )
    assert place_of(stamped(before), "tentang") == place_of(before, "tentang")


def test_every_place_gets_the_number(stamped):
    result = stamped(one_page(show("${nomor}", 60, 700) + show("${nomor}", 60, 300)))
    assert text_of(result).count(NUMBER) == 2


def test_a_form_is_searched_too(stamped):
    pdf = Pdf.open(io.BytesIO(one_page("q /Fm0 Do Q")))
    page = pdf.pages[0]
    form = pdf.make_stream(
        show("${nomor}", 60, 700).encode(),
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=[0, 0, 595, 842],
        Resources=Dictionary(Font=page.obj.Resources.Font),
    )
    page.add_resource(form, Name.XObject, Name.Fm0)
    assert NUMBER in text_of(stamped(saved(pdf)))


def test_a_placeholder_on_its_side_is_refused(stamped):
    side = show("${nomor}", 0, 0).replace("1 0 0 1 0.00 0.00 Tm", "0 1 -1 0 300 300 Tm")
    assert stamped(one_page(side)) == "documents/anchor-unreachable"


def test_no_number_is_set_smaller_than_can_be_read(stamped):
    crowded = show("${nomor} tentang contoh yang panjang", 60, 700, 8)
    assert stamped(one_page(crowded)) == "documents/anchor-no-room"


def test_a_number_that_would_leave_the_page_is_refused(stamped):
    assert stamped(one_page(show("${nomor}", 520, 700))) == "documents/anchor-no-room"


def test_maps_with_ranges_are_read():
    from backend.documents.pdf.glyphs import _to_unicode

    cmap = b"""2 beginbfrange <0003> <0005> <0041> <0010> <0011> [<0058> <D835DC00>] endbfrange
    1 beginbfchar <0020> <00660069> endbfchar"""
    assert _to_unicode(cmap) == {
        3: "A",
        4: "B",
        5: "C",
        16: "X",
        17: "\U0001d400",
        32: "fi",
    }


def test_widths_are_read_in_both_forms():
    from backend.documents.pdf.glyphs import _composite_widths

    assert _composite_widths(Array([1, [500, 600], 7, 9, 250])) == {
        1: 500,
        2: 600,
        7: 250,
        8: 250,
        9: 250,
    }


def test_names_of_glyphs_are_read():
    from backend.documents.pdf.glyphs import _simple_texts

    texts = _simple_texts(Dictionary(Differences=[1, Name.dollar, Name.n, Name.fi]))
    assert (texts[1], texts[2], texts[3], texts[65]) == ("$", "n", "\ufffd", "A")


class TestCentredLines:
    """The heading of a decree: «NOMOR …» in the middle of the page."""

    BODY = show(
        "Menimbang bahwa kalimat ini panjang dan mengisi seluruh lebar halaman surat", 60, 600
    )

    def line_of(self, data: bytes, words: str) -> tuple[float, float]:
        """Left of the first and right of the last of these words' glyphs."""
        text = pypdfium2.PdfDocument(data)[0].get_textpage()
        index, count = text.search(words).get_next()
        return text.get_charbox(index)[0], text.get_charbox(index + count - 1)[2]

    @pytest.mark.parametrize(
        "line",
        [
            show("NOMOR ${nomor}", 251.5, 700),
            show("NOMOR ${nomor}", 251.5, 700, split=2),
            show("NOMOR ", 251.5, 700) + show("${nomor}", 294.2, 700),
            "q 0.5 0 0 0.5 0 0 cm " + show("NOMOR ${nomor}", 503, 1400, 22) + "Q\n",
        ],
    )
    def test_they_stay_centred(self, stamped, line):
        before = one_page(line + self.BODY)
        result = stamped(before)
        middle = (self.line_of(before, "NOMOR")[0] + self.line_of(before, "${nomor}")[1]) / 2
        left, _ = self.line_of(result, "NOMOR")
        _, right = self.line_of(result, NUMBER)
        assert (left + right) / 2 == pytest.approx(middle, abs=1)
        gap = self.line_of(result, NUMBER)[0] - self.line_of(result, "NOMOR")[1]
        assert 1 < gap < 6

    def test_other_lines_do_not_move(self, stamped):
        before = one_page(show("NOMOR ${nomor}", 251.5, 700) + self.BODY)
        assert place_of(stamped(before), "Menimbang") == place_of(before, "Menimbang")

    def test_a_line_at_the_left_stays_there(self, stamped):
        before = one_page(show("Nomor : ${nomor}", 60, 700) + self.BODY)
        assert place_of(stamped(before), "Nomor") == place_of(before, "Nomor")
