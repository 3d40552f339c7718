"""What an administrator keeps, through HTTP: units, positions, people, roles, the agency."""

import io

import pytest
from PIL import Image, PngImagePlugin

from backend.core.ids import new_id
from backend.organisation.models import Role
from tests.factories import people
from tests.support.browser import signed_in


def png(size=(64, 64), mode="RGB", **options):
    out = io.BytesIO()
    Image.new(mode, size, "navy").save(out, format="PNG", **options)
    return out.getvalue()


def put_logo(administrator, data, content_type="image/png"):
    return administrator.call("PUT", "/agency/logo", data=data, content_type=content_type)


def test_units_and_positions_open_change_and_close(administrator):
    unit = administrator.post("/units", {"name": "Dinas Contoh Baru", "code": "DCB"}).json
    taken = administrator.post("/units", {"name": "Lain", "code": "DCB"})
    assert taken.json["code"] == "organisation/code-taken"
    part = administrator.post(
        "/units", {"name": "UPT Contoh", "code": "UPT", "parent_id": unit["id"]}
    ).json
    position = administrator.post(
        "/positions", {"unit_id": unit["id"], "title": "Kepala Dinas", "head_of_unit": True}
    ).json
    assert position["holder"] is None
    renamed = administrator.patch(f"/positions/{position['id']}", {"title": "Kepala Dinas Contoh"})
    assert (renamed.json["title"], renamed.json["head_of_unit"]) == ("Kepala Dinas Contoh", True)
    path = f"/units/{unit['id']}"
    assert administrator.delete(path).json["code"] == "organisation/unit-in-use"
    assert administrator.delete(f"/positions/{position['id']}").status_code == 204
    assert administrator.delete(path).json["code"] == "organisation/unit-in-use"
    assert administrator.delete(f"/units/{part['id']}").status_code == 204
    assert administrator.delete(path).status_code == 204
    assert administrator.patch(path, {"name": "x"}).status_code == 404


def test_a_held_position_is_not_closed(administrator, work):
    position = people.position(work.session)
    holder = people.official(work.session, position)
    work.session.commit()
    answer = administrator.delete(f"/positions/{position.id}")
    assert answer.json["code"] == "organisation/position-held"
    rows = administrator.get(f"/positions?unit_id={position.unit_id}").json["items"]
    assert rows[0]["holder"]["name"] == holder.name
    assert rows[0]["can_sign"] is False


def test_people_join_and_are_corrected(administrator):
    nip = "190001011920011999"
    joined = administrator.post("/people", {"name": "  Bunga Contoh ", "nip": nip})
    assert (joined.status_code, joined.json["name"]) == (201, "Bunga Contoh")
    again = administrator.post("/people", {"name": "Lain Contoh", "nip": nip})
    assert again.json["code"] == "organisation/nip-taken"
    path = f"/people/{joined.json['id']}"
    changed = administrator.patch(path, {"phone": "0800 0000"}).json
    assert (changed["phone"], changed["nip"]) == ("0800 0000", nip)
    assert administrator.patch(path, {"name": None}).status_code == 422
    assert administrator.get(path).json["account"] is None
    assert administrator.get(f"/people/{new_id()}").status_code == 404


def test_people_are_found_by_name_and_nip_page_by_page(administrator, work):
    for number in range(5):
        people.person(work.session, name=f"Cari Contoh {number}", nip=f"7777{number:014d}")
    work.session.commit()
    seen, cursor = [], ""
    while True:
        answer = administrator.get(f"/people?query=cari&limit=2{cursor}").json
        seen += [row["name"] for row in answer["items"]]
        if answer["next_cursor"] is None:
            break
        cursor = f"&cursor={answer['next_cursor']}"
    assert seen == [f"Cari Contoh {n}" for n in range(5)]
    assert len(administrator.get("/people?query=7777").json["items"]) == 5
    assert administrator.get("/people?query=%25").json["items"] == []
    assert administrator.get("/people?limit=101").status_code == 422


