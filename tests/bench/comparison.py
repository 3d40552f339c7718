"""Signing rates of our engine beside plain pyHanko's and openssl's, on the same files in one run.

    python -m tests.bench.comparison [--write]

Prints the tables and, with --write, puts them into docs/benchmarks.md. What counts is the CPU time
of this process, user and system. The embedded time-stamping unit runs in it on both sides, and so
does everything else; no side reads or writes files. Each document has a code of its own to draw.
"""

import logging
import math
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from argon2.low_level import Type, hash_secret_raw

from backend.signing.vaults.software_vault import Cost
from tests.bench.our_engine import OurEngine
from tests.bench.plain_pyhanko import PlainPyHanko
from tests.factories.pdfs import make_pdf
from tests.factories.pki import Pki, make_pki
from tests.factories.sheets import Sheet, paper
from tests.tools.marked import rewrite

LEVELS = ("B-B", "B-T", "B-LT")
KEYS = {"ECDSA P-256": None, "RSA-3072": 3072}
ROUNDS = 5
SECONDS = 0.2
"""Of CPU for one measurement in a round; a document may take longer."""
PATIENCE = 3.0
"""CPU seconds after which a side that takes so long for a document is not measured again."""
LIMIT = 15.0
"""CPU seconds after which a document is given up: then a side is slower than this, and no more is said."""
DOCUMENT = Path("docs/benchmarks.md")
_CODES = count(10**19)


def files() -> dict[str, bytes]:
    return {
        "100 KB, 3 pages": paper(*[Sheet()] * 3, padding=98 * 1024),
        "5 MB scan, 4 pages": make_pdf(pages=4, scan=True, dpi=200),
        "5 MB, 1,450 pages": paper(*[Sheet()] * 1450, padding=4_600_000),
    }


def url() -> str:
    return f"https://centang.contoh.go.id/v/{next(_CODES)}"


def cost(work: Callable[[int], object]) -> float:
    """CPU seconds of one document; `work` is called with how many to do."""
    documents, spent = 1, 0.0
    while True:
        before = time.process_time()
        work(documents)
        spent = time.process_time() - before
        if spent >= SECONDS / 2:
            return spent / documents
        documents = max(documents + 1, int(documents * SECONDS / max(spent, SECONDS / 100)))


class TooLongError(BaseException):
    """Passes whatever the measured code expects to go wrong."""


@contextmanager
def limited() -> Iterator[None]:
    """Raises TooLongError once this process spent LIMIT in it."""

    def stop(*_: object) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@dataclass(frozen=True)
class Row:
    """CPU seconds of one document; infinite where each was given up."""

    file: str
    key: str
    level: str
    tap: float
    whole: float
    plain: float

    def __str__(self) -> str:
        cells = [self.file, self.key, self.level]
        at_least = min(self.plain, LIMIT)
        given_up = self.plain > LIMIT
        cells += [f"{'< ' if given_up else ''}{1 / at_least:,.1f}"]
        cells += [f"{1 / seconds:,.1f}" for seconds in (self.tap, self.whole)]
        more = "> " if given_up else ""
        cells += [f"{more}{at_least / ours:,.1f} ×" for ours in (self.tap, self.whole)]
        return f"| {' | '.join(cells)} |"


def measure(pki: Pki, folder: Path, name: str, base: bytes, key: str, level: str) -> Row:
    signer = pki.signer(rsa_bits=KEYS[key])
    ours = OurEngine(pki, signer, level)
    plain = PlainPyHanko(pki, signer, level, folder)
    prepared = ours.prepare(base, url())

    def tap(documents: int) -> None:
        for _ in range(documents):
            ours.sign(base, prepared)

    def whole(documents: int) -> None:
        for _ in range(documents):
            ours.sign(base, ours.prepare(base, url()))

    def pyhanko(documents: int) -> None:
        for _ in range(documents):
            plain.sign(base, url())

    for side in (tap, whole):
        side(1)  # what is made once a process is not a document's
    sides = (tap, whole, pyhanko)
    costs: list[list[float]] = [[], [], []]
    for _ in range(ROUNDS):
        for side, known in zip(sides, costs, strict=True):
            if sum(known) < PATIENCE:
                try:
                    with limited():
                        known.append(cost(side))
                except TooLongError:
                    known.append(math.inf)
    # Of two the quicker: a side that was given up once may have been unlucky.
    return Row(name, key, level, *map(statistics.median_low, costs))


def openssl() -> dict[str, tuple[float, float]]:
    """Signatures and verifications a second of each kind of key."""
    done = subprocess.run(
        ["openssl", "speed", "-seconds", "1", "ecdsap256", "rsa3072"],
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.findall(r"^.*(rsa|ecdsa).*s\s+([\d.]+)\s+([\d.]+)$", done.stdout, re.MULTILINE)
    names = {"ecdsa": "ECDSA P-256", "rsa": "RSA-3072"}
    return {names[kind]: (float(signs), float(verifies)) for kind, signs, verifies in found}


def passphrase() -> float:
    """CPU seconds of one Argon2id of a passphrase."""
    chosen, before = Cost(), time.process_time()
    for _ in range(3):
        hash_secret_raw(
            b"payung biru di beranda kayu",
            bytes(16),
            time_cost=chosen.iterations,
            memory_cost=chosen.memory_kib,
            parallelism=chosen.lanes,
            hash_len=32,
            type=Type.ID,
        )
    return (time.process_time() - before) / 3


def report() -> Iterator[str]:
    rows = []
    yield "| File | Key | Level | plain pyHanko | Centang at the tap | Centang with preparation "
    yield "| tap | with preparation |\n|---|---|---|--:|--:|--:|--:|--:|\n"
    with tempfile.TemporaryDirectory() as folder:
        pki = make_pki(Path(folder))
        for name, base in files().items():
            for key in KEYS:
                for level in LEVELS:
                    rows.append(measure(pki, Path(folder), name, base, key, level))
                    yield f"{rows[-1]}\n"
    goal = next(r for r in rows if r.level == "B-LT" and r.key == "ECDSA P-256")
    for what, least, reached in (
        ("at the tap, self-check included", 50, goal.plain / goal.tap),
        ("with preparation counted in", 6, goal.plain / goal.whole),
    ):
        met = "reached" if reached >= least else "MISSED"
        yield f"\nGoal at B-LT, ECDSA, 100 KB, {what}: ≥ {least} × plain pyHanko: "
        yield f"**{met}** ({reached:,.1f} ×).\n"
    yield "\n| The limit (`openssl speed`) | Signatures/s | Verifications/s |\n|---|--:|--:|\n"
    for key, (signs, verifies) in openssl().items():
        yield f"| {key} | {signs:,.0f} | {verifies:,.0f} |\n"
    yield f"\nArgon2id of a passphrase, left out above: {passphrase() * 1000:,.0f} ms of CPU, once "
    yield "an activation, however many documents it is for.\n"
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    yield f"\nLoad average at the end of the run: {load} on {os.cpu_count()} cores.\n"


def main() -> None:
    logging.disable()
    lines = []
    for line in report():
        sys.stdout.write(line)
        sys.stdout.flush()
        lines.append(line)
    if "--write" in sys.argv:
        rewrite(DOCUMENT, "comparison", "".join(lines))


if __name__ == "__main__":
    main()
