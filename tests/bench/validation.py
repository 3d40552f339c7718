"""What judging a signed file costs here, beside plain pyHanko and pdfsig, on the same files in one run.

    python -m tests.bench.validation [--write]

Prints the table and, with --write, puts it into docs/benchmarks.md. What counts is CPU time, user and
system, of everything that takes part: of the judgement and of pyHanko a process that has imported
everything; of the whole examination the asking process, the one that waits and its forks; of pdfsig
the whole program.
"""

import asyncio
import contextlib
import io
import logging
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from backend.core import warm
from backend.core.sandbox import Sandbox
from backend.core.settings import Settings
from tests.tools.marked import rewrite

DOCUMENT = Path("docs/benchmarks.md")
ROUNDS, FILES = 5, 8


def files(folder: Path) -> dict[str, Path]:
    """Signed files, and `root.der` beside them."""
    from tests.factories.pdfs import make_pdf
    from tests.factories.sheets import Sheet, paper
    from tests.factories.signed import prepared, sign
    from tests.security.attacks.cases import house, signer, stamper

    letter = prepared(1, paper(*[Sheet()] * 3, padding=98 * 1024))
    scan = prepared(1, make_pdf(pages=4, scan=True, dpi=200))
    made = {
        "100 KB, B-B": sign(letter, signer()),
        "100 KB, B-LT": sign(letter, signer(), stamp=stamper(), house=house(), crls=house().crls()),
        "5 MB, B-LT": sign(scan, signer(), stamp=stamper(), house=house(), crls=house().crls()),
    }
    (folder / "root.der").write_bytes(house().root.der)
    paths = {}
    for number, (name, data) in enumerate(made.items()):
        paths[name] = folder / f"{number}.pdf"
        paths[name].write_bytes(data)
    return paths


def _spent() -> float:
    """CPU seconds of this process and of those that wait below it, with their forks."""
    total = time.process_time()
    for pid in map(int, _children()):
        with contextlib.suppress(FileNotFoundError):
            said = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += sum(map(int, said[11:15])) / os.sysconf("SC_CLK_TCK")
    return total


def _children() -> list[str]:
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


def _median(work: Callable[[], object]) -> float:
    """CPU seconds of one file."""
    work()
    found = []
    for _ in range(ROUNDS):
        before = _spent()
        for _ in range(FILES):
            work()
        found.append((_spent() - before) / FILES)
    return statistics.median(found)


def judged(folder: Path, file: Path) -> float:
    """The judgement with all its checks, in one process as pyHanko's: like beside like."""
    from backend.verification.judge import judge
    from backend.verification.trust import trust_of_files
    from tests.security.attacks.cases import NOW

    trust = trust_of_files([folder / "root.der"])
    spent = _median(lambda: judge(file.read_bytes(), trust, NOW))
    assert judge(file.read_bytes(), trust, NOW).verdict == "valid"
    return spent


def ours(folder: Path, file: Path) -> float:
    """The whole examination of an upload: a copy, a fresh confined fork, the judgement, the report."""
    from backend.verification.examination import examine
    from backend.verification.trust import trust_of_files
    from tests.security.attacks.cases import NOW

    trust = trust_of_files([folder / "root.der"])
    sandbox = Sandbox(Settings(home=folder, _env_file=None))
    spent = _median(lambda: examine(sandbox, file, trust, NOW))
    assert examine(sandbox, file, trust, NOW).verdict == "valid"
    warm.close()
    return spent


def plain(folder: Path, file: Path) -> float:
    from asn1crypto import x509
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import async_validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    from tests.security.attacks.cases import NOW

    root = x509.Certificate.load((folder / "root.der").read_bytes())

    assert "backend.verification.reading" not in sys.modules, "pyHanko is hastened"

    async def judge(data: bytes) -> None:
        reader = PdfFileReader(io.BytesIO(data))
        for signature in reader.embedded_regular_signatures:
            context = ValidationContext(trust_roots=[root], allow_fetching=False, moment=NOW)
            status = await async_validate_pdf_signature(signature, context)
            assert status.bottom_line

    return _median(lambda: asyncio.run(judge(file.read_bytes())))


