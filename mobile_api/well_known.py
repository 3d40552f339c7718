"""What anyone needs to check a claim on paper without asking us about it (RFC 8615).

The addresses are for ever. Everyone may fetch them, from anywhere, as often as they like.
"""

import base64
import hashlib
import json

import cbor2
from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from backend.certificates import claim_keys
from backend.certificates.cose import PublicKey
from backend.certificates.status_list import MEDIA_TYPE
from backend.verification import status
from mobile_api.access import public
from mobile_api.context import current_services, current_work

well_known = Blueprint("well_known", __name__, url_prefix="/.well-known")


@well_known.get("/jwks.json")
@public
def jwks() -> BaseResponse:
    """Every key that ever signed claims, as a JWK Set (RFC 7517)."""
    keys = [_jwk(key) for key in claim_keys.published(current_work().session)]
    body = json.dumps({"keys": keys}, separators=(",", ":")).encode()
    return open_to_all(body, "application/jwk-set+json", "public, max-age=3600")


@well_known.get("/cose-keys")
@public
def cose_keys() -> BaseResponse:
    """The same as a COSE_KeySet (RFC 9052 §7)."""
    keys = [key.cose for key in claim_keys.published(current_work().session)]
    body = cbor2.dumps(keys, canonical=True)
    return open_to_all(body, "application/cose-key-set", "public, max-age=3600")


@well_known.get("/status/1")
@public
def status_list() -> BaseResponse:
    """What became of every paper with a claim (draft-ietf-oauth-status-list, CWT)."""
    found = status.published(current_work(), issuer=current_services().issuer)
    return open_to_all(found.message, MEDIA_TYPE, "public, max-age=60")


def open_to_all(body: bytes, media_type: str, caching: str) -> BaseResponse:
    """Readable by pages of any origin, and answered with 304 where it is known."""
    response = Response(body, content_type=media_type)
    response.headers["Cache-Control"] = caching
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    return response.make_conditional(request)


def _jwk(key: PublicKey) -> dict[str, str]:
    return {
        "kty": "EC",
        "crv": "P-256",
        "x": _text(key.x),
        "y": _text(key.y),
        "kid": _text(key.kid),
        "alg": "ES256",
        "use": "sig",
    }


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
