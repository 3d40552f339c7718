"""Three programs that judge signed files, none of them ours: pyHanko, poppler's pdfsig, qpdf."""

import asyncio
import re
import subprocess
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
from pyhanko.sign.validation.ades import ades_lta_validation, ades_with_time_validation
from pyhanko.sign.validation.dss import DocumentSecurityStore
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


@dataclass(frozen=True)
class Verdict:
    """What a judge says of one signature."""

    field: str
    intact: bool
    trusted: bool
    detail: str = ""


def pyhanko(data: bytes, root: x509.Certificate) -> list[Verdict]:
    """PAdES-LT validation of every signature, trusting this root, with no network."""
    anchor = asn1_x509.Certificate.load(root.public_bytes(Encoding.DER))
    return asyncio.run(_pyhanko(data, anchor))


def pyhanko_lta(data: bytes, root: x509.Certificate, fresh: Evidence) -> list[str]:
    """What pyHanko's long-term validation (EN 319 102-1 §5.6.3) says of each signature today.

    `fresh`: what is known of the newest time stamp's certificate, for no network is used.
    """
    anchor = asn1_x509.Certificate.load(root.public_bytes(Encoding.DER))
    return asyncio.run(_pyhanko_lta(data, anchor, fresh))


async def _pyhanko_lta(data: bytes, anchor: asn1_x509.Certificate, fresh: Evidence) -> list[str]:
    reader = PdfFileReader(BytesIO(data))
    known = _from_dss(reader)
    known.known_crls.extend(CRLContainer(CertificateList.load(c)) for c in fresh.crls)
    for answer in fresh.ocsps:
        known.known_ocsps.extend(OCSPContainer.load_multi(OCSPResponse.load(answer)))
    spec = PdfSignatureValidationSpec(_offline(anchor, known))
    found = []
    for signature in reader.embedded_regular_signatures:
        result = await ades_lta_validation(signature, spec)
        found.append(str(result.ades_subindic))
    return found


def _offline(anchor: asn1_x509.Certificate, known: LocalKnowledge) -> SignatureValidationSpec:
    policy = CertValidationPolicySpec(
        SimpleTrustManager.build([anchor]), CertRevTrustPolicy(REQUIRE_REVINFO)
    )
    offline = RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY)
    return SignatureValidationSpec(policy, offline, local_knowledge=known)


def _from_dss(reader: PdfFileReader) -> LocalKnowledge:
    store = DocumentSecurityStore.read_dss(reader)
    return LocalKnowledge(
        known_certs=list(store.load_certs()),
        known_crls=[
            CRLContainer(CertificateList.load(ref.get_object().data)) for ref in store.crls
        ],
        known_ocsps=[
            container
            for ref in store.ocsps
            for container in OCSPContainer.load_multi(OCSPResponse.load(ref.get_object().data))
        ],
    )


async def _pyhanko(data: bytes, anchor: asn1_x509.Certificate) -> list[Verdict]:
    reader = PdfFileReader(BytesIO(data))
    spec = _offline(anchor, _from_dss(reader))
    verdicts = []
    for signature in reader.embedded_regular_signatures:
        signature.compute_integrity_info()
        result = await ades_with_time_validation(
            signature.signed_data,
            spec,
            timing_info=ValidationTimingInfo.now(),
            raw_digest=signature.compute_digest(),
            extra_status_kwargs=signature.summarise_integrity_info(),
            status_cls=PdfSignatureStatus,
        )
        status = result.api_status
        verdicts.append(
            Verdict(
                field=signature.field_name,
                intact=bool(status and status.intact and status.valid and status.docmdp_ok),
                trusted=result.ades_subindic is AdESPassed.OK
                and bool(status and status.bottom_line),
                detail=f"{result.ades_subindic} {result.failure_msg}",
            )
        )
    return verdicts


def trust_in_nss(folder: Path, root: x509.Certificate, *others: x509.Certificate) -> Path:
    """An NSS database that trusts the root, as pdfsig reads it."""
    folder.mkdir(parents=True)
    _run("certutil", "-N", "-d", str(folder), "--empty-password")
    for index, certificate in enumerate((root, *others)):
        pem = folder / f"{index}.pem"
        pem.write_bytes(certificate.public_bytes(Encoding.PEM))
        trust = "CT,C,C" if index == 0 else ",,"
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
