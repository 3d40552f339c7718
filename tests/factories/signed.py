"""PDF files signed with pyHanko directly, of every level, for the judge's tests."""

import asyncio
import io
from datetime import datetime
from typing import Any

from asn1crypto import keys, x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.pdf_cms import SimpleSigner
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko.stamp import TextStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.factories.authorities import Holder, House
from tests.factories.pdfs import make_pdf

BOXES = [(60, 120, 250, 200), (320, 120, 510, 200), (60, 220, 250, 300)]
"""Below the letter's text, where nothing stands."""


def signer_of(holder: Holder) -> SimpleSigner:
    store = SimpleCertificateStore()
    store.register_multiple([_asn1(c) for c in holder.chain])
    return SimpleSigner(_asn1(holder.certificate), _key(holder.key), store)


def stamper_of(holder: Holder, at: datetime) -> DummyTimeStamper:
    store = SimpleCertificateStore()
    store.register_multiple([_asn1(c) for c in holder.chain])
    return DummyTimeStamper(
        _asn1(holder.certificate), _key(holder.key), certs_to_embed=store, fixed_dt=at
    )


def prepared(count: int = 1, base: bytes | None = None, **pdf: Any) -> bytes:
    """A letter with `count` visible, empty signature fields `ttd1` …"""
    base = base or make_pdf(**pdf)
    writer = IncrementalPdfFileWriter(io.BytesIO(base))
    for index in range(count):
        spec = fields.SigFieldSpec(f"ttd{index + 1}", box=BOXES[index])
        fields.append_signature_field(writer, spec)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def sign(
    data: bytes,
    holder: Holder,
    *,
    field: str = "ttd1",
    house: House | None = None,
    stamp: DummyTimeStamper | None = None,
    crls: list[bytes] | None = None,
    archive: bool = False,
    certify: int | None = None,
    pades: bool = True,
    box: tuple[int, int, int, int] | None = None,
    digest: str = "sha256",
    signer: signers.Signer | None = None,
    reason: str | None = None,
    opaque: bool = False,
    strict: bool = True,
) -> bytes:
    """Signs once. `crls` (with `house`) makes it long-term, `archive` adds a document time stamp."""
    options: dict[str, Any] = {}
    if crls is not None and house is not None:
        options = {
            "embed_validation_info": True,
            "validation_context": _context(house, crls, house.now),
            "use_pades_lta": archive,
        }
    if certify is not None:
        options |= {"certify": True, "docmdp_permissions": fields.MDPPerm(certify)}
    metadata = signers.PdfSignatureMetadata(
        field_name=field,
        md_algorithm=digest,
        subfilter=fields.SigSeedSubFilter.PADES
        if pades
        else fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED,
        reason=reason,
        **options,
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(data), strict=strict)
    spec = fields.SigFieldSpec(field, box=box) if box else None
    style = TextStampStyle(
        stamp_text="Ditandatangani\n%(signer)s", background_opacity=1.0 if opaque else 0.6
    )
    out = io.BytesIO()
    signing = signers.PdfSigner(
        metadata,
        signer or signer_of(holder),
        timestamper=stamp,
        new_field_spec=spec,
        stamp_style=style,
    )
    asyncio.run(signing.async_sign_pdf(writer, output=out, existing_fields_only=box is None))
    return out.getvalue()


def archive_stamp(data: bytes, stamper: DummyTimeStamper, house: House, crls: list[bytes]) -> bytes:
    """Adds a document time stamp, as an archive does years later."""
    out = io.BytesIO()
    context = _context(house, crls, house.now)
    signers.PdfTimeStamper(stamper).timestamp_pdf(
        IncrementalPdfFileWriter(io.BytesIO(data)), "sha256", context, output=out
    )
    return out.getvalue()


def _context(house: House, crls: list[bytes], now: datetime) -> ValidationContext:
    return ValidationContext(
        trust_roots=[_asn1(house.root.certificate)],
        other_certs=[_asn1(house.issuing.certificate)],
        crls=crls,
        moment=now,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )


def _asn1(certificate: Any) -> x509.Certificate:
    return x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _key(key: Any) -> keys.PrivateKeyInfo:
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return keys.PrivateKeyInfo.load(der)
