"""The root's key leaves the machine; its yearly list comes back; doctor and command line agree."""

from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from backend.bootstrap import Services
from backend.certificates import authority, offline_root, revocation
from backend.certificates.keyfiles import KeyFolder
from backend.certificates.kinds import AuthorityKind
from backend.certificates.models import RevocationList
from backend.certificates.profiles import Signing
from backend.core.errors import DomainError
from backend.core.ids import new_id
from mobile_api.cli import certificate as command
from mobile_api.cli import trust as trust_command
from mobile_api.cli.checks import Finding, Level
from mobile_api.cli.checks import authority as checks
from tests.factories.pki import make_pki
from tests.support.clock import SettableClock
from tests.support.openssl import openssl

PASSPHRASE = b"sembilan pintu tertutup"


@dataclass
class Exported:
    key: Path
    certificate: Path
    crl: Path

    def signing(self) -> Signing:
        return Signing(
            new_id(),
            x509.load_pem_x509_certificate(self.certificate.read_bytes()),
            offline_root.load_key(self.key.read_bytes(), PASSPHRASE),
        )

    def previous(self) -> x509.CertificateRevocationList:
        return x509.load_der_x509_crl(self.crl.read_bytes())


@pytest.fixture
def folder(ready: Services) -> KeyFolder:
    return KeyFolder(ready.settings.authority_dir)


@pytest.fixture
def exported(ready: Services, folder: KeyFolder, tmp_path: Path) -> Exported:
    with ready.work() as work:
        files = offline_root.export(work, folder, tmp_path, PASSPHRASE, issuer=ready.issuer)
    with ready.work() as work:
        offline_root.take_out(work, folder, issuer=ready.issuer)
    return Exported(*files)


def root_list(services: Services) -> RevocationList:
    with services.work() as work:
        root = authority.current(work.session, AuthorityKind.ROOT)
        return work.session.get_one(RevocationList, root.id)


def findings(services: Services) -> list[Finding]:
    return [f for check in checks.CHECKS for f in check(services)]


def test_the_exported_key_opens_only_with_its_passphrase(exported: Exported) -> None:
    text = openssl(
        "pkey", "-in", exported.key, "-passin", f"pass:{PASSPHRASE.decode()}", "-noout", "-text"
    )
    assert "secp384r1" in text
    openssl("pkey", "-in", exported.key, "-passin", "pass:lain", "-noout", ok=False)
    assert exported.key.stat().st_mode & 0o077 == 0
    assert exported.signing().key.public_key() == exported.signing().certificate.public_key()


def test_nothing_of_the_key_stays_and_daily_work_goes_on(
    exported: Exported, ready: Services, clock: SettableClock
) -> None:
    assert not list(ready.settings.authority_dir.glob("root-*.key"))
    with pytest.raises(DomainError, match="certificates/root-offline"):
        ready.issuer.crl(AuthorityKind.ROOT, 99, [])
    before = root_list(ready).number
    clock.advance(days=320)
    with ready.work() as work:
        authority.establish(work, issuer=ready.issuer, organisation="")
        revocation.publish_due(work, issuer=ready.issuer)
    assert root_list(ready).number == before
    with ready.work() as work:
        assert authority.current(work.session, AuthorityKind.ROOT).key_name is None


def test_it_leaves_only_once(exported: Exported, ready: Services, folder: KeyFolder) -> None:
    with pytest.raises(DomainError, match="certificates/root-offline"), ready.work() as work:
        offline_root.export(work, folder, Path(), PASSPHRASE, issuer=ready.issuer)
    with pytest.raises(DomainError, match="certificates/root-offline"), ready.work() as work:
        offline_root.take_out(work, folder, issuer=ready.issuer)


def test_an_export_never_overwrites(ready: Services, folder: KeyFolder, tmp_path: Path) -> None:
    with ready.work() as work:
        offline_root.export(work, folder, tmp_path, PASSPHRASE, issuer=ready.issuer)
    with pytest.raises(FileExistsError), ready.work() as work:
        offline_root.export(work, folder, tmp_path, PASSPHRASE, issuer=ready.issuer)


def test_doctor_warns_60_days_ahead_until_the_next_list_is_imported(
    exported: Exported, ready: Services, clock: SettableClock
) -> None:
    clock.advance(days=300)
    with ready.work() as work:
        revocation.publish_due(work, issuer=ready.issuer)
    assert findings(ready) == []
    clock.advance(days=6)
    with ready.work() as work:
        revocation.publish_due(work, issuer=ready.issuer)
    (warned,) = findings(ready)
    assert warned.level is Level.WARN
    assert "59 days" in warned.problem

    der = offline_root.next_list(exported.signing(), exported.previous(), [], clock.now())
    with ready.work() as work:
        assert offline_root.accept_list(work, der).number == exported_number(exported) + 1
    assert findings(ready) == []


