"""Ceilings on what a file unfolds into, checked on every stream before anything uses it."""

import base64
import binascii
import io
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from pikepdf import Array, Dictionary, Name, Pdf, Stream

from backend.documents.pdf.refusals import Refused

MIB = 1024 * 1024
STREAM_CEILING = 256 * MIB
"""An A4 page at 600 dpi in colour is 104 MiB."""
TOTAL_CEILING = 3072 * MIB
RATIO_CEILING = 100
"""Of what unfolds beyond RATIO_FROM and is not an image (a blank scan deflates a thousandfold)."""
RATIO_FROM = 16 * MIB
PIXEL_CEILING = 140_000_000
"""A0 at 300 dpi."""
FILTERS_CEILING = 3
_STEP = MIB
_IMAGE_FILTERS = {"/DCTDecode", "/JPXDecode", "/CCITTFaxDecode", "/JBIG2Decode"}
_MARGIN = 64 * 1024


def check_streams(pdf: Pdf) -> None:
    """Refuses decompression bombs and images with too many pixels."""
    total = 0
    for item in pdf.objects:
        if isinstance(item, Stream):
            total += _measure(item)
            if total > TOTAL_CEILING:
                raise Refused("documents/bomb")


def _measure(stream: Stream) -> int:
    dictionary = stream.stream_dict
    filters = _filters(dictionary)
    if len(filters) > FILTERS_CEILING:
        raise Refused("documents/bomb")
    raw = stream.read_raw_bytes()
    ceiling = STREAM_CEILING
    is_image = dictionary.get("/Subtype") == Name.Image
    if is_image:
        ceiling = min(ceiling, _image_size(dictionary, raw, filters) + _MARGIN)
    size = 0
    for chunk in _unfold([raw], filters):
        size += len(chunk)
        too_dense = not is_image and size > RATIO_FROM and size > RATIO_CEILING * len(raw)
        if size > ceiling or too_dense:
            raise Refused("documents/bomb")
    return size


def _filters(dictionary: Dictionary) -> list[str]:
    value: Any = dictionary.get("/Filter")
    if value is None:
        return []
    return [str(v) for v in value] if isinstance(value, Array) else [str(value)]


def _unfold(chunks: Iterable[bytes], filters: list[str]) -> Iterator[bytes]:
    """The stream's bytes in pieces, up to the first image codec (whose size its pixels bound)."""
    for name in filters:
        if name in _IMAGE_FILTERS:
            break
        match name:
            case "/FlateDecode":
                chunks = _inflate(chunks)
            case "/ASCIIHexDecode":
                chunks = [_hex(b"".join(chunks))]
            case "/ASCII85Decode":
                chunks = [_ascii85(b"".join(chunks))]
            case "/RunLengthDecode":
                chunks = _run_lengths(b"".join(chunks))
            case "/LZWDecode":
                chunks = _lzw(b"".join(chunks))
            case _:
                raise Refused("documents/malformed")
    yield from chunks


def _inflate(chunks: Iterable[bytes]) -> Iterator[bytes]:
    inflater = zlib.decompressobj()
    try:
        for chunk in chunks:
            rest = chunk
            while rest:
                yield inflater.decompress(rest, _STEP)
                rest = inflater.unconsumed_tail
    except zlib.error as error:
        raise Refused("documents/malformed") from error


def _hex(data: bytes) -> bytes:
    digits = b"".join(data.split(b">", 1)[0].split())
    try:
        return binascii.unhexlify(digits + b"0" * (len(digits) % 2))
    except binascii.Error as error:
        raise Refused("documents/malformed") from error


def _ascii85(data: bytes) -> bytes:
    try:
        return base64.a85decode(
            data.strip().removeprefix(b"<~").split(b"~", 1)[0], ignorechars=b" \t\n\r\v\x00\x0c"
        )
    except ValueError as error:
        raise Refused("documents/malformed") from error


def _run_lengths(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data) and data[at] != 128:
        length = data[at]
        if length < 128:
            yield data[at + 1 : at + 2 + length]
            at += length + 2
        else:
            yield data[at + 1 : at + 2] * (257 - length)
            at += 2


def _lzw(data: bytes) -> Iterator[bytes]:
    """Lengths only: how many bytes each code stands for, as zeros."""
    lengths = [1] * 256 + [0, 0]
    bits, width, held, previous = 0, 9, 0, 0
    for byte in data:
        held = held << 8 | byte
        bits += 8
        if bits < width:
            continue
        bits -= width
        code = held >> bits
        held &= (1 << bits) - 1
        if code == 257:
            return
        if code == 256:
            lengths, width, previous = lengths[:258], 9, 0
            continue
        if code > len(lengths) or (code == len(lengths) and not previous):
            raise Refused("documents/malformed")
        length = lengths[code] if code < len(lengths) else previous + 1
        if previous and len(lengths) < 4096:
            lengths.append(previous + 1)
        previous = length
        # The default EarlyChange of 1: codes widen one early (ISO 32000-1, 7.4.4.2).
        width = min(12, max(9, (len(lengths) + 1).bit_length()))
        yield bytes(length)


def _image_size(dictionary: Dictionary, raw: bytes, filters: list[str]) -> int:
    """The bytes that an image of these pixels may have, unfolded; refuses too many pixels."""
    try:
        width, height = int(dictionary.Width), int(dictionary.Height)
    except (AttributeError, ValueError, TypeError) as error:
        raise Refused("documents/malformed") from error
    pixels = [(width, height)]
    if filters and filters[0] in {"/DCTDecode", "/JPXDecode"}:
        pixels.append(_coded_size(raw))
    for across, down in pixels:
        if across < 1 or down < 1:
            raise Refused("documents/malformed")
        if across * down > PIXEL_CEILING:
            raise Refused("documents/too-many-pixels", megapixels=across * down // 1_000_000)
    if filters and filters[-1] in _IMAGE_FILTERS:
        return max(len(raw) * 2, width * height)
    # At most 16 bits a component and, with spot colours, eight components.
    return height * (width * 16 + 1)


def _coded_size(raw: bytes) -> tuple[int, int]:
    """What the picture itself says: some readers believe it and not the dictionary."""
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # judged by the caller
    try:
        with Image.open(io.BytesIO(raw), formats=("JPEG", "JPEG2000")) as picture:
            return picture.size
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise Refused("documents/malformed") from error
