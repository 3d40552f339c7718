"""The administrator's trust store: what is added there counts for the next file judged."""

import base64

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from backend.organisation.models import Role
from backend.verification.anchors import installation_trust
from tests.factories import people
from tests.factories.authorities import House
from tests.support.browser import signed_in

PATH = "/trust-anchors"


@pytest.fixture
def administrator(app, services, office):
    with services.work() as work:
        person = people.person(work.session)
        people.role(work.session, person, Role.ADMINISTRATOR)
    return signed_in(app, services, person)


def psre(services, root) -> list[bool]:
    with services.work() as work:
        anchors = installation_trust(work).anchors
    return [a.indonesian_psre for a in anchors if a.certificate == root.der]


def test_a_root_is_added_shown_and_taken_out(administrator, services, clock):
    root = House("PSrE Contoh", clock.now()).root
    pem = root.certificate.public_bytes(Encoding.PEM).decode()
    facts = {"certificate": pem, "purposes": ["signing"], "indonesian_psre": True}
    assert administrator.post(PATH, facts).status_code == 201
    shown = next(r for r in administrator.get(PATH).json["items"] if r["indonesian_psre"])
    assert shown["name"] == "PSrE Contoh Root"
    assert shown["purposes"] == ["signing"]
    assert shown["not_before"] < shown["not_after"]
    assert psre(services, root) == [True]
    assert administrator.delete(f"{PATH}/{shown['id']}").status_code == 204
    assert psre(services, root) == []
    assert administrator.delete(f"{PATH}/{shown['id']}").status_code == 404


def test_der_is_taken_too_and_what_is_no_certificate_is_refused(administrator, services, clock):
    root = House("Lain", clock.now()).root
    der = base64.b64encode(root.der).decode()
    answer = administrator.post(PATH, {"certificate": der, "name": "Akar", "purposes": ["tsa"]})
    assert [r["name"] for r in answer.json["items"] if not r["own"]][-1] == "Akar"
    for wrong in ("bukan sertifikat", "MAAA", "0", "-----BEGIN CERTIFICATE-----\nxx"):
        refused = administrator.post(PATH, {"certificate": wrong, "purposes": ["signing"]})
        assert refused.json["code"] == "verification/not-a-certificate"


def test_only_administrators_change_it(app, services, office):
    with services.work() as work:
        person = people.person(work.session)
        people.role(work.session, person, Role.AUDITOR)
    auditor = signed_in(app, services, person)
    assert auditor.get(PATH).status_code == 200
    body = {"certificate": "x", "purposes": ["signing"]}
    assert auditor.post(PATH, body).status_code == 403
