"""The office network's TLS root: for this machine's names and nothing else."""

import ipaddress
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from backend.core.settings import Settings
from mobile_api.cli import tls
from mobile_api.cli.tls import Names

OFFICE = Names(("meja", "meja.local", "localhost"), (ipaddress.ip_interface("192.168.7.9/24"),))
MOVED = Names(OFFICE.dns, (ipaddress.ip_interface("192.168.7.44/24"),))
ELSEWHERE = Names(OFFICE.dns, (ipaddress.ip_interface("10.9.8.7/16"),))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def server(settings: Settings) -> x509.Certificate:
    return x509.load_pem_x509_certificate((settings.tls_dir / "server.pem").read_bytes())


def verify(root: x509.Certificate, leaf: x509.Certificate, name: x509.GeneralName) -> None:
    PolicyBuilder().store(Store([root])).build_server_verifier(name).verify(leaf, [])


@pytest.mark.parametrize(
    "name",
    [
        x509.DNSName("meja.local"),
        x509.DNSName("localhost"),
        x509.IPAddress(ipaddress.ip_address("192.168.7.9")),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
    ],
)
def test_the_server_is_trusted_under_each_of_its_names(
    settings: Settings, name: x509.GeneralName
) -> None:
    site = tls.ensure(settings, OFFICE)
    verify(site.root, server(settings), name)


def test_the_root_vouches_for_nobody_elses_name(settings: Settings) -> None:
    site = tls.ensure(settings, OFFICE)
    stranger = Names(("bank.example",), ())
    tls._make_server(settings.tls_dir, site.root, stranger)
    with pytest.raises(VerificationError):
        verify(site.root, server(settings), x509.DNSName("bank.example"))


def test_a_second_start_keeps_everything(settings: Settings) -> None:
    first = tls.ensure(settings, OFFICE)
    leaf = server(settings)
    second = tls.ensure(settings, OFFICE)
    assert first.root_is_new
    assert not second.root_is_new
    assert second.root == first.root
    assert server(settings) == leaf


def test_a_new_lease_in_the_same_network_needs_no_new_trust(settings: Settings) -> None:
    first = tls.ensure(settings, OFFICE)
    second = tls.ensure(settings, MOVED)
    assert second.root == first.root
    verify(second.root, server(settings), x509.IPAddress(ipaddress.ip_address("192.168.7.44")))


def test_another_network_gets_a_new_root_and_says_so(settings: Settings) -> None:
    first = tls.ensure(settings, OFFICE)
    second = tls.ensure(settings, ELSEWHERE)
    assert second.root_is_new
    assert second.root != first.root


def test_the_server_certificate_is_renewed_in_time(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tls, "SERVER_LIFE", timedelta(days=20))
    tls.ensure(settings, OFFICE)
    old = server(settings)
    monkeypatch.undo()
    monkeypatch.setattr(Names, "of_this_machine", classmethod(lambda _cls, _settings: OFFICE))
    assert tls.renew_if_due(settings)
    assert server(settings) != old
    assert not tls.renew_if_due(settings)


def test_browsers_accept_its_lifetime_and_its_keys_are_private(settings: Settings) -> None:
    tls.ensure(settings, OFFICE)
    leaf = server(settings)
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc <= timedelta(days=398)
    for path in settings.tls_dir.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_phones_are_sent_to_a_real_name_or_else_to_an_address() -> None:
    assert OFFICE.preferred == "192.168.7.9"
    assert Names(("centang.contoh.example", "localhost"), ()).preferred == "centang.contoh.example"
    assert Names(("meja", "localhost"), ()).preferred == "meja"
