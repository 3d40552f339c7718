"""Two slow places of the libraries, which would be most of a small file's judgement.

pyHanko reads hexadecimal strings one byte at a time: here they are taken whole, and whatever is not
plainly one is left to pyHanko. asn1crypto prepares each part of a name for comparison (RFC 4518) anew
whenever it is asked: here once for each text.
"""

import binascii
import io
import re
from functools import lru_cache
from typing import Any

from asn1crypto import x509
from pyhanko.pdf_utils import generic

_STRING = re.compile(rb"<([0-9A-Fa-f\0\t\n\f\r ]*+)>")
_SPACES = b"\0\t\n\f\r "
_slowly = generic.read_hex_string_from_stream
_prepare = x509.NameTypeAndValue._ldap_string_prep  # noqa: SLF001 (a pure function of its text)


def hasten() -> None:
    """For this process, once or often."""
    generic.read_hex_string_from_stream = _hex_string
    x509.NameTypeAndValue._ldap_string_prep = lambda _, text: _prepared(text)  # noqa: SLF001


@lru_cache(maxsize=4096)
def _prepared(text: str) -> str:
    return str(_prepare(None, text))


def _hex_string(stream: Any) -> Any:
    start = stream.tell()
    if not isinstance(stream, io.BytesIO):
        return _slowly(stream)
    with stream.getbuffer() as view:
        found = _STRING.match(view, start)
        if found is None:
            return _slowly(stream)
        digits, end = found[1].translate(None, _SPACES), found.end()
        del found
    stream.seek(end)
    return generic.pdf_string(binascii.unhexlify(digits + b"0" * (len(digits) % 2)))
