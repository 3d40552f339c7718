"""A time-stamping unit (RFC 3161, with ESSCertIDv2 of RFC 5816): request bytes in, answer out."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from backend.certificates.profiles import Signing, der

POLICY = "2.25.9609671569492535268898422021153258742"
"""Our own policy (a UUID arc): a time from this server's clock, to the second, nothing more."""
ACCURACY_SECONDS = 1
DIGEST_SIZES = {"sha256": 32, "sha384": 48, "sha512": 64}


class _Rejection(core.Sequence):  # type: ignore[misc]
    """A TimeStampResp without a token, which RFC 3161 §2.4.2 makes optional and asn1crypto not."""

    _fields = [("status", tsp.PKIStatusInfo)]  # noqa: RUF012 (asn1crypto completes it in place)


class _RefusedError(Exception):
    def __init__(self, failure: str, text: str) -> None:
        super().__init__(text)
        self.failure, self.text = failure, text


def answer(
    request: bytes,
    unit: Signing,
    chain: Sequence[x509.Certificate],
    now: datetime,
) -> bytes:
    """A TimeStampResp, DER; a refusal is one too. `chain`: issuers to send along."""
    try:
        wanted = _understood(request)
    except _RefusedError as refused:
        return _refusal(refused)
    certificates = [asn1_x509.Certificate.load(der(c)) for c in (unit.certificate, *chain)]
    info = _token_info(wanted, certificates[0], now)
    token = _signed(info, unit.key, certificates, attach=bool(wanted["cert_req"].native))
    response: bytes = tsp.TimeStampResp(
        {"status": {"status": "granted"}, "time_stamp_token": token}
    ).dump()
    return response


def _understood(request: bytes) -> tsp.TimeStampReq:
    try:
        wanted = tsp.TimeStampReq.load(request, strict=True)
        version = wanted["version"].native
        imprint = wanted["message_imprint"]
        algorithm = imprint["hash_algorithm"]["algorithm"].native
        size = len(imprint["hashed_message"].native)
        policy, extensions = wanted["req_policy"].native, wanted["extensions"].native
        _ = wanted["nonce"].native, wanted["cert_req"].native  # parsed only when read
    except (ValueError, TypeError, KeyError) as error:
        raise _RefusedError("bad_data_format", "not a time-stamp request") from error
    if version != "v1":
        raise _RefusedError("bad_request", "version must be 1")
    if algorithm not in DIGEST_SIZES:
        raise _RefusedError("bad_alg", "use SHA-256, SHA-384 or SHA-512")
    if size != DIGEST_SIZES[algorithm]:
        raise _RefusedError("bad_data_format", "the digest's length does not fit its algorithm")
    if policy not in {None, POLICY}:
        raise _RefusedError("unaccepted_policy", "unknown policy")
    if extensions:
        raise _RefusedError("unaccepted_extension", "no extension is supported")
    return wanted


def _refusal(refused: _RefusedError) -> bytes:
    status = {
        "status": "rejection",
        "status_string": [refused.text],
        "fail_info": {refused.failure},
    }
    response: bytes = _Rejection({"status": status}).dump()
    return response


def _token_info(wanted: tsp.TimeStampReq, unit: asn1_x509.Certificate, now: datetime) -> bytes:
    fields = {
        "version": "v1",
        "policy": POLICY,
        "message_imprint": wanted["message_imprint"],
        "serial_number": secrets.randbits(128),
        "gen_time": now.replace(microsecond=0),
        "accuracy": {"seconds": ACCURACY_SECONDS},
        "tsa": asn1_x509.GeneralName("directory_name", unit.subject),
    }
    if wanted["nonce"].native is not None:
        fields["nonce"] = wanted["nonce"]
    info: bytes = tsp.TSTInfo(fields).dump()
    return info


def _signed(
    info: bytes,
    key: ec.EllipticCurvePrivateKey,
    certificates: list[asn1_x509.Certificate],
    *,
    attach: bool,
) -> cms.ContentInfo:
    unit = certificates[0]
    digest_algorithm = algos.DigestAlgorithm({"algorithm": "sha256"})
    attributes = cms.CMSAttributes(
        [
            _attribute("content_type", "tst_info"),
            _attribute("message_digest", hashlib.sha256(info).digest()),
            _attribute("signing_certificate_v2", _identifies(unit)),
        ]
    ).dump()
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {
                    "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                        {"issuer": unit.issuer, "serial_number": unit.serial_number}
                    )
                }
            ),
            "digest_algorithm": digest_algorithm,
            "signature_algorithm": {"algorithm": "sha256_ecdsa"},
            "signed_attrs": cms.CMSAttributes.load(attributes),
            "signature": key.sign(attributes, ec.ECDSA(SHA256())),
        }
    )
    content = {
        "version": "v3",
        "digest_algorithms": [digest_algorithm],
        "encap_content_info": {
            "content_type": "tst_info",
            "content": core.ParsableOctetString(info),
        },
        "signer_infos": [cms.SignerInfo.load(signer.dump())],
    }
    if attach:
        content["certificates"] = certificates
    # Parts are encoded once each: asn1crypto encodes a nested value anew at every level above it.
    signed = cms.SignedData.load(cms.SignedData(content).dump())
    return cms.ContentInfo({"content_type": "signed_data", "content": signed})


def _attribute(kind: str, value: object) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": kind, "values": (value,)})


def _identifies(unit: asn1_x509.Certificate) -> tsp.SigningCertificateV2:
    """ESSCertIDv2 with its default digest, SHA-256 (RFC 5035 §4)."""
    identifier = tsp.SigningCertificateV2(
        {
            "certs": [
                {
                    "cert_hash": hashlib.sha256(unit.dump()).digest(),
                    "issuer_serial": {
                        "issuer": [asn1_x509.GeneralName("directory_name", unit.issuer)],
                        "serial_number": unit.serial_number,
                    },
                }
            ]
        }
    )
    return tsp.SigningCertificateV2.load(identifier.dump())
