"""Signing as pyHanko's documentation shows it: the yardstick beside which our engine is measured.

SimpleSigner, PdfSigner, a QR stamp, PAdES with a validation context (docs.pyhanko.eu, «Signing
functionality»). Signer, time stamper and context are made once and kept, which favours pyHanko.
"""

import io
from pathlib import Path
from typing import Any

from asn1crypto import crl, ocsp, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers, timestamps
from pyhanko.stamp import QRStampStyle
from pyhanko_certvalidator import ValidationContext

from backend.certificates.kinds import AuthorityKind
from tests.factories.pki import Pki, Signer


class EmbeddedUnit(timestamps.TimeStamper):  # type: ignore[misc]
    """The same embedded time-stamping unit that our engine asks, in the same process."""

    def __init__(self, pki: Pki) -> None:
        super().__init__()
        self._pki = pki

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return tsp.TimeStampResp.load(self._pki.issuer.timestamp(req.dump()))


class PlainPyHanko:
    """One signer's documents at a level, each from nothing to finished."""

    def __init__(self, pki: Pki, signer: Signer, level: str, folder: Path) -> None:
        key, certificate, chain = folder / "key.pem", folder / "cert.pem", folder / "chain.pem"
        key.write_bytes(signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        certificate.write_bytes(signer.certificate.public_bytes(Encoding.PEM))
        chain.write_bytes(pki.issuing.public_bytes(Encoding.PEM))
        cms_signer = signers.SimpleSigner.load(
            str(key), str(certificate), ca_chain_files=(str(chain),)
        )
        long_term: dict[str, Any] = {}
        if level == "B-LT":
            evidence = pki.evidence([signer.der, pki.der(AuthorityKind.TSA)])
            context = ValidationContext(
                trust_roots=[asn1_x509.Certificate.load(pki.der(AuthorityKind.ROOT))],
                ocsps=[ocsp.OCSPResponse.load(der) for der in evidence.ocsps],
                crls=[crl.CertificateList.load(der) for der in evidence.crls],
                allow_fetching=False,
                revocation_mode="hard-fail",
            )
            long_term = {"embed_validation_info": True, "validation_context": context}
        self._signer = signers.PdfSigner(
            signers.PdfSignatureMetadata(
                field_name="TandaTangan1",
                subfilter=fields.SigSeedSubFilter.PADES,
                md_algorithm="sha256",
                certify=True,
                docmdp_permissions=fields.MDPPerm.FILL_FORMS,
                **long_term,
            ),
            signer=cms_signer,
            timestamper=None if level == "B-B" else EmbeddedUnit(pki),
            stamp_style=QRStampStyle(stamp_text="Ditandatangani oleh: %(signer)s\n%(ts)s\n%(url)s"),
            new_field_spec=fields.SigFieldSpec("TandaTangan1", on_page=0, box=(40, 120, 216, 244)),
        )

    def sign(self, base: bytes, url: str) -> bytes:
        writer = IncrementalPdfFileWriter(io.BytesIO(base))
        out = self._signer.sign_pdf(writer, appearance_text_params={"url": url})
        return bytes(out.getvalue())
