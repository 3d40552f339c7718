"""Signing as the service does: a field of its own, PAdES B-T, nothing for the long term."""

import asyncio
import io
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import pikepdf
from asn1crypto import keys, tsp, x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from PIL import Image
from pyhanko.pdf_utils import generic, images, layout
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from backend.certificates.kinds import AuthorityKind
from tests.factories.pki import Pki, Signer
from tests.fakes.bsre.house import Fault, House
from tests.fakes.bsre.pages import shown

SKEW = timedelta(minutes=6)


@dataclass(frozen=True)
class Wanted:
    """One signature as asked for. `box`: left, bottom, right, top on the page, as PDF counts."""

    page: int = 1
    box: tuple[float, float, float, float] | None = None
    """None: invisible."""
    picture: bytes | None = None
    upright: bool = True
    """On a turned page the picture is turned, too, so that people see it upright."""
    reason: str | None = None
    location: str | None = None


class _Stamper(TimeStamper):
    """The throw-away authority's own time-stamping unit."""

    def __init__(self, pki: Pki) -> None:
        super().__init__()
        self._pki = pki

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return tsp.TimeStampResp.load(self._pki.issuer.timestamp(req.dump()))


def sign(house: House, signer: Signer, data: bytes, wanted: Wanted, fault: Fault | None) -> bytes:
    """The signed file. Raises what pyHanko raises for what is no PDF."""
    if fault is Fault.NO_PREFIX:
        data = _rewritten(data)
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    if fault is Fault.DRAWN_OVER:
        _draw_over(writer)
    turn = shown(data, wanted.page).rotate if wanted.upright and wanted.picture else 0
    maker = _maker(house.pki, signer, wanted, fault, turn)
    now = house.clock.now()
    at = now - SKEW if fault is Fault.SKEWED else now
    signed = asyncio.run(_signed(maker, writer, at))
    return tampered(signed) if fault is Fault.TAMPERED else signed


def tampered(signed: bytes) -> bytes:
    """With one byte changed after signing."""
    changed = bytearray(signed)
    changed[changed.rindex(b"/Reason") + 1] ^= 1
    return bytes(changed)


def _maker(
    pki: Pki, signer: Signer, wanted: Wanted, fault: Fault | None, turn: int
) -> signers.PdfSigner:
    key = signer.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    chain = [x509.Certificate.load(pki.der(AuthorityKind.ISSUING))]
    box = wanted.box
    if fault is Fault.ELSEWHERE and box is not None:
        box = (box[0] - 30, box[1] + 90, box[2] - 30, box[3] + 90)
    field = f"sig_{secrets.token_hex(6)}"
    return signers.PdfSigner(
        signers.PdfSignatureMetadata(
            field_name=field,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            reason=wanted.reason or "Dokumen ditandatangani secara elektronik",
            location=wanted.location,
        ),
        signers.SimpleSigner(
            signing_cert=x509.Certificate.load(signer.der),
            signing_key=keys.PrivateKeyInfo.load(key),
            cert_registry=SimpleCertificateStore.from_certs(chain),
        ),
        timestamper=None if fault is Fault.NO_STAMP else _Stamper(pki),
        stamp_style=_style(wanted.picture, turn),
        new_field_spec=SigFieldSpec(
            field, on_page=wanted.page - 1, box=tuple(round(v) for v in box) if box else None
        ),
    )


async def _signed(
    maker: signers.PdfSigner, writer: IncrementalPdfFileWriter, at: datetime
) -> bytes:
    """As `PdfSigner.sign_pdf` does, at a time of our choosing."""
    session = maker.init_signing_session(writer)
    session.system_time = at
    document = session.prepare_tbs_document(validation_info=None, bytes_reserved=16384)
    prepared, out = document.digest_tbs_document()
    done = await document.perform_signature(
        prepared.document_digest, PdfCMSSignedAttributes(signing_time=at)
    )
    await done.post_signature_processing(out)
    return bytes(out.getbuffer())


def _style(picture: bytes | None, turn: int) -> StaticStampStyle | None:
    if picture is None:
        return None
    drawn = images.PdfImage(
        Image.open(io.BytesIO(picture)).convert("RGB").rotate(turn, expand=True)
    )
    whole = layout.SimpleBoxLayoutRule(
        x_align=layout.AxisAlignment.ALIGN_MID,
        y_align=layout.AxisAlignment.ALIGN_MID,
        inner_content_scaling=layout.InnerScaling.STRETCH_FILL,
    )
    return StaticStampStyle(
        background=drawn, background_layout=whole, background_opacity=1, border_width=0
    )


def _rewritten(data: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(out)
    return out.getvalue()


def _draw_over(writer: IncrementalPdfFileWriter) -> None:
    """Somebody's other words, under the same signature."""
    page, _ = writer.find_page_for_modification(0)
    words = generic.StreamObject(stream_data=b"BT /F1 11 Tf 60 500 Td (Rp 900.000.000) Tj ET")
    page.get_object()["/Contents"] = generic.ArrayObject([writer.add_object(words)])
    writer.update_container(page.get_object())
