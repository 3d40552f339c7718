"""What a validation says: a report with AdES indications (ETSI EN 319 102-1), never a bool."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, computed_field

from backend.verification.verdicts import Verdict
from backend.verification.words import LANGUAGES, sentence


class Indication(StrEnum):
    """The main status (EN 319 102-1 clause 5.1.3)."""

    TOTAL_PASSED = "TOTAL-PASSED"
    INDETERMINATE = "INDETERMINATE"
    TOTAL_FAILED = "TOTAL-FAILED"


class Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Reason(Part):
    """One finding: a code with parameters, and what it means in Indonesian and English."""

    code: str
    params: dict[str, str | int] = Field(default_factory=dict)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def text(self) -> dict[str, str]:
        return {lang: sentence(self.code, self.params, lang) for lang in LANGUAGES}


class CertificateFacts(Part):
    subject: str
    issuer: str
    serial: str
    """Hexadecimal."""
    not_before: datetime
    not_after: datetime
    thumbprint: str
    """SHA-256 of the DER, hex."""
    key: str
    """Such as «ECDSA P-256»."""
    anchor: str | None = None
    """The trust anchor its chain ends in; None when there is none."""


class TimeStampFacts(Part):
    at: datetime
    authority: str
    trusted: bool
    """Only a trusted stamp proves a time."""
    reasons: tuple[Reason, ...] = ()


class Coverage(StrEnum):
    FILE = "file"
    """Every byte of the file but the signature itself."""
    REVISION = "revision"
    """The whole file as it was when signed; something legitimate was added later."""
    BROKEN = "broken"
    """Neither: the signed byte range does not describe a complete file."""


class SignatureReport(Part):
    field: str
    kind: str
    """`signature`, or `time-stamp` for a document time stamp."""
    verdict: Verdict
    indication: Indication
    sub_indication: str | None = None
    certified: bool = False
    """Valid, and the anchor is an Indonesian certification authority (PSrE; PP 71/2019)."""
    level: str | None = None
    """B-B, B-T, B-LT or B-LTA; `PKCS7-` instead of `B-` where it is no PAdES baseline form."""
    signer: str | None = None
    is_seal: bool = False
    """A legal person's certificate: the seal of an agency, nobody's signature."""
    certificate: CertificateFacts | None = None
    coverage: Coverage = Coverage.BROKEN
    covered_bytes: int = 0
    proven_at: datetime | None = None
    """When it certainly existed, by a trusted time stamp."""
    claimed_at: datetime | None = None
    """What the signer's computer said."""
    time_stamp: TimeStampFacts | None = None
    certification: int | None = None
    """DocMDP permissions (1 to 3) when it is a certification signature."""
    changes: tuple[Reason, ...] = ()
    """What was added after it."""
    reasons: tuple[Reason, ...] = ()


class ChangedPage(Part):
    """A page that no longer looks as it did when it was signed."""

    page: int
    frames: tuple[tuple[float, float, float, float], ...]
    """What differs: left, top, right, bottom, in fractions of the page as displayed."""
    before: str | None
    """A WebP picture with the differences framed, Base64; None where the page was not there."""
    after: str | None


class FileReport(Part):
    verdict: Verdict
    indication: Indication
    sub_indication: str | None = None
    certified: bool = False
    """Every signature is valid and chains to an Indonesian PSrE."""
    reasons: tuple[Reason, ...] = ()
    signatures: tuple[SignatureReport, ...] = ()
    changed_pages: tuple[ChangedPage, ...] = ()
    """Of a file altered after signing, the first few pages that look different."""
    sha256: str = ""
    size: int = 0


SEVERITY = (
    Verdict.TAMPERED,
    Verdict.INVALID,
    Verdict.UNREADABLE,
    Verdict.UNTRUSTED,
    Verdict.VALID,
)
"""One bad signature makes a bad file; what we cannot read is never called altered."""


def conclude(
    signatures: tuple[SignatureReport, ...], *, sha256: str, size: int, reasons: tuple[Reason, ...]
) -> FileReport:
    """The file's verdict from those of its signatures."""
    if not any(s.kind == "signature" for s in signatures):
        return FileReport(
            verdict=Verdict.NOT_SIGNED,
            indication=Indication.INDETERMINATE,
            sub_indication="SIGNED_DATA_NOT_FOUND",
            reasons=(*reasons, Reason(code="not-signed")),
            signatures=signatures,
            sha256=sha256,
            size=size,
        )
    # A time stamp that is not trusted lends no time and takes nothing away; an altered one does.
    weighed = [s for s in signatures if s.kind == "signature" or s.verdict is Verdict.TAMPERED]
    worst = min(weighed, key=lambda s: SEVERITY.index(s.verdict))
    return FileReport(
        verdict=worst.verdict,
        indication=worst.indication,
        sub_indication=worst.sub_indication,
        certified=all(s.certified for s in signatures if s.kind == "signature"),
        reasons=reasons or worst.reasons,
        signatures=signatures,
        sha256=sha256,
        size=size,
    )


def unreadable(code: str, *, sha256: str, size: int, **params: str | int) -> FileReport:
    """We cannot tell."""
    return FileReport(
        verdict=Verdict.UNREADABLE,
        indication=Indication.INDETERMINATE,
        sub_indication="GENERIC",
        reasons=(Reason(code=code, params=params),),
        sha256=sha256,
        size=size,
    )
