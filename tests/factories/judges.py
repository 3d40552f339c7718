"""Three programs that judge signed files, none of them ours: pyHanko, poppler's pdfsig, qpdf."""

import asyncio
import contextlib
import re
import subprocess
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from asn1crypto import x509 as asn1_x509
from asn1crypto.crl import CertificateList
from asn1crypto.ocsp import OCSPResponse
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation.ades import (
    AdESWithTimeValidationResult,
    ades_lta_validation,
    ades_with_time_validation,
)
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator.context import CertValidationPolicySpec, ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer, OCSPContainer

from backend.certificates.revocation import Evidence

_Judge = Callable[
    [EmbeddedPdfSignature, SignatureValidationSpec], Awaitable[AdESWithTimeValidationResult]
]


@dataclass(frozen=True)
class Verdict:
    """What a judge says of one signature."""

    field: str
    intact: bool
    trusted: bool
    detail: str = ""


NOTHING = Evidence((), (), ())


def pyhanko(data: bytes, *roots: x509.Certificate, known: Evidence = NOTHING) -> list[Verdict]:
    """PAdES validation of every signature with its time (EN 319 102-1 §5.5), trusting these roots.

    There is no network: what proves that nothing was revoked lies in the file (B-LT), or is `known`.
    """
    return asyncio.run(_pyhanko(data, roots, known, _with_time))


def pyhanko_lta(data: bytes, *roots: x509.Certificate, known: Evidence = NOTHING) -> list[Verdict]:
    """Long-term validation (EN 319 102-1 §5.6.3): every archive time stamp, then every signature.

    `known`: what can be said today of the newest time stamp's certificate, where the file is older.
    """
    return asyncio.run(_pyhanko(data, roots, known, _long_term))


async def _pyhanko(
    data: bytes, roots: Sequence[x509.Certificate], known: Evidence, judge: _Judge
) -> list[Verdict]:
    reader = PdfFileReader(BytesIO(data))
    spec = _offline(roots, _knowledge(reader, known))
    verdicts = []
    for signature in reader.embedded_regular_signatures:
        signature.compute_integrity_info()
        result = await judge(signature, spec)
        status = result.api_status
        intact = bool(status and status.intact and status.valid and status.docmdp_ok)
        trusted = result.ades_subindic is AdESPassed.OK and bool(status and status.bottom_line)
        detail = f"{result.ades_subindic} {result.failure_msg}"
        verdicts.append(Verdict(signature.field_name, intact, trusted, detail))
    return verdicts


async def _with_time(
    signature: EmbeddedPdfSignature, spec: SignatureValidationSpec
) -> AdESWithTimeValidationResult:
    return await ades_with_time_validation(
        signature.signed_data,
        spec,
        timing_info=ValidationTimingInfo.now(),
        raw_digest=signature.compute_digest(),
        extra_status_kwargs=signature.summarise_integrity_info(),
        status_cls=PdfSignatureStatus,
    )


async def _long_term(
    signature: EmbeddedPdfSignature, spec: SignatureValidationSpec
) -> AdESWithTimeValidationResult:
    result = await ades_lta_validation(signature, PdfSignatureValidationSpec(spec))
    # It goes on without the archive time stamps when one of them does not hold.
    assert result.oldest_evidence_record_timestamp is not None, "the time stamps prove nothing"
    return result


def _offline(roots: Sequence[x509.Certificate], known: LocalKnowledge) -> SignatureValidationSpec:
    anchors = [asn1_x509.Certificate.load(root.public_bytes(Encoding.DER)) for root in roots]
    policy = CertValidationPolicySpec(
        SimpleTrustManager.build(anchors), CertRevTrustPolicy(REQUIRE_REVINFO)
    )
    offline = RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY)
    return SignatureValidationSpec(policy, offline, local_knowledge=known)


def _knowledge(reader: PdfFileReader, known: Evidence) -> LocalKnowledge:
    """What lies in the file's security store, and what is known beside it."""
    certificates = [asn1_x509.Certificate.load(each) for each in known.certificates]
    lists, answers = list(known.crls), list(known.ocsps)
    with contextlib.suppress(NoDSSFoundError):
        store = DocumentSecurityStore.read_dss(reader)
        certificates += store.load_certs()
        lists += [ref.get_object().data for ref in store.crls]
        answers += [ref.get_object().data for ref in store.ocsps]
    return LocalKnowledge(
        known_certs=certificates,
        known_crls=[CRLContainer(CertificateList.load(each)) for each in lists],
        known_ocsps=[
            answer
            for each in answers
            for answer in OCSPContainer.load_multi(OCSPResponse.load(each))
        ],
    )


def trust_in_nss(folder: Path, *certificates: x509.Certificate) -> Path:
    """An NSS database that trusts the roots among these, as pdfsig reads it."""
    folder.mkdir(parents=True)
    _run("certutil", "-N", "-d", str(folder), "--empty-password")
    for index, certificate in enumerate(certificates):
        pem = folder / f"{index}.pem"
        pem.write_bytes(certificate.public_bytes(Encoding.PEM))
        trust = "CT,C,C" if certificate.issuer == certificate.subject else ",,"
        _run("certutil", "-A", "-d", str(folder), "-n", f"c{index}", "-t", trust, "-i", str(pem))
    return folder


def pdfsig(path: Path, nss: Path) -> list[Verdict]:
    """What pdfsig prints; its exit status says nothing (0 on a digest mismatch)."""
    printed = _run("pdfsig", "-no-ocsp", "-nssdir", str(nss), str(path))
    verdicts = []
    for part in re.split(r"^Signature #\d+:$", printed, flags=re.MULTILINE)[1:]:
        facts = dict(re.findall(r"^  - ([^:\n]+): (.*)$", part, flags=re.MULTILINE))
        verdicts.append(
            Verdict(
                field=facts["Signature Field Name"],
                intact=facts.get("Signature Validation") == "Signature is Valid.",
                trusted=facts.get("Certificate Validation") == "Certificate is Trusted.",
                detail=part,
            )
        )
    return verdicts


def qpdf_complains(path: Path) -> str | None:
    """What `qpdf --check` finds wrong; None when nothing."""
    done = subprocess.run(
        ["qpdf", "--check", str(path)], capture_output=True, text=True, check=False
    )
    return None if done.returncode == 0 else done.stdout + done.stderr


def _run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
