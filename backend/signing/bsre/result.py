"""A file that came from the service, judged before it replaces anything.

The service is trusted to hold keys, not to answer well: files came back empty, unsigned, rewritten
and signed by others. Whatever is not exactly the file we sent with one new signature of the expected
person, time-stamped now under authorities the agency trusts, is no result.
"""

import asyncio
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature, async_validate_pdf_signature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from backend.certificates.revocation import Evidence
from backend.signing.bsre.additions import NotThisFileError, only_signature
from backend.signing.bsre.persons import is_person

SKEW = timedelta(minutes=10)
"""Between clocks here and there; almost six minutes were seen."""
_USAGE = KeyUsageConstraints(
    key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False
)
NO_EVIDENCE = Evidence((), (), ())


@dataclass(frozen=True)
class Anchors:
    """Roots (DER) whose word is taken for signers and for time stamps."""

    signing: tuple[bytes, ...]
    stamping: tuple[bytes, ...]


@dataclass(frozen=True)
class Expected:
    sent: bytes
    """What was given to the service; the result begins with it."""
    nik: str
    name: str
    since: datetime
    """The time stamp lies between these two, clocks' differences aside."""
    until: datetime
    anchors: Anchors
    page: int | None
    """Where the visible signature stands, from 1; None for an invisible one."""
    rect: tuple[float, float, float, float] | None
    """Left, bottom, right and top on that page; None where the service finds the place itself."""


@dataclass(frozen=True)
class Result:
    field: str
    signed_at: datetime
    """The signature time stamp's genTime."""
    certificate: bytes
    """DER of the signer's."""
    known: tuple[bytes, ...]
    """Every certificate that came with signature and time stamp, DER."""


class WrongResultError(Exception):
    """The file is not what was asked for. `reason` is one of the words of this module."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def check(data: bytes, expected: Expected, evidence: Evidence = NO_EVIDENCE) -> Result:
    """What a file that passes says. With `evidence`, nothing in it may be revoked, either.

    Raises WrongResultError.
    """
    if not data:
        raise WrongResultError("zero-bytes")
    if not data.startswith(b"%PDF"):
        raise WrongResultError("not-a-pdf")
    if not data.startswith(expected.sent):
        raise WrongResultError("other-file")
    try:
        field = only_signature(expected.sent, data, expected.page, expected.rect)
        signature = _embedded(data, field)
        return _check_signature(signature, field, expected, evidence)
    except (WrongResultError, NotThisFileError) as error:
        raise WrongResultError(error.reason) from error
    except Exception as error:
        raise WrongResultError("unreadable") from error


def _embedded(data: bytes, field: str) -> EmbeddedPdfSignature:
    reader = PdfFileReader(io.BytesIO(data))
    found: EmbeddedPdfSignature = next(
        s for s in reader.embedded_regular_signatures if s.field_name == field
    )
    return found


def _check_signature(
    signature: EmbeddedPdfSignature, field: str, expected: Expected, evidence: Evidence
) -> Result:
    if str(signature.sig_object.get("/SubFilter")) != "/ETSI.CAdES.detached":
        raise WrongResultError("not-pades")
    certificate = signature.signer_cert.dump()
    known = [certificate, *(c.dump() for c in signature.other_embedded_certs)]
    stamp = _stamp(signature)
    signed_at: datetime = stamp["encap_content_info"]["content"].parsed["gen_time"].native
    stampers = [choice.chosen.dump() for choice in stamp["certificates"]]
    everything = [*known, *stampers, *evidence.certificates]
    status = asyncio.run(
        async_validate_pdf_signature(
            signature,
            signer_validation_context=_context(
                expected.anchors.signing, everything, signed_at, evidence
            ),
            ts_validation_context=_context(
                expected.anchors.stamping, everything, signed_at, evidence
            ),
            key_usage_settings=_USAGE,
            skip_diff=True,
        )
    )
    _check_status(status)
    if not expected.since - SKEW <= signed_at <= expected.until + SKEW:
        raise WrongResultError("other-time")
    if not is_person(certificate, expected.nik, expected.name):
        raise WrongResultError("other-signer")
    return Result(
        field, signed_at.astimezone(UTC), certificate, tuple(dict.fromkeys([*known, *stampers]))
    )


def _stamp(signature: EmbeddedPdfSignature) -> Any:
    for attribute in signature.signer_info["unsigned_attrs"]:
        if attribute["type"].native == "signature_time_stamp_token":
            return attribute["values"][0]["content"]
    raise WrongResultError("no-time-stamp")


def _check_status(status: PdfSignatureStatus) -> None:
    if not (status.intact and status.valid):
        raise WrongResultError("broken-signature")
    if status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        raise WrongResultError("bytes-after-signature")
    if status.revoked:
        raise WrongResultError("revoked")
    if not status.trusted:
        raise WrongResultError("untrusted-signer")
    stamp = status.timestamp_validity
    if stamp is None or not (stamp.intact and stamp.valid and stamp.trusted):
        raise WrongResultError("untrusted-time-stamp")


def _context(
    roots: Sequence[bytes], others: Sequence[bytes], at: datetime, evidence: Evidence
) -> ValidationContext:
    """Trusts these roots alone and fetches nothing. Evidence was made after `at`, and counts."""
    return ValidationContext(
        trust_roots=list(_certificates(roots)),
        other_certs=list(_certificates(others)),
        moment=at,
        allow_fetching=False,
        ocsps=list(evidence.ocsps),
        crls=list(evidence.crls),
        revocation_mode="soft-fail" if evidence is NO_EVIDENCE else "hard-fail",
        retroactive_revinfo=True,
    )


def _certificates(ders: Sequence[bytes]) -> Iterator[x509.Certificate]:
    return (x509.Certificate.load(der) for der in ders)