def exported_number(exported: Exported) -> int:
    numbers = exported.previous().extensions.get_extension_for_class(x509.CRLNumber)
    return numbers.value.crl_number


def test_doctor_fails_when_a_list_ran_out(ready: Services, clock: SettableClock) -> None:
    clock.advance(days=8)

    (found,) = findings(ready)
    assert found.level is Level.FAIL
    assert "issuing" in found.problem


def test_a_list_made_elsewhere_keeps_what_was_revoked(
    exported: Exported, ready: Services, clock: SettableClock
) -> None:
    first = offline_root.next_list(exported.signing(), exported.previous(), [0xABC], clock.now())
    second = offline_root.next_list(
        exported.signing(), x509.load_der_x509_crl(first), [0xABC, 0xDEF], clock.now()
    )
    assert [r.serial_number for r in x509.load_der_x509_crl(second)] == [0xABC, 0xDEF]


def test_only_the_roots_own_newer_lists_are_accepted(
    exported: Exported, ready: Services, clock: SettableClock, tmp_path: Path
) -> None:
    old = exported.previous()
    stale = offline_root.next_list(exported.signing(), old, [], clock.now())
    foreign = make_pki(tmp_path / "other", clock).crl(AuthorityKind.ROOT, number=50)
    same = old.public_bytes(Encoding.DER)
    clock.advance(days=366)
    for der, reason in (
        (b"naskah", "bukan daftar"),
        (foreign, "bukan ditandatangani"),
        (same, "nomornya"),
        (stale, "sudah lewat"),
    ):
        with pytest.raises(DomainError) as refused, ready.work() as work:
            offline_root.accept_list(work, der)
        assert reason in refused.value.detail


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, ready: Services):
    """Runs a command on the test's own services."""
    for module in (command, trust_command):
        monkeypatch.setattr(module, "services", lambda **_: nullcontext(ready))

    def call(group, *arguments: str | Path, typed: str = "") -> Result:
        return CliRunner().invoke(group, [str(a) for a in arguments], input=typed)

    return call


def test_the_whole_journey_by_command(run, ready: Services, tmp_path: Path) -> None:
    usb = tmp_path / "usb"
    usb.mkdir()
    secret = PASSPHRASE.decode()
    short = run(command.certificate, "export-root", usb, typed="pendek\npendek\n")
    assert short.exit_code == 1
    assert "12 characters" in short.output
    kept = run(command.certificate, "export-root", usb, typed=f"{secret}\n{secret}\nn\n")
    assert kept.exit_code == 1
    assert list(ready.settings.authority_dir.glob("root-*.key"))
    for file in usb.iterdir():
        file.unlink()
    done = run(command.certificate, "export-root", usb, typed=f"{secret}\n{secret}\ny\n")
    assert done.exit_code == 0, done.output
    assert secret not in done.output
    listed = run(command.certificate, "authorities").output
    assert "key offline" in listed

    key, cer, crl = (next(usb.glob(f"*{end}")) for end in (".key.pem", ".cer.pem", ".crl"))
    sign = (
        "sign-root-list", "--key", key, "--certificate", cer, "--previous", crl,
        "--out", tmp_path / "next.crl",
    )  # fmt: skip
    assert run(command.certificate, *sign, typed="lain sama sekali\n").exit_code == 1
    assert run(command.certificate, *sign, typed=f"{secret}\n").exit_code == 0
    imported = run(command.certificate, "import-root-list", tmp_path / "next.crl")
    assert imported.exit_code == 0, imported.output
    assert "is served" in imported.output


def test_roots_are_trusted_and_forgotten_by_command(run, ready: Services, tmp_path: Path) -> None:
    root = tmp_path / "root.pem"
    root.write_bytes(make_pki(tmp_path).root.public_bytes(Encoding.PEM))
    added = run(trust_command.trust, "add", root, "--name", "PSrE Contoh", "--psre")
    assert added.exit_code == 0, added.output
    shown = run(trust_command.trust, "list").output
    assert "PSrE Contoh (signing, tsa, Indonesian PSrE)" in shown
    thumbprint = shown.split()[-1]
    assert run(trust_command.trust, "remove", "ffffffff").exit_code == 1
    assert "no longer" in run(trust_command.trust, "remove", thumbprint[:8]).output
    run(trust_command.trust, "add", root, "--for", "tsa")
    assert "(tsa)" in run(trust_command.trust, "list").output
    assert run(trust_command.trust, "remove", root).exit_code == 0
    left = run(trust_command.trust, "list").output
    assert "this installation's own" in left
    assert thumbprint not in left
