"""What relying parties fetch: certificates, revocation lists, OCSP (RFC 6960), time (RFC 3161).

The addresses stand in certificates and are for ever. Everyone may ask; nothing here is secret.
"""

import base64
import binascii
from datetime import timedelta
from uuid import UUID

from flask import Blueprint, Response, request

from backend.certificates import revocation
from backend.certificates.models import Authority
from backend.core import limits
from backend.core.errors import INVALID, NOT_FOUND
from mobile_api.access import public
from mobile_api.context import client_address, current_services, current_work

pki = Blueprint("pki", __name__)

LONGEST_REQUEST = 16 * 1024
MINUTE = timedelta(minutes=1)
OCSP_A_MINUTE = 600
STAMPS_A_MINUTE = 120


@pki.get("/pki/<uuid:authority_id>.cer")
@public
def certificate(authority_id: UUID) -> Response:
    """An authority's certificate, DER."""
    row = current_work().session.get(Authority, authority_id)
    if row is None:
        raise NOT_FOUND()
    return _answer(row.certificate, "application/pkix-cert", "public, max-age=86400")


@pki.get("/pki/<uuid:authority_id>.crl")
@public
def crl(authority_id: UUID) -> Response:
    """An authority's newest revocation list, DER."""
    row = revocation.published(current_work().session, authority_id)
    return _answer(row.der, "application/pkix-crl", "public, max-age=300")


@pki.post("/ocsp")
@public
def ocsp_post() -> Response:
    """An OCSP answer to the request in the body."""
    return _ocsp(_body())


@pki.get("/ocsp/<path:encoded>")
@public
def ocsp_get(encoded: str) -> Response:
    """An OCSP answer to the request in the path (RFC 6960 appendix A.1)."""
    try:
        return _ocsp(base64.b64decode(encoded, validate=True))
    except binascii.Error as error:
        raise INVALID() from error


@pki.post("/tsa")
@public
def tsa() -> Response:
    """A time stamp over the request in the body."""
    _limit("tsa", STAMPS_A_MINUTE)
    answer = current_services().issuer.timestamp(_body())
    return _answer(answer, "application/timestamp-reply", "no-store")


def _ocsp(asked: bytes) -> Response:
    _limit("ocsp", OCSP_A_MINUTE)
    work = current_work()
    answer = revocation.answer(work.session, asked, issuer=current_services().issuer)
    return _answer(answer, "application/ocsp-response", "no-cache")


def _limit(name: str, most: int) -> None:
    services = current_services()
    bucket = f"{name}:{limits.host(client_address())}"
    limits.hit(services.sessions, bucket, most, MINUTE, services.clock.now())


def _body() -> bytes:
    if (request.content_length or 0) > LONGEST_REQUEST:
        raise INVALID()
    return request.get_data(cache=False)


def _answer(body: bytes, media_type: str, caching: str) -> Response:
    response = Response(body, content_type=media_type)
    response.headers["Cache-Control"] = caching
    return response
