"""What a phone's camera sees of a paper: its page rendered, held askew, stamped with wet ink, filmed."""

import io
import math
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

from backend.signing.pdf.appearance import Wording
from backend.signing.pdf.foot import Foot, issuer_sentence
from backend.signing.pdf.geometry import Rect
from backend.signing.pdf.placeholder import Block, first_placeholder
from tests.factories.sheets import Sheet, paper

FRAME = (1280, 720)
DESK = (122, 112, 98)
BLUE, RED = (58, 66, 178), (186, 44, 52)
PLACE = Rect(320, 300, 190, 132)
_SCALE = 330 / 72
_FRAMES = 8


def photographed(words: Wording) -> Image.Image:
    """The part of a printed page around the signer's block."""
    foot = Foot(issuer_sentence(["Otoritas Contoh"], bsre=False), words.url.partition("#")[0])
    data = first_placeholder(
        paper(Sheet()), [Block("TTE1", 1, PLACE, words)], foot, lambda *_: True, 2048
    ).data
    with pypdfium2.PdfDocument(data) as pdf:
        pdf.init_forms()
        page = pdf[0].render(scale=_SCALE, may_draw_forms=True).to_pil().convert("RGB")
    middle = (PLACE.x + 60) * _SCALE, page.height - (PLACE.y + 70) * _SCALE
    left, top = int(middle[0] - FRAME[0] / 2), int(middle[1] - FRAME[1] / 2)
    return page.crop((left, top, left + FRAME[0], top + FRAME[1]))


def stamped(picture: Image.Image, ink: tuple[int, int, int]) -> Image.Image:
    """A round office stamp set over a part of the code: ink lets black print through."""
    layer = Image.new("RGB", picture.size, "white")
    draw = ImageDraw.Draw(layer)
    middle = picture.width / 2 - 90, picture.height / 2 - 10
    for radius, width in ((150, 9), (118, 4), (60, 4)):
        box = [middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius]
        draw.ellipse(box, outline=ink, width=width)
    for step in range(24):
        angle = math.tau * step / 24
        at = middle[0] + 134 * math.cos(angle), middle[1] + 134 * math.sin(angle)
        draw.ellipse([at[0] - 8, at[1] - 8, at[0] + 8, at[1] + 8], fill=ink)
    draw.polygon(
        [
            (middle[0], middle[1] - 52),
            (middle[0] + 46, middle[1] + 30),
            (middle[0] - 46, middle[1] + 30),
        ],
        fill=ink,
    )
    return ImageChops.multiply(picture, layer)


def filmed(picture: Image.Image, target: Path, *, tilt: float = 0.0) -> Path:
    """A film (Motion JPEG) of a hand that is not quite still, over paper that is not quite flat."""
    with target.open("wb") as film:
        for number in range(_FRAMES):
            sway = math.sin(math.tau * number / _FRAMES)
            turned = picture.rotate(5 + sway, Image.Resampling.BICUBIC, fillcolor=DESK)
            # x' = (ax + by + c) / (gx + hy + 1): further away at the right and at the top.
            shape = (
                1 + tilt * 0.12,
                tilt * 0.05,
                -60 * tilt,
                0,
                1 + tilt * 0.1,
                -30 * tilt + 6 * sway,
                tilt * 1.6e-4,
                tilt * 1.2e-4,
            )
            seen = turned.transform(
                FRAME, Image.Transform.PERSPECTIVE, shape, Image.Resampling.BICUBIC, fillcolor=DESK
            )
            seen = ImageEnhance.Brightness(seen.filter(ImageFilter.GaussianBlur(0.8))).enhance(0.86)
            frame = io.BytesIO()
            seen.save(frame, "JPEG", quality=82)
            film.write(frame.getvalue())
    return target
