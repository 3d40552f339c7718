"""The service's files end at level B-T: what proves them later is added here."""

import io
from collections.abc import Sequence

from asn1crypto import crl, ocsp, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.validation.dss import DocumentSecurityStore

from backend.certificates.revocation import Evidence


def with_evidence(data: bytes, known: Sequence[bytes], evidence: Evidence) -> bytes:
    """The file with a document security store as a further revision (EN 319 142-1 §5.4.2).

    `known`: the certificates of signer and time stamp, DER.
    """
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,
        certs=[x509.Certificate.load(der) for der in (*known, *evidence.certificates)],
        ocsps=[ocsp.OCSPResponse.load(der) for der in evidence.ocsps],
        crls=[crl.CertificateList.load(der) for der in evidence.crls],
    )
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
