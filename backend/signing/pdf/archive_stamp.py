"""A document time stamp over a whole file, with the evidence that it is to preserve (B-LTA).

ETSI EN 319 142-1 §5.4.2, §5.4.3: first what proves the signatures and the time stamps so far, in a
revision of its own, then the time stamp over everything.
"""

import io
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import crl, ocsp, x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509 import Certificate, load_der_x509_certificate
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter

from backend.certificates import messages
from backend.certificates.revocation import Evidence, RevocationSource
from backend.certificates.timestamps import TimeStamper
from backend.signing.pdf.placeholder import open_revision


@dataclass(frozen=True)
class Archived:
    """A file with one more document time stamp."""

    data: bytes
    field: str
    stamped_at: datetime
    valid_until: datetime
    """The end of the time-stamping certificate."""
    algorithm: str
    """Of that certificate's key, such as «ecdsa-256»."""


def unproven(data: bytes) -> list[bytes]:
    """The certificates (DER) whose standing nothing in the file proves once and for all.

    Those of the newest document time stamp; without one, everything that signed or stamped.
    """
    reader = PdfFileReader(io.BytesIO(data))
    stamps = reader.embedded_timestamp_signatures
    found: dict[bytes, None] = {}
    for signature in stamps[-1:] or reader.embedded_regular_signatures:
        tokens = extract_tst_data_iter(signature.signer_info, signed=False)
        for signed in (signature.signed_data, *tokens):
            found |= {choice.chosen.dump(): None for choice in signed["certificates"]}
    return list(found)


def add(data: bytes, stamper: TimeStamper, revocation: RevocationSource) -> Archived:
    """The file with fresh evidence of what was unproven, then stamped.

    Call it with no transaction open. Raises TIME_STAMP_UNAVAILABLE or FOREIGN_CERTIFICATE.
    """
    wanted = unproven(data)
    proven = _with_evidence(data, Evidence(tuple(wanted), (), ()) + revocation.evidence(wanted))
    field = f"StempelArsip{len(PdfFileReader(io.BytesIO(data)).embedded_timestamp_signatures) + 1}"
    steps = PdfCMSEmbedder().write_cms(field_name=field, writer=open_revision(proven))
    next(steps)
    steps.send(SigObjSetup(DocumentTimestamp(bytes_reserved=2 * stamper.token_size)))
    prepared, out = steps.send(SigIOSetup(md_algorithm="sha256", in_place=True))
    token = stamper.stamp(prepared.document_digest)
    steps.send(token)
    stamp = messages.token(token)
    unit = _unit_of(stamp.signed)
    return Archived(
        data=out.getvalue(),
        field=field,
        stamped_at=stamp.info.time.as_datetime(),
        valid_until=unit.not_valid_after_utc,
        algorithm=_key_name(unit),
    )


def _unit_of(signed: messages.SignedData) -> Certificate:
    """The certificate that the token names as its signer's."""
    named = signed.signers.as_list()[0].signer.parse(messages.IssuerAndSerial)
    carried = (load_der_x509_certificate(messages.raw(c)) for c in signed.certificates or ())
    return next(c for c in carried if c.serial_number == named.serial)


def _key_name(certificate: Certificate) -> str:
    """A key's kind and size."""
    key = certificate.public_key()
    kind = "rsa" if isinstance(key, rsa.RSAPublicKey) else "ecdsa"
    return f"{kind}-{getattr(key, 'key_size', 0)}"


def _with_evidence(data: bytes, evidence: Evidence) -> bytes:
    writer = open_revision(data)
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,
        certs=[x509.Certificate.load(der) for der in evidence.certificates],
        ocsps=[ocsp.OCSPResponse.load(der) for der in evidence.ocsps],
        crls=[crl.CertificateList.load(der) for der in evidence.crls],
    )
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
