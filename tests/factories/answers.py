"""OCSP answers of another year: the library that signs them takes producedAt from the machine."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from asn1crypto.core import ParsableOctetString
from asn1crypto.ocsp import OCSPResponse
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from backend.certificates.profiles import Signing


def redated(make: Callable[..., bytes]) -> Callable[..., bytes]:
    """`status.ocsp_response`, produced at the moment it speaks of."""

    def made(*args: Any, responder: Signing, now: datetime, **facts: Any) -> bytes:
        answer = OCSPResponse.load(make(*args, responder=responder, now=now, **facts))
        basic = answer["response_bytes"]["response"].parsed
        basic["tbs_response_data"]["produced_at"] = now.replace(microsecond=0)
        said = basic["tbs_response_data"].dump(force=True)
        basic["signature"] = responder.key.sign(said, ec.ECDSA(hashes.SHA256()))
        answer["response_bytes"]["response"] = ParsableOctetString(basic.dump(force=True))
        return answer.dump(force=True)

    return made
