"""QR codes as half-height blocks, several side by side."""

import shutil
from collections.abc import Sequence

import pyotp
import qrcode
from qrcode.constants import ERROR_CORRECT_L

_BLOCKS = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}
GAP = "   "


def totp_uri(secret: str, username: str) -> str:
    """What authenticator apps scan."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name="Centang")


def draw(text: str) -> list[str]:
    """Lines of one code, light modules drawn, for terminals with a dark background."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_L, border=2)
    code.add_data(text)
    light = [[not dark for dark in row] for row in code.get_matrix()]
    if len(light) % 2:
        light.append([True] * len(light[0]))
    return [
        "".join(_BLOCKS[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(light[::2], light[1::2], strict=True)
    ]


def side_by_side(codes: Sequence[tuple[str, str]], width: int | None = None) -> list[str]:
    """Codes under their titles, as many in a row as the terminal is wide."""
    width = width or shutil.get_terminal_size((100, 24)).columns
    drawn = [(title, draw(text)) for title, text in codes]
    lines: list[str] = []
    while drawn:
        row = [drawn.pop(0)]
        while drawn and sum(len(c[0]) + len(GAP) for _, c in [*row, drawn[0]]) <= width:
            row.append(drawn.pop(0))
        lines.append(GAP.join(title[: len(code[0])].ljust(len(code[0])) for title, code in row))
        height = max(len(code) for _, code in row)
        for number in range(height):
            pieces = [c[number] if number < len(c) else " " * len(c[0]) for _, c in row]
            lines.append(GAP.join(pieces))
        lines.append("")
    return lines
