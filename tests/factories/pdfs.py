"""Real PDF files for tests: drawn here, with an embedded Roboto, as offices make them."""

import io
import random
import zlib
from collections.abc import Callable, Sequence

import pikepdf
from pikepdf import Dictionary, Name, Object, Pdf

from backend.documents.pdf.typeface import roboto

MM = 72 / 25.4
SIZES = {
    "A4": (210 * MM, 297 * MM),
    "F4": (215 * MM, 330 * MM),
    "A3": (297 * MM, 420 * MM),
    "letter": (612.0, 792.0),
}
LETTER = (
    "Menindaklanjuti hasil rapat koordinasi pada awal bulan, bersama ini disampaikan hal-hal",
    "sebagai berikut untuk dilaksanakan oleh seluruh perangkat daerah di lingkungan Pemerintah",
    "Kabupaten Contoh. Setiap kepala perangkat daerah agar menyusun rencana kerja triwulan dan",
    "melaporkannya kepada Bupati melalui Sekretaris Daerah paling lambat akhir bulan berjalan.",
    "Anggaran dibebankan pada Dokumen Pelaksanaan Anggaran tahun berkenaan dan dipertanggung-",
    "jawabkan sesuai ketentuan. Demikian disampaikan untuk menjadi perhatian dan dilaksanakan",
    "dengan penuh tanggung jawab (Mu’awanah, Qur’ani, S’ramé).",
)
_TURNED = {
    90: "0 1 -1 0 {h:.2f} 0",
    180: "-1 0 0 -1 {w:.2f} {h:.2f}",
    270: "0 -1 1 0 0 {w:.2f}",
}
CHARACTERS = "".join(map(chr, range(0x20, 0x7F))) + "’“”–éÉ°²"


def embed_font(pdf: Pdf) -> Object:
    """Roboto as a composite font, the way word processors embed it."""
    return roboto(CHARACTERS).embed(pdf)


def show(text: str, x: float, y: float, size: float = 11, *, split: int = 0) -> str:
    """Operators that print a line; `split` cuts it into runs of so many characters."""
    parts = [text[i : i + split] for i in range(0, len(text), split)] if split else [text]
    runs = " 0 ".join(f"<{roboto(CHARACTERS).encode(part)}>" for part in parts)
    return f"BT /F1 {size} Tf 1 0 0 1 {x:.2f} {y:.2f} Tm [{runs}] TJ ET\n"


def scanned_page(width: float, height: float, *, dpi: int, seed: int, quality: int = 80) -> bytes:
    """A grey-ish colour JPEG like a scanner's: uneven paper, dark marks, grain."""
    from PIL import Image, ImageDraw

    size = (round(width / 72 * dpi), round(height / 72 * dpi))
    dice = random.Random(seed)
    grain = Image.frombytes("L", size, dice.randbytes(size[0] * size[1]))
    noise = grain.point([min(255, 205 + v // 4) for v in range(256)])
    draw = ImageDraw.Draw(noise)
    step = dpi // 6
    for y in range(step * 6, size[1] - step * 6, step):
        x = step * 5
        while x < size[0] - step * 6:
            length = dice.randint(step // 2, step * 2)
            draw.rectangle((x, y, x + length, y + step // 3), fill=dice.randint(20, 60))
            x += length + step // 3
    out = io.BytesIO()
    warm = Image.merge("RGB", (noise, noise, noise.point(lambda v: v - 6)))
    warm.save(out, "JPEG", quality=quality)
    return out.getvalue()


def make_pdf(
    *,
    pages: int = 1,
    size: str | tuple[float, float] | Sequence[str] = "A4",
    landscape: bool = False,
    rotate: int | Sequence[int] = 0,
    anchors: Sequence[str] = (),
    split: int = 0,
    lines: Sequence[str] | Callable[[int], Sequence[str]] = LETTER,
    scan: bool = False,
    dpi: int = 150,
    seed: int = 0,
    packed: bool = True,
) -> bytes:
    """A PDF as an office makes it.

    `size` may be a sequence of names, used in turn. `anchors` are printed one a line below the
    heading of the last page, `${nomor}` and `${tanggal}` on the first. With `scan`, each page is
    one JPEG without text. Pages with `rotate` are stored turned and are upright when displayed; it
    may be a sequence, too. `lines` may be a function of the page's index. `seed` makes files differ.
    Contents that are not `packed` stand as plain text, as some programs write them.
    """
    pdf = Pdf.new()
    font = embed_font(pdf)
    sizes = [size] if isinstance(size, str | tuple) else list(size)
    turns = [rotate] if isinstance(rotate, int) else list(rotate)
    for index in range(pages):
        named = sizes[index % len(sizes)]
        width, height = SIZES[named] if isinstance(named, str) else named
        if landscape:
            width, height = height, width
        resources = Dictionary(Font=Dictionary(F1=font))
        if scan:
            jpeg = scanned_page(width, height, dpi=dpi, seed=seed * 10_000 + index)
            content, image = _scan(pdf, jpeg, width, height)
            resources = Dictionary(XObject=Dictionary(Im0=image))
        else:
            said = lines(index) if callable(lines) else lines
            content = _letter(index, pages, height, anchors, split, said, seed)
        turn = turns[index % len(turns)]
        if turn:
            content = f"q {_TURNED[turn].format(w=width, h=height)} cm\n{content}Q\n"
        if turn in {90, 270}:
            width, height = height, width
        pdf.pages.append(
            pikepdf.Page(
                Dictionary(
                    Type=Name.Page,
                    MediaBox=[0, 0, round(width, 2), round(height, 2)],
                    Rotate=turn,
                    Resources=resources,
                    Contents=pdf.make_stream(content.encode()),
                )
            )
        )
    return saved(pdf, packed=packed)


def _letter(
    index: int,
    pages: int,
    height: float,
    anchors: Sequence[str],
    split: int,
    lines: Sequence[str],
    seed: int,
) -> str:
    content = show("PEMERINTAH KABUPATEN CONTOH", 180, height - 60, 14)
    content += f"60 {height - 75:.2f} 475 1.5 re f\n"
    y = height - 110
    stamped = [a for a in anchors if a.startswith("${")]
    here = [*(stamped if index == 0 else ())]
    if index == pages - 1:
        here += [a for a in anchors if a not in stamped]
    for anchor in here:
        label = {"${nomor}": "Nomor   : ", "${tanggal}": "Tanggal : "}.get(anchor, "")
        content += show(label + anchor, 60, y, split=split)
        y -= 20
    for line in (*lines, f"Halaman {index + 1} dari {pages}, salinan {seed}."):
        content += show(line, 60, y)
        y -= 18
    return content


def _scan(pdf: Pdf, jpeg: bytes, width: float, height: float) -> tuple[str, Object]:
    from PIL import Image

    with Image.open(io.BytesIO(jpeg)) as picture:
        columns, rows = picture.size
    image = pikepdf.Stream(
        pdf,
        jpeg,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=columns,
        Height=rows,
        ColorSpace=Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=Name.DCTDecode,
    )
    return f"q {width:.2f} 0 0 {height:.2f} 0 0 cm /Im0 Do Q\n", pdf.make_indirect(image)


def saved(pdf: Pdf, *, packed: bool = True) -> bytes:
    """The file's bytes, the same each time."""
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True, compress_streams=packed)
    return out.getvalue()


def bomb(megabytes: int) -> bytes:
    """Zeros, deflated: a thousandfold."""
    deflate = zlib.compressobj(9)
    block = bytes(1 << 20)
    return b"".join(deflate.compress(block) for _ in range(megabytes)) + deflate.flush()
