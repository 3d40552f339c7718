"""What three programs say of each attack file and each honest one.

    python -m tests.tools.attack_table [--write]

Prints the table and, with --write, puts it into docs/attacks.md. pyHanko is asked as its
documentation shows (`validate_pdf_signature`, no network, the same roots); pdfsig with an NSS store
that holds the same roots. Both say something of each signature: here stands their worst word.
"""

import asyncio
import contextlib
import io
import logging
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from backend.verification.judge import judge
from backend.verification.trust import Trust
from tests.factories import judges
from tests.security.attacks import ALL
from tests.security.attacks.cases import NOW, Case, house
from tests.security.test_attacks import BOMBS, HONEST
from tests.tools.marked import rewrite

DOCUMENT = Path("docs/attacks.md")
PATIENCE = 30


class TooLongError(Exception):
    """A program did not come back in time."""


@contextlib.contextmanager
def _patience() -> Iterator[None]:
    def late(*_: Any) -> None:
        raise TooLongError

    signal.signal(signal.SIGALRM, late)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)


def ours(case: Case) -> str:
    return judge(case.data, case.trust or house().trust(), case.now).verdict.value


def pyhanko(case: Case) -> str:
    trust = case.trust or house().trust()
    try:
        with _patience():
            return asyncio.run(_pyhanko(case, trust))
    except TooLongError:
        return "too long"
    except Exception as error:  # noqa: BLE001 (whatever it raises is its answer)
        return f"error ({type(error).__name__})"


async def _pyhanko(case: Case, trust: Trust) -> str:
    reader = PdfFileReader(io.BytesIO(case.data))
    words = []
    for signature in reader.embedded_regular_signatures:
        context = ValidationContext(
            trust_roots=[asn1_x509.Certificate.load(a.certificate) for a in trust.anchors],
            allow_fetching=False,
            moment=case.now,
            crls=list(trust.crls),
        )
        status = await async_validate_pdf_signature(signature, context)
        words.append("valid" if status.bottom_line else "not valid")
    return min(words, default="no signature")


def pdfsig(case: Case) -> str:
    trust = case.trust or house().trust()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "file.pdf"
        file.write_bytes(case.data)
        try:
            verdicts = judges.pdfsig(file, _nss(tuple(a.certificate for a in trust.anchors)))
        except (subprocess.SubprocessError, KeyError):
            return "no signature"
    if not all(v.intact for v in verdicts):
        return "not valid"
    trusted = "" if all(v.trusted for v in verdicts) else ", issuer not trusted"
    return f"valid{trusted}" if verdicts else "no signature"


_STORES = tempfile.TemporaryDirectory()


@lru_cache
def _nss(roots: tuple[bytes, ...]) -> Path:
    folder = Path(_STORES.name) / str(abs(hash(roots)))
    return judges.trust_in_nss(folder, *map(x509.load_der_x509_certificate, roots))


def rows() -> Iterator[tuple[str, str, list[str]]]:
    """Kind, name, and what each program says."""
    for name, make in ALL.items():
        if name not in BOMBS:  # the others would burst with them
            case = make()
            yield "attack", name, [ours(case), pyhanko(case), pdfsig(case)]
    for name, (make, _, _) in HONEST.items():
        case = Case(make(), "valid", now=NOW + timedelta(hours=1))
        yield "honest", name, [ours(case), pyhanko(case), pdfsig(case)]


def report() -> Iterator[str]:
    fooled, refused, count = Counter[int](), Counter[int](), Counter[str]()
    lines = []
    for kind, name, said in rows():
        count[kind] += 1
        for side, word in enumerate(said):
            passed = word.startswith("valid")
            fooled[side] += kind == "attack" and passed
            refused[side] += kind == "honest" and not passed
        bad = "valid" if kind == "attack" else "not"
        words = [f"**{word}**" if word.startswith(bad) else word for word in said]
        label = name.replace("_", " ").replace(".", ": ", 1) if kind == "attack" else name
        lines.append(f"| {kind} | {label} | {' | '.join(words)} |\n")
    yield "| | Centang | pyHanko | pdfsig |\n|---|--:|--:|--:|\n"
    yield f"| of {count['attack']} attacks called valid | {fooled[0]} | {fooled[1]} | {fooled[2]} |\n"
    yield f"| of {count['honest']} honest files not called valid "
    yield f"| {refused[0]} | {refused[1]} | {refused[2]} |\n\n"
    yield "| | File | Centang | pyHanko | pdfsig |\n|---|---|---|---|---|\n"
    yield from lines


def main() -> None:
    logging.disable()
    text = "".join(report())
    sys.stdout.write(text)
    if "--write" in sys.argv:
        rewrite(DOCUMENT, "table", text)


if __name__ == "__main__":
    main()
