"""Version 2: JSON, files in Base64, coordinates from the top left with y downwards."""

import base64
import binascii
import secrets
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from backend.certificates.kinds import AuthorityKind
from tests.fakes.bsre.answers import WORDS, answer, refusal, sign_files
from tests.fakes.bsre.house import House
from tests.fakes.bsre.pages import shown, tag_box
from tests.fakes.bsre.reading import details_v2
from tests.fakes.bsre.signing import Wanted


def _who(body: dict[str, Any]) -> object:
    return body.get("nik") or body.get("email")


def _good(files: list[bytes]) -> Response:
    return answer({"time": 900, "file": [base64.b64encode(f).decode() for f in files]})


def sign(house: House, request: Request) -> Response | None:
    body = request.get_json()
    person = house.find(_who(body))
    if person is None:
        return refusal("User tidak terdaftar", 2011)
    if person.status != "ISSUE":
        return refusal(WORDS.get(person.status, person.status), 2021)
    if "totp" in body:
        if not house.take_code(person, body["totp"], len(body["file"])):
            return refusal("TOTP anda salah", 2031)
    elif body.get("passphrase") != person.passphrase:
        return refusal("Passphrase anda salah", 2031)
    return sign_files(house, person, _files(house, body), _good)


def _files(house: House, body: dict[str, Any]) -> list[tuple[bytes, Wanted]]:
    """One set of properties for all files, or one for each."""
    files = [base64.b64decode(text) for text in body["file"]]
    given = body["signatureProperties"]
    each = given if len(given) == len(files) else given * len(files)
    return [(data, _wanted(house, data, one)) for data, one in zip(files, each, strict=True)]


def _wanted(house: House, data: bytes, given: dict[str, Any]) -> Wanted:
    words = {"reason": given.get("reason"), "location": given.get("location")}
    if given["tampilan"] != "VISIBLE":
        return Wanted(**words)
    picture = base64.b64decode(given["imageBase64"])
    width, height = float(given["width"]), float(given["height"])
    if tag := given.get("tag_koordinat"):
        page, box = tag_box(data, tag, width, height, unturned=house.unturned)
        return Wanted(page, box, picture, upright=not house.unturned, **words)
    page, x, down = int(given["page"]), float(given["originX"]), float(given["originY"])
    seen = shown(data, page)
    if house.unturned:
        left, _, _, top = seen.crop
        box = (left + x, top - down - height, left + x + width, top - down)
        return Wanted(page, box, picture, upright=False, **words)
    return Wanted(page, seen.box(x, seen.height - down, width, height), picture, **words)


def totp(house: House, request: Request) -> Response:
    """By e-mail; the answer has no code."""
    body = request.get_json()
    person = house.find(_who(body))
    if person is None:
        return answer({"success": False, "message": "User tidak terdaftar 2011"}, 400)
    house.sent[person.nik] = f"{secrets.randbelow(10**6):06d}", int(body["data"])
    return answer({"success": True, "message": "Kode dikirim"})


def status(house: House, request: Request) -> Response:
    """Whatever is known, HTTP 200 is what it answers."""
    person = house.find(_who(request.get_json()))
    said = person.status if person else "NOT_REGISTERED"
    code = {"ISSUE": 1111, "NOT_REGISTERED": 2011, "NO_CERTIFICATE": 2021}.get(said, 1100)
    return answer({"status_code": code, "message": WORDS.get(said, said), "status": said})


def chain(house: House, _request: Request, identifier: str) -> Response:
    person = house.find(identifier)
    if person is None:
        return Response("Bad Request", 400, content_type="text/plain")
    kinds = (AuthorityKind.ISSUING, AuthorityKind.ROOT)
    own = person.signer.certificate.public_bytes(Encoding.DER)
    ders = [own, *(house.pki.der(kind) for kind in kinds)]
    return answer({"success": True, "data": [base64.b64encode(d).decode() for d in ders]})


def verify(_house: House, request: Request) -> Response:
    try:
        found = details_v2(base64.b64decode(request.get_json()["file"], validate=True))
    except (binascii.Error, KeyError, ValueError, OSError):
        return answer({"error": "Internal Server Error", "status": 500}, 500)
    return answer(
        {
            "conclusion": "VALID" if found else "NO_SIGNATURE",
            "description": "Dokumen valid" if found else "Dokumen tidak memiliki tanda tangan",
            "signatureCount": len(found),
            "signatureInformations": found,
        }
    )


def seal_activation(house: House, request: Request) -> Response:
    house.sealing.add(request.get_json()["idSubscriber"])
    return answer({"success": True, "message": "Aktivasi dikirim", "data": {}})


def seal_totp(house: House, request: Request) -> Response:
    subscriber = request.get_json()["idSubscriber"]
    if subscriber not in house.sealing:
        return answer({"message": "Segel belum diaktifkan", "result": False}, 400)
    code = secrets.token_hex(4)
    house.codes[code] = subscriber
    return answer({"message": "OK", "totp": code, "expires": 300, "result": True})


def seal(house: House, request: Request) -> Response | None:
    """The shape of the answer is a guess: as for signatures."""
    body = request.get_json()
    if house.codes.pop(body.get("totp"), None) != body["idSubscriber"]:
        return refusal("TOTP salah", 2031)
    return sign_files(house, house.seal_of(body["idSubscriber"]), _files(house, body), _good)


ROUTES = Map(
    [
        Rule("/api/v2/sign/pdf", methods=["POST"], endpoint=sign),
        Rule("/api/v2/sign/get/totp", methods=["POST"], endpoint=totp),
        Rule("/api/v2/user/check/status", methods=["POST"], endpoint=status),
        Rule("/api/v2/user/certificate/chain/<identifier>", methods=["GET"], endpoint=chain),
        Rule("/api/v2/verify/pdf", methods=["POST"], endpoint=verify),
        Rule("/api/v2/seal/get/activation", methods=["POST"], endpoint=seal_activation),
        Rule("/api/v2/seal/get/totp", methods=["POST"], endpoint=seal_totp),
        Rule("/api/v2/seal/pdf", methods=["POST"], endpoint=seal),
    ]
)
