"""`centang verify` on files that were never near this installation."""

import json

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from mobile_api.cli import main
from tests.factories.authorities import House
from tests.factories.signed import prepared, sign, stamper_of


@pytest.fixture(scope="module")
def paper(tmp_path_factory):
    from datetime import UTC, datetime, timedelta

    folder = tmp_path_factory.mktemp("verify")
    now = datetime.now(UTC) - timedelta(hours=1)
    house = House("Contoh", now)
    data = sign(
        prepared(1),
        house.issue("Dra. Contoh"),
        stamp=stamper_of(house.stamper(), now),
        house=house,
        crls=house.crls(),
    )
    (folder / "asli.pdf").write_bytes(data)
    (folder / "berubah.pdf").write_bytes(data + b"tambahan")
    (folder / "akar.pem").write_bytes(house.root.certificate.public_bytes(Encoding.PEM))
    return folder


def test_it_exits_with_zero_only_if_all_are_valid(paper, capsys):
    trust = ["--trust", str(paper / "akar.pem")]
    assert main(["verify", str(paper / "asli.pdf"), *trust]) == 0
    said = capsys.readouterr().out
    assert "asli.pdf: valid, TOTAL-PASSED" in said
    assert "Dra. Contoh B-LT" in said
    both = ["verify", str(paper / "asli.pdf"), str(paper / "berubah.pdf"), *trust, "--json"]
    assert main(both) == 1
    rows = json.loads(capsys.readouterr().out)
    assert [row["verdict"] for row in rows] == ["valid", "tampered"]
    assert set(rows[0]) >= {
        "file",
        "verdict",
        "indication",
        "sub_indication",
        "reasons",
        "signatures",
        "registry",
    }
    assert rows[1]["sub_indication"] == "FORMAT_FAILURE"
    assert rows[1]["reasons"][0]["code"] == "bytes-after-end"


def test_it_trusts_nobody_unless_told(paper, capsys):
    assert main(["verify", str(paper / "asli.pdf"), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)[0]["verdict"] == "untrusted"


def test_it_shows_no_traceback(paper, capsys):
    assert main(["verify", str(paper / "tidak-ada.pdf")]) == 1
    assert "does not exist" in capsys.readouterr().out
    assert main(["verify", str(paper / "asli.pdf"), "--trust", str(paper / "asli.pdf")]) == 1
    assert "Traceback" not in capsys.readouterr().err