def long_term(folder: Path, file: Path) -> float:
    """PyHanko's own judgement of time stamps and long-term evidence: the same work, not confined."""
    from asn1crypto import x509
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import ades
    from pyhanko.sign.validation.policy_decl import (
        PdfSignatureValidationSpec,
        RevinfoOnlineFetchingRule,
        RevocationInfoGatheringSpec,
        SignatureValidationSpec,
    )
    from pyhanko_certvalidator.context import CertValidationPolicySpec
    from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
    from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
    from pyhanko_certvalidator.registry import SimpleTrustManager

    from tests.security.attacks.cases import NOW

    root = x509.Certificate.load((folder / "root.der").read_bytes())
    certificates = CertValidationPolicySpec(
        SimpleTrustManager.build(trust_roots=[root]), CertRevTrustPolicy(REQUIRE_REVINFO)
    )
    nowhere = RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY)
    spec = PdfSignatureValidationSpec(SignatureValidationSpec(certificates, nowhere))

    async def judge(data: bytes) -> None:
        reader = PdfFileReader(io.BytesIO(data))
        for signature in reader.embedded_regular_signatures:
            timing = ValidationTimingInfo(NOW, NOW, point_in_time_validation=True)
            await ades.ades_lta_validation(signature, spec, timing)

    return _median(lambda: asyncio.run(judge(file.read_bytes())))


def pdfsig(folder: Path, file: Path) -> float:
    from cryptography.x509 import load_der_x509_certificate

    from tests.factories.judges import trust_in_nss

    store = folder / "nss"
    if not store.exists():
        trust_in_nss(store, load_der_x509_certificate((folder / "root.der").read_bytes()))
    command = ["pdfsig", "-no-ocsp", "-nssdir", str(store), str(file)]

    def whole() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    found = []
    for _ in range(ROUNDS):
        before = whole()
        for _ in range(FILES):
            subprocess.run(command, check=False, capture_output=True)
        found.append((whole() - before) / FILES)
    return statistics.median(found)


SIDES = {"judged": judged, "ours": ours, "plain": plain, "ades": long_term, "pdfsig": pdfsig}


def _apart(side: str, folder: Path, file: Path) -> float:
    """Each side in a process of its own, so that none changes another's libraries."""
    command = [sys.executable, "-m", "tests.bench.validation", side, str(folder), str(file)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(done.stdout)


def report() -> Iterator[str]:
    yield "| File | Judgement | Whole, confined | plain pyHanko | pyHanko AdES | pdfsig "
    yield "| Judgement : plain | : AdES | Whole : plain | : AdES |\n"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for label, file in files(folder).items():
            sides = [side for side in SIDES if side != "ades" or "LT" in label]
            costs = {side: _apart(side, folder, file) for side in sides}
            rates = [f"{1 / costs[side]:,.1f}" if side in costs else "–" for side in SIDES]
            times = [
                f"{costs[side] / costs[mine]:.2f} ×" if side in costs else "–"
                for mine in ("judged", "ours")
                for side in ("plain", "ades")
            ]
            yield f"| {' | '.join([label, *rates, *times])} |\n"
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    yield f"\nLoad average at the end of the run: {load} on {os.cpu_count()} cores.\n"


def main() -> None:
    logging.disable()
    if len(sys.argv) == 4:
        side, folder, file = sys.argv[1:]
        sys.stdout.write(str(SIDES[side](Path(folder), Path(file))))
        return
    text = "".join(report())
    sys.stdout.write(text)
    if "--write" in sys.argv:
        rewrite(DOCUMENT, "validation", text)


if __name__ == "__main__":
    main()
