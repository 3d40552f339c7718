"""What a sealed report is made of, and how it waits at its reader's until it is asked for.

The file is not kept, and neither is what was found: the page carries it, encrypted and
authenticated by this installation, and gives it back when somebody wants it as a sealed PDF.
"""

import base64
import binascii
import hashlib
import zlib
from datetime import datetime, timedelta

from backend.core.masterkey import CannotOpenError, MasterKey
from backend.verification.problems import REPORT_OVER
from backend.verification.registry import RegistryAnswer
from backend.verification.report import SEVERITY, FileReport, Part, Reason, SignatureReport
from backend.verification.spoken import Spoken

GOOD_FOR = timedelta(hours=1)
LONGEST = 384 * 1024
"""Characters of a package: what the largest honest report takes, several times."""
MOST_SIGNATURES = 60
_MOST_REASONS = 12
_PURPOSE = "verification report"


class TrustFacts(Part):
    """The trust store a file was judged by."""

    sha256: str
    roots: int


class Findings(Part):
    """One file, and all that was found about it."""

    filename: str | None
    """As the sender calls it."""
    report: FileReport
    registry: RegistryAnswer | None
    trust: TrustFacts
    at: datetime
    """When the sender asked."""
    spoken: tuple[Spoken, ...] = ()
    """What the codes have to do with it that it came with or that stand on its pages."""
    left_out: int = 0
    """Signatures that a report would be too long with."""

    @property
    def reference(self) -> str:
        """A short name for citing it, the same whenever it is asked for."""
        digest = hashlib.sha256(self.model_dump_json().encode()).hexdigest().upper()
        return f"{self.at:%Y%m%d}-{digest[:4]}-{digest[4:8]}"


def shortened(findings: Findings) -> Findings:
    """As much as a report says: no pictures, and of very many signatures the worst."""
    report = findings.report
    pages = (p.model_copy(update={"before": None, "after": None}) for p in report.changed_pages)
    kept = report.signatures
    if len(kept) > MOST_SIGNATURES:
        kept = tuple(sorted(kept, key=_weight)[:MOST_SIGNATURES])
    return findings.model_copy(
        update={
            "left_out": findings.left_out + len(report.signatures) - len(kept),
            "report": report.model_copy(
                update={
                    "reasons": report.reasons[:_MOST_REASONS],
                    "signatures": tuple(map(_shortened, kept)),
                    "changed_pages": tuple(pages),
                }
            ),
        }
    )


def _weight(signature: SignatureReport) -> tuple[int, bool]:
    worst = SEVERITY.index(signature.verdict) if signature.verdict in SEVERITY else 0
    return worst, signature.kind != "signature"


def _shortened(signature: SignatureReport) -> SignatureReport:
    def few(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
        return reasons[:_MOST_REASONS]

    said = {"reasons": few(signature.reasons), "changes": few(signature.changes)}
    return signature.model_copy(update=said)


def pack(findings: Findings, key: MasterKey) -> str:
    """What the page carries: nobody but this installation can read, make or change it."""
    said = shortened(findings).model_dump_json(exclude_defaults=True, exclude_computed_fields=True)
    sealed = key.seal(_PURPOSE, zlib.compress(said.encode(), 9), b"")
    return base64.urlsafe_b64encode(sealed).decode()


def unpack(package: str, key: MasterKey, now: datetime) -> Findings:
    """What was packed here within the last hour. Raises REPORT_OVER for everything else."""
    try:
        sealed = base64.b64decode(package, altchars=b"-_", validate=True)
        plain = zlib.decompress(key.open(_PURPOSE, sealed, b""))
        findings = Findings.model_validate_json(plain)
    except (binascii.Error, ValueError, CannotOpenError) as error:
        raise REPORT_OVER() from error
    if not timedelta(0) <= now - findings.at <= GOOD_FOR:
        raise REPORT_OVER()
    return findings
