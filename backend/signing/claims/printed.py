"""The claim that a paper's QR carries, and what is left out where there is no room for all of it.

Every code keeps modules of 0.34 mm, so a longer claim means a larger code. It grows to version 15,
29 mm with its quiet zone. What does not fit there, or not in the block with its words at a readable
size, is shortened in this order: the subject by words, the subject altogether, the position, the
signer's name. Number, date, digest and index always stand.
"""

from collections.abc import Iterator
from dataclasses import replace

from backend.certificates import claims
from backend.certificates.claims import Claim
from backend.core.errors import DomainError
from backend.documents.citizens import mask
from backend.documents.models import Document, Secrecy, Version
from backend.signing.pdf.appearance import Wording, compose, symbol_version
from backend.signing.pdf.geometry import Rect
from backend.signing.problems import APPEARANCE_TOO_SMALL

LARGEST_VERSION = 15
READABLE = 8.5
"""Points: names are set no smaller for the sake of a longer claim."""
_SUBJECT_LENGTHS = (120, 80, 48, 24)
_NAME_LENGTHS = (48, 32)
_OPEN = {Secrecy.BIASA, Secrecy.TERBATAS}


def claim_of(document: Document, version: Version, words: Wording, index: int) -> Claim:
    """All that can be claimed of a paper whose last signer's block says these words."""
    return Claim(
        number=document.number,
        subject=mask(document.subject) if document.secrecy in _OPEN else None,
        signer=words.name,
        position=words.capacity,
        dated=document.dated,
        length=version.size or 0,
        digest=bytes.fromhex(version.sha256 or ""),
        index=index,
    )


def fitted(claim: Claim, words: Wording, rect: Rect) -> tuple[Claim, Wording]:
    """As much of the claim as the block has room for, and the block's words with a code as large
    as that needs.
    """
    fallback = last = (claim, words)
    for shorter in shortened(claim):
        printed = replace(words, url=f"{words.url}#{claims.pack(claims.sized(shorter))}")
        last = shorter, printed
        if symbol_version(printed.url) > LARGEST_VERSION:
            continue
        try:
            size = compose(printed, rect.width, rect.height).size
        except DomainError as refusal:
            if refusal.problem is APPEARANCE_TOO_SMALL:
                continue
            break  # no length would help; whoever draws it says why
        if size >= READABLE:
            return last
        if fallback[1] is words:
            fallback = last
    return last if fallback[1] is words else fallback


def shortened(claim: Claim) -> Iterator[Claim]:
    """The claim, and what of it is printed where there is less and less room."""
    yield claim
    if claim.subject is not None:
        for length in _SUBJECT_LENGTHS:
            if len(claim.subject) > length:
                yield replace(claim, subject=_cut(claim.subject, length))
        claim = replace(claim, subject=None)
        yield claim
    for length in _NAME_LENGTHS:
        claim = replace(claim, position=_cut(claim.position, length))
        yield claim
        claim = replace(claim, signer=_cut(claim.signer, length))
        yield claim


def _cut(text: str, length: int) -> str:
    """The words that fit, and a sign that there were more."""
    if len(text) <= length:
        return text
    return text[:length].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
