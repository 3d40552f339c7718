"""The trust store from the command line."""

from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from backend.bootstrap import Services
from tests.factories.authorities import House
from tests.factories.records import office
from tests.integration.cli.conftest import Run


def test_roots_are_added_shown_with_their_validity_and_taken_out(
    run: Run, services: Services, tmp_path: Path
) -> None:
    office(services, name="Sendiri")
    root = House("PSrE Contoh", datetime(2020, 3, 2, tzinfo=UTC)).root
    pem = tmp_path / "akar.pem"
    pem.write_bytes(root.certificate.public_bytes(Encoding.PEM))
    assert "trusted: PSrE Contoh Root" in run("trust", "add", "--psre", pem).out

    shown = run("trust", "list").out
    own, _, added = shown.partition("PSrE Contoh Root")
    assert "Sendiri Root (signing, tsa, this installation's own)" in own
    assert "(signing, tsa, Indonesian PSrE)" in added
    facts = root.certificate
    span = f"valid {facts.not_valid_before_utc:%Y-%m-%d} to {facts.not_valid_after_utc:%Y-%m-%d}"
    assert span in added
    assert (", over" in added) == (facts.not_valid_after_utc < datetime.now(UTC))

    assert "no longer trusted" in run("trust", "remove", pem).out
    assert "PSrE Contoh" not in run("trust", "list").out
