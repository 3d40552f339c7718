"""Version 1: multipart forms, files as bytes, coordinates from the bottom left."""

import base64
import io

import pypdfium2
import segno
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from backend.core.ids import new_id
from tests.fakes.bsre.answers import WORDS, answer, refusal, sign_files
from tests.fakes.bsre.house import House
from tests.fakes.bsre.pages import page_count, tag_box
from tests.fakes.bsre.reading import details_v1
from tests.fakes.bsre.signing import Wanted

CODES = {"ISSUE": 1111, "NOT_REGISTERED": 1110}


def sign(house: House, request: Request) -> Response | None:
    form, data = request.form, request.files["file"].read()
    house.fields.append({k: v for k, v in form.items() if k != "passphrase"})
    person = house.people.get(form["nik"])
    if person is None:
        return refusal("User tidak terdaftar", 2011)
    if person.status != "ISSUE":
        return refusal(WORDS.get(person.status, person.status), 2021)
    if form["passphrase"] != person.passphrase:
        return refusal("Passphrase anda salah", 2031)
    wanted = _wanted(house, request, data)

    def good(files: list[bytes]) -> Response:
        identifier = new_id().hex
        house.kept[identifier] = files[0]
        if form.get("jenis_response") == "BASE64":
            text = base64.b64encode(files[0]).decode()
            return answer({"base64_signed_file": text, "id_dokumen": identifier})
        headers = {"id_dokumen": identifier}
        return Response(files[0], headers=headers, content_type="application/pdf")

    return sign_files(house, person, [(data, wanted)], good)


def _wanted(house: House, request: Request, data: bytes) -> Wanted:
    form = request.form
    words = {"reason": form.get("reason"), "location": form.get("location")}
    if form["tampilan"] != "visible":
        return Wanted(**words)
    if form["image"] == "true":
        picture = request.files["imageTTD"].read()
    else:
        out = io.BytesIO()
        segno.make_qr(form["linkQR"]).save(out, kind="png", scale=4)
        picture = out.getvalue()
    width, height = float(form["width"]), float(form["height"])
    if tag := form.get("tag_koordinat"):
        page, box = tag_box(data, tag, width, height)
        return Wanted(page, box, picture, **words)
    x, y = float(form["xAxis"]), float(form["yAxis"])
    box = (x, y, width, height) if house.corners else (x, y, x + width, y + height)
    page = {"pertama": 1, "terakhir": page_count(data)}.get(form.get("halaman", ""))
    return Wanted(page or int(form["page"]), box, picture, **words)


def download(house: House, _request: Request, identifier: str) -> Response:
    """Once only."""
    data = house.kept.pop(identifier, None)
    if data is None:
        return answer({"error": "Dokumen tidak ditemukan", "status_code": 4044}, 404)
    return Response(data, content_type="application/pdf")


def status(house: House, _request: Request, nik: str) -> Response:
    person = house.people.get(nik)
    said = person.status if person else "NOT_REGISTERED"
    return answer(
        {"status_code": CODES.get(said, 1100), "status": said, "message": WORDS.get(said, said)}
    )


def verify(_house: House, request: Request) -> Response:
    file = request.files["signed_file"]
    data = file.read()
    try:
        pypdfium2.PdfDocument(data).close()
        details = details_v1(data)
    except Exception:  # noqa: BLE001 (whatever is no PDF)
        return answer({"error": "Internal Server Error", "status": 500}, 500)
    return answer(
        {
            "nama_dokumen": file.filename,
            "jumlah_signature": len(details),
            "notes": "Dokumen ini memiliki tanda tangan" if details else "Tidak ada tanda tangan",
            "details": details,
            "summary": "VALID" if details else "NO_SIGNATURE",
        }
    )


ROUTES = Map(
    [
        Rule("/api/sign/pdf", methods=["POST"], endpoint=sign),
        Rule("/api/sign/download/<identifier>", methods=["GET"], endpoint=download),
        Rule("/api/sign/verify", methods=["POST"], endpoint=verify),
        Rule("/api/user/status/<nik>", methods=["GET"], endpoint=status),
    ]
)
