"""Files that another program signed, judged by `centang verify`: poppler with keys from NSS."""

import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, pkcs12

from mobile_api.cli import main, verify
from tests.factories.authorities import House, rsa_key
from tests.factories.pdfs import make_pdf
from tests.fakes.sandbox import InProcessSandbox

SIGNERS = ("satu", "dua")


def run(*command: str | Path) -> None:
    subprocess.run([*map(str, command)], check=True, capture_output=True, timeout=120)


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Path:
    """A folder with the root and the signers' keys."""
    folder = tmp_path_factory.mktemp("nss")
    house = House("Contoh", datetime.now(UTC) - timedelta(hours=1))
    (folder / "akar.pem").write_bytes(house.root.certificate.public_bytes(Encoding.PEM))
    run("certutil", "-N", "-d", folder, "--empty-password")
    for name in SIGNERS:
        # poppler's second signature with ECDSA does not pass its own check.
        holder = house.issue(f"Orang {name}", key=rsa_key(2048))
        chain = [house.issuing.certificate, house.root.certificate]
        packed = pkcs12.serialize_key_and_certificates(
            name.encode(), holder.key, holder.certificate, chain, NoEncryption()
        )
        (folder / f"{name}.p12").write_bytes(packed)
        run("pk12util", "-i", folder / f"{name}.p12", "-d", folder, "-W", "")
    root = "Contoh Root - Pemerintah Kabupaten Contoh"
    run("certutil", "-M", "-d", folder, "-n", root, "-t", "CT,C,C")
    return folder


@pytest.fixture(scope="module", params=[True, False], ids=["packed", "plain"])
def signed_by_both(request, shop, tmp_path_factory) -> list[Path]:
    """The file after each of the two signatures."""
    folder = tmp_path_factory.mktemp("berkas")
    (folder / "0.pdf").write_bytes(make_pdf(packed=request.param))
    files = [folder / "0.pdf"]
    for number, name in enumerate(SIGNERS, 1):
        files.append(folder / f"{number}.pdf")
        made = ("-add-signature", "-nick", name, "-new-signature-field-name", f"ttd{number}")
        run("pdfsig", "-nssdir", shop, *made, *files[-2:])
    return files[1:]


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(verify, "Sandbox", InProcessSandbox)


def judged(capsys, shop: Path, *files: Path) -> tuple[int, list[dict]]:
    code = main(["verify", "--json", "--trust", str(shop / "akar.pem"), *map(str, files)])
    return code, json.loads(capsys.readouterr().out)


def test_what_another_program_signed_once_and_twice_is_valid(capsys, shop, signed_by_both):
    code, rows = judged(capsys, shop, *signed_by_both)
    assert [row["verdict"] for row in rows] == ["valid", "valid"], rows
    assert code == 0
    assert [[s["signer"] for s in row["signatures"]] for row in rows] == [
        ["Orang satu"],
        ["Orang satu", "Orang dua"],
    ]


def test_and_changed_it_is_not(capsys, shop, signed_by_both, tmp_path):
    data = signed_by_both[-1].read_bytes()
    changed = bytearray(data)
    changed[data.index(b"stream") + 20] ^= 1
    for name, bad in (("a", bytes(changed)), ("b", data + b"tambahan"), ("c", data[:-9])):
        (tmp_path / name).write_bytes(bad)
    code, rows = judged(capsys, shop, *(tmp_path / name for name in "abc"))
    assert code == 1
    assert "valid" not in [row["verdict"] for row in rows]
