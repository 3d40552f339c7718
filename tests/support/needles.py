"""Finds a secret in an installation's bytes, in whatever form it was left there."""

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus

SHORTEST = 8
"""Bytes; less than that turns up anywhere."""
_ZEROS = re.compile(rb"\0{64,}")


def forms(secret: bytes) -> set[bytes]:
    """A secret as it stands, in hexadecimal, in Base64 at each offset, in UTF-16, in a URL."""
    assert len(secret) >= SHORTEST
    found = {secret, secret.hex().encode(), secret.hex().upper().encode()}
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + secret)
        # The first and last characters also hold bits of what stands beside the secret.
        core = encoded[4 if shift else 0 :].rstrip(b"=")[:-2]
        found |= {core, core.replace(b"+", b"-").replace(b"/", b"_")}
    try:
        text = secret.decode()
    except UnicodeDecodeError:
        return found
    utf16 = {text.encode("utf-16-le"), text.encode("utf-16-be")}
    return found | utf16 | {quote(text).encode(), quote_plus(text).encode()}


def files(home: Path, *, apart: frozenset[str]) -> Iterator[tuple[Path, bytes]]:
    """Every file below `home` but in the folders named in `apart`."""
    for path in sorted(home.rglob("*")):
        if path.relative_to(home).parts[0] not in apart and path.is_file():
            try:
                yield path, path.read_bytes()
            except FileNotFoundError:  # a temporary file of the running database
                continue


def once(places: Iterator[tuple[Path | str, bytes]]) -> Iterator[tuple[Path | str, bytes]]:
    """Each content once, without long runs of zeros: half of what a database keeps is neither."""
    seen = set()
    for place, content in places:
        dense = _ZEROS.sub(bytes(SHORTEST), content)
        digest = hashlib.sha256(dense).digest()
        if digest not in seen:
            seen.add(digest)
            yield place, dense


def leaks(
    secrets: Mapping[str, bytes], places: Iterator[tuple[Path | str, bytes]]
) -> list[tuple[str, str]]:
    """Which secret stands where, as (name, place); the secret itself is not repeated."""
    wanted = {name: forms(secret) for name, secret in secrets.items()}
    return [
        (name, str(place))
        for place, content in once(places)
        for name, shapes in wanted.items()
        if any(shape in content for shape in shapes)
    ]