def test_an_operators_role_is_for_one_unit_and_given_once(administrator, work):
    person, unit = people.person(work.session), people.unit(work.session)
    work.session.commit()
    body = {"person_id": str(person.id), "role": "operator"}
    assert administrator.post("/roles", body).json["code"] == "organisation/unit-required"
    body["unit_id"] = str(unit.id)
    first, again = administrator.post("/roles", body), administrator.post("/roles", body)
    assert first.json["id"] == again.json["id"]
    body = {"person_id": str(person.id), "role": "auditor", "unit_id": str(unit.id)}
    assert administrator.post("/roles", body).status_code == 422


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.REGISTRATION_OFFICER, Role.AUDITOR, None])
def test_nobody_else_administers(app, services, work, role):
    person = people.person(work.session)
    if role:
        unit = people.unit(work.session) if role is Role.OPERATOR else None
        people.role(work.session, person, role, unit)
    work.session.commit()
    browser = signed_in(app, services, person)
    some = str(new_id())
    for method, path, body in (
        ("POST", "/units", {"name": "x", "code": "x"}),
        ("POST", "/positions", {"unit_id": some, "title": "x"}),
        ("POST", "/people", {"name": "x"}),
        ("POST", f"/people/{some}/leave", None),
        ("POST", "/roles", {"person_id": some, "role": "administrator"}),
        ("POST", "/invitations", {"person_id": some, "username": "xyz"}),
        ("PATCH", "/agency", {"name": "x"}),
    ):
        assert browser.call(method, path, body).status_code == 403, path


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"zone": "CET"}, "general/invalid"),
        ({"provider": "lain"}, "general/invalid"),
        ({"number_template": "{urut}"}, "organisation/template-invalid"),
        ({"number_template": "{urut}/{tahun}/{rahasia}"}, "organisation/template-invalid"),
        ({"number_template": "{urut}/{tahun}/{urut.__class__}"}, "organisation/template-invalid"),
        ({"number_template": "{urut}/{tahun}}"}, "organisation/template-invalid"),
        ({"unknown": True}, "general/invalid"),
    ],
)
def test_it_refuses_settings_that_make_no_sense(administrator, change, code):
    assert administrator.patch("/agency", change).json["code"] == code


def test_settings_change_one_by_one(administrator, client):
    template = "{sifat}-{klasifikasi}/{urut:4}/{unit}/{bulan_romawi}/{tahun}"
    answer = administrator.patch(
        "/agency", {"zone": "WITA", "number_template": template, "policy": {"a": 1}}
    )
    assert answer.json["number_template"] == template
    administrator.patch("/agency", {"name": "Kota Contoh", "policy": {"b": True}})
    settings = administrator.get("/agency/settings").json
    assert (settings["zone"], settings["name"]) == ("WITA", "Kota Contoh")
    assert settings["policy"] == {"a": 1, "b": True}
    assert "policy" not in client.get("/api/v1/agency").json


def test_a_logo_is_drawn_anew_and_served(administrator, client):
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "catatan tersembunyi")
    data = png((900, 600), pnginfo=notes) + b"<script>trailing</script>"
    url = put_logo(administrator, data).json["logo_url"]
    served = client.get(url)
    assert served.content_type == "image/png"
    assert b"catatan" not in served.data
    assert b"script" not in served.data
    with Image.open(io.BytesIO(served.data)) as image:
        assert image.size == (512, 341)
    assert client.get(url, headers={"If-None-Match": served.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        png()[:60],
        png((2001, 10)),
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 64,
        png() + b"\x00" * (1024 * 1024),
    ],
    ids=["empty", "svg", "cut", "wide", "hollow", "heavy"],
)
def test_it_refuses_what_is_not_a_small_png(administrator, data):
    assert put_logo(administrator, data).json["code"] in {
        "organisation/logo-invalid",
        "general/too-large",
    }


def test_it_refuses_a_jpeg_under_a_png_name(administrator):
    out = io.BytesIO()
    Image.new("RGB", (10, 10)).save(out, format="JPEG")
    assert put_logo(administrator, out.getvalue()).json["code"] == "organisation/logo-invalid"
