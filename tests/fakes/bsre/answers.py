"""Answers that both versions give."""

import json
from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Response

from tests.fakes.bsre.house import SIGNS, Fault, House, Subscriber
from tests.fakes.bsre.signing import Wanted, sign, tampered

WORDS = {
    "ISSUE": "User memiliki sertifikat aktif",
    "NOT_REGISTERED": "User tidak terdaftar",
    "NO_CERTIFICATE": "User belum memiliki sertifikat",
}

Good = Callable[[list[bytes]], Response]
"""How a version hands signed files over."""


def answer(said: Any, status: int = 200) -> Response:
    return Response(json.dumps(said), status, content_type="application/json")


def refusal(words: str, code: int) -> Response:
    return answer({"error": f"Proses signing gagal : {words} {code}", "status_code": code}, 400)


def sign_files(
    house: House, person: Subscriber, files: list[tuple[bytes, Wanted]], good: Good
) -> Response | None:
    """Signs as asked, or goes wrong as told. None: drop the connection."""
    fault = house.next_fault()
    signer = (house.stranger() if fault is Fault.WRONG_PERSON else person).signer
    made: list[bytes] = []
    if fault is None or fault in SIGNS:
        try:
            made = [sign(house, signer, data, wanted, fault) for data, wanted in files]
        except Exception as error:  # noqa: BLE001 (the service, too, answers whatever broke)
            words = f"com.itextpdf.io.IOException: PDF header not found ({type(error).__name__})"
            return answer({"error": words, "status_code": 400, "status": 400}, 400)
        house.signed += made
    match fault:
        case Fault.SLOW | Fault.SILENT_AFTER_SIGNING:
            house.wait()
            return None if fault is Fault.SILENT_AFTER_SIGNING else good(made)
        case Fault.ZERO_BYTES:
            full = good(made)
            full.set_data(b"")
            return full
        case Fault.NOT_JSON_400:
            return Response("<html>Bad Request</html>", 400, content_type="text/html")
        case Fault.ERROR_500_AFTER_SIGNING:
            return answer({"error": "Internal Server Error", "status": 500}, 500)
        case Fault.ERROR_IN_200:
            return answer({"error": "Passphrase anda salah !!!", "status_code": 2031})
        case Fault.CUT_AFTER_SIGNING:
            return None
        case Fault.ENDLESS:
            return Response(
                (bytes(1 << 20) for _ in range(1 << 20)), content_type="application/pdf"
            )
        case Fault.REDIRECT:
            return Response(status=307, headers={"Location": "http://127.0.0.1:9/"})
        case Fault.UNSIGNED:
            return good([data for data, _ in files])
        case Fault.FIRST_LEFT_OUT:
            return good(made[1:])
        case Fault.FIRST_EMPTY:
            return good([b"", *made[1:]])
        case Fault.FIRST_TAMPERED:
            return good([tampered(made[0]), *made[1:]])
        case Fault.OTHER_ORDER:
            return good(made[::-1])
        case Fault.GARBAGE:
            return good([b"%PDF-1.7\n" + bytes(range(256)) * 40])
        case _:
            return good(made)
