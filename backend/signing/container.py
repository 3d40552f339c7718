"""The CMS container of a PAdES signature (RFC 5652, RFC 5035, ETSI EN 319 122-1).

Parts that exist as DER stay DER: asn1crypto encodes a nested value anew at every level above it,
which makes deep values built as objects take seconds, now and then minutes.
"""

import hashlib
from dataclasses import dataclass

from asn1crypto import cms, tsp, x509


@dataclass(frozen=True)
class SignerIdentity:
    """The certificate a signature is made under, and its issuers without the root; DER."""

    certificate: bytes
    chain: tuple[bytes, ...] = ()


def signed_attributes(digest: bytes, certificate: bytes) -> bytes:
    """What the signer's key signs: the DER of the attributes, as a SET.

    There is no signing-time, as PAdES demands (EN 319 142-1 §6.3); /M has the time.
    """
    named = tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(certificate).digest()})
    attributes = cms.CMSAttributes(
        [
            {"type": "content_type", "values": ["data"]},
            {"type": "message_digest", "values": [digest]},
            {"type": "signing_certificate_v2", "values": [{"certs": [named]}]},
        ]
    )
    return bytes(attributes.dump())


def signature_container(
    identity: SignerIdentity, attributes: bytes, value: bytes, token: bytes
) -> bytes:
    """The detached SignedData with the signature value and its time stamp; DER."""
    certificate = x509.Certificate.load(identity.certificate)
    rsa = certificate.public_key.algorithm == "rsa"
    stamp = cms.CMSAttributes(
        [{"type": "signature_time_stamp_token", "values": [cms.ContentInfo.load(token)]}]
    )
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": {
                "issuer_and_serial_number": {
                    "issuer": x509.Name.load(certificate.issuer.dump()),
                    "serial_number": certificate.serial_number,
                }
            },
            "digest_algorithm": {"algorithm": "sha256"},
            "signed_attrs": cms.CMSAttributes.load(attributes),
            "signature_algorithm": {"algorithm": "sha256_rsa" if rsa else "sha256_ecdsa"},
            "signature": value,
            "unsigned_attrs": cms.CMSAttributes.load(stamp.dump()),
        }
    ).dump()
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [{"algorithm": "sha256"}],
            "encap_content_info": {"content_type": "data"},
            "certificates": [
                cms.CertificateChoices(name="certificate", value=x509.Certificate.load(der))
                for der in (identity.certificate, *identity.chain)
            ],
            "signer_infos": [cms.SignerInfo.load(signer)],
        }
    ).dump()
    content = cms.SignedData.load(signed)
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": content}).dump())
