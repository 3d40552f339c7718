"""What the service says about a signed file when asked to verify it."""

import io
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature


def _signatures(data: bytes) -> list[EmbeddedPdfSignature]:
    return list(PdfFileReader(io.BytesIO(data)).embedded_regular_signatures)


def _name(signature: EmbeddedPdfSignature) -> str:
    return str(signature.signer_cert.subject.native.get("common_name"))


def _stamped(signature: EmbeddedPdfSignature) -> bool:
    unsigned = signature.signer_info["unsigned_attrs"]
    return any(a["type"].native == "signature_time_stamp_token" for a in unsigned)


def details_v1(data: bytes) -> list[dict[str, Any]]:
    return [
        {
            "info_tsa": {"name": "Penanda Waktu Contoh", "tsa_cert_validity": ""},
            "signature_field": one.field_name,
            "info_signer": {
                "issuer_dn": one.signer_cert.issuer.human_friendly,
                "signer_name": _name(one),
                "signer_cert_validity": "",
                "signer_dn": one.signer_cert.subject.human_friendly,
                "cert_user_certified": True,
            },
            "signature_document": {
                "signed_using_tsa": _stamped(one),
                "reason": str(one.sig_object.get("/Reason", "")),
                "document_integrity": True,
                "signature_value": one.signer_info["signature"].native.hex(),
                "signed_in": str(one.sig_object.get("/M", "")),
                "location": str(one.sig_object.get("/Location", "")),
                "hash_value": "",
            },
        }
        for one in _signatures(data)
    ]


def details_v2(data: bytes) -> list[dict[str, Any]]:
    """With the service's own two misspelt names."""
    return [
        {
            "id": one.field_name,
            "signatureFormat": "PAdES-BASELINE-T",
            "signerName": _name(one),
            "signatureDate": str(one.sig_object.get("/M", "")),
            "fieldName": one.field_name,
            "reason": str(one.sig_object.get("/Reason", "")),
            "location": str(one.sig_object.get("/Location", "")),
            "certLevelCode": 0,
            "signatureAlgorithm": one.signer_info["signature_algorithm"]["algorithm"].native,
            "digestAlgorithm": "SHA256",
            "timestampInfomation": {
                "id": "",
                "signerName": "Penanda Waktu Contoh",
                "timestampDate": "",
            },
            "certificateDetails": [
                {
                    "id": "",
                    "commonName": _name(one),
                    "issuerName": one.signer_cert.issuer.human_friendly,
                    "serialNumber": str(one.signer_cert.serial_number),
                    "notAfterDate": "",
                    "notBeforeDate": "",
                    "signatureAlgoritm": "",
                    "keyUsages": [],
                }
            ],
            "integrityValid": True,
            "certificateTrusted": True,
            "lastSignature": True,
            "ltv": False,
        }
        for one in _signatures(data)
    ]
