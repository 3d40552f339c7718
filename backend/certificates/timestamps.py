"""The port to a time-stamping authority, with the embedded one and one behind a URL."""

import secrets
from functools import cached_property
from typing import Protocol

import requests
from asn1crypto import tsp

from backend.certificates.issuer import IssuingKey
from backend.certificates.problems import TIME_STAMP_UNAVAILABLE

CONNECT_SECONDS = 5
READ_SECONDS = 15
MAX_TOKEN_BYTES = 64 * 1024


class TimeStamper(Protocol):
    """Proves that a digest existed at a time (RFC 3161)."""

    @property
    def token_size(self) -> int:
        """The most bytes that its tokens take."""
        ...

    def stamp(self, digest: bytes, algorithm: str = "sha256") -> bytes:
        """A time-stamp token (CMS ContentInfo, DER) over a digest.

        Call it with no transaction open: it may wait for a network.
        Raises TIME_STAMP_UNAVAILABLE when no proper token came.
        """
        ...


class EmbeddedTimeStamper:
    """The installation's own unit, with no HTTP between."""

    def __init__(self, issuer: IssuingKey) -> None:
        self._issuer = issuer

    @cached_property
    def token_size(self) -> int:
        """A sample, and what an ECDSA signature, a serial number and a nonce may differ by."""
        return len(self.stamp(bytes(32))) + 32

    def stamp(self, digest: bytes, algorithm: str = "sha256") -> bytes:
        request = _request(digest, algorithm)
        return _token(request, self._issuer.timestamp(request.dump()))


class HttpTimeStamper:
    """An authority behind a URL, asked as RFC 3161 §3.4 says. No redirect is followed."""

    token_size = 8 * 1024
    """Three certificates of the usual size and an RSA-4096 signature."""

    def __init__(self, url: str) -> None:
        self._url = url

    def stamp(self, digest: bytes, algorithm: str = "sha256") -> bytes:
        request = _request(digest, algorithm)
        try:
            with requests.post(
                self._url,
                data=request.dump(),
                headers={
                    "Content-Type": "application/timestamp-query",
                    "Accept": "application/timestamp-reply",
                },
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response:
                body = response.raw.read(MAX_TOKEN_BYTES, decode_content=True)
                status = response.status_code
        except (requests.RequestException, OSError) as error:
            raise TIME_STAMP_UNAVAILABLE() from error
        if status != requests.codes.ok:
            raise TIME_STAMP_UNAVAILABLE()
        return _token(request, body)


def _request(digest: bytes, algorithm: str) -> tsp.TimeStampReq:
    return tsp.TimeStampReq(
        {
            "version": 1,
            "message_imprint": {
                "hash_algorithm": {"algorithm": algorithm},
                "hashed_message": digest,
            },
            "nonce": secrets.randbits(63),
            "cert_req": True,
        }
    )


def _token(request: tsp.TimeStampReq, response: bytes) -> bytes:
    """The token, once it answers this very request. Its signature is checked with the file's."""
    try:
        answer = tsp.TimeStampResp.load(response, strict=True)
        if answer["status"]["status"].native not in {"granted", "granted_with_mods"}:
            raise TIME_STAMP_UNAVAILABLE()
        token = answer["time_stamp_token"]
        info = token["content"]["encap_content_info"]["content"].parsed
        expected = request["message_imprint"].native == info["message_imprint"].native
        fresh = request["nonce"].native == info["nonce"].native
        der: bytes = token.dump()
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise TIME_STAMP_UNAVAILABLE() from error
    if not (expected and fresh):
        raise TIME_STAMP_UNAVAILABLE()
    return der
