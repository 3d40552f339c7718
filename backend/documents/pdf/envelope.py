"""The file around the objects: is it one PDF, whole, and nothing else besides?"""

import re
import zipfile
from pathlib import Path

import pikepdf
from pikepdf import Pdf

from backend.documents.pdf.refusals import Refused

_BLANK = b"\x00\t\n\x0c\r \xef\xbb\xbf"
_TAR_MAGIC = slice(257, 262)
# What qpdf mentions without having guessed at anything: white space and counts.
_HARMLESS = re.compile(
    r"accepting invalid xref table entry|reported number of objects|"
    r"stream keyword followed by (extraneous whitespace|carriage return only)"
)


def check_envelope(path: Path) -> None:
    """Refuses what is empty, no PDF, cut short, or two kinds of file at once.

    A PDF reader tolerates bytes before the header and after the end; another program may read
    those as a file of its own (a polyglot). Only white space is accepted there.
    """
    data = path.read_bytes()
    if not data.strip(_BLANK):
        raise Refused("documents/empty")
    head = data.lstrip(_BLANK)
    if not head.startswith(b"%PDF-"):
        if b"%PDF-" in head[:1024]:
            raise Refused("documents/disguised")
        raise Refused("documents/not-a-pdf")
    if not re.match(rb"%PDF-(1\.[0-7]|2\.0)[\x00\t\n\x0c\r %]", head):
        raise Refused("documents/malformed")
    end = data.rfind(b"%%EOF")
    if end < 0:
        raise Refused("documents/cut-short")
    if data[end + 5 :].strip(_BLANK) or data[_TAR_MAGIC] == b"ustar" or zipfile.is_zipfile(path):
        raise Refused("documents/disguised")


def open_strictly(path: Path) -> Pdf:
    """Opens without letting qpdf mend anything."""
    try:
        pdf = pikepdf.open(path, attempt_recovery=False)
    except pikepdf.PasswordError as error:
        raise Refused("documents/encrypted") from error
    except (pikepdf.PdfError, RuntimeError, ValueError) as error:
        raise Refused("documents/malformed") from error
    if pdf.is_encrypted:  # an owner's password alone: opens, but forbids what we must do
        raise Refused("documents/encrypted")
    return pdf


def require_sound(pdf: Pdf) -> None:
    """Refuses what qpdf complained of while everything was read."""
    if any(not _HARMLESS.search(str(warning)) for warning in pdf.get_warnings()):
        raise Refused("documents/malformed")
