"""HTTPS on the office network: a TLS root of its own and a certificate for this machine.

The root has nothing to do with signatures. It is name-constrained (RFC 5280 §4.2.1.10) to this
machine's names and networks, so that a phone that trusts it trusts it for nothing else.
"""

import ipaddress
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from backend.core.private_files import private, private_file
from backend.core.settings import Settings
from mobile_api.cli import addresses

ROOT_LIFE = timedelta(days=3650)
# Browsers refuse server certificates that live longer.
SERVER_LIFE = timedelta(days=397)
RENEW_BEFORE = timedelta(days=30)
LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Names:
    """What the server's certificate is for."""

    dns: tuple[str, ...]
    interfaces: tuple[addresses.Interface, ...]

    @classmethod
    def of_this_machine(cls, settings: Settings) -> "Names":
        return cls(tuple(addresses.names(settings)), tuple(addresses.interfaces()))

    @property
    def preferred(self) -> str:
        """What phones on the network can most likely reach: a real name, or else an address."""
        if "." in self.dns[0] and not self.dns[0].endswith((".local", ".localdomain")):
            return self.dns[0]
        return next((str(each.ip) for each in self.interfaces if each.version == 4), self.dns[0])

    def subject_alternatives(self) -> list[x509.GeneralName]:
        own = [each.ip for each in self.interfaces]
        own += [ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1")]
        return [*map(x509.DNSName, self.dns), *map(x509.IPAddress, own)]

    def permitted(self) -> list[x509.GeneralName]:
        """The networks rather than the single addresses: those change with every lease."""
        networks: list[Network] = [*(each.network for each in self.interfaces), *LOOPBACK]
        unique = dict.fromkeys(networks)
        return [*map(x509.DNSName, self.dns), *map(x509.IPAddress, unique)]


@dataclass(frozen=True)
class Site:
    """What people need to know to trust this machine."""

    root: x509.Certificate
    names: Names
    root_is_new: bool

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the root, in pairs, as phones show it."""
        return self.root.fingerprint(hashes.SHA256()).hex(":").upper()


def ensure(settings: Settings, names: Names | None = None) -> Site:
    """The root and a fitting server certificate, made or renewed where they are missing."""
    names = names or Names.of_this_machine(settings)
    private(settings.secrets_dir)
    private(settings.tls_dir)
    root = _load(settings.tls_dir / "root.pem")
    fresh = root is None or not _covers(root, names) or _runs_out(root, SERVER_LIFE)
    if root is None or fresh:
        root = _make_root(settings.tls_dir, names)
    server = _load(settings.tls_dir / "server.pem")
    if fresh or server is None or _runs_out(server, RENEW_BEFORE) or not _names_fit(server, names):
        _make_server(settings.tls_dir, root, names)
    return Site(root, names, fresh)


def renew_if_due(settings: Settings) -> bool:
    """Renews the server certificate under the same root; returns whether it did."""
    server, root = (_load(settings.tls_dir / name) for name in ("server.pem", "root.pem"))
    if server is None or root is None or not _runs_out(server, RENEW_BEFORE):
        return False
    names = Names.of_this_machine(settings)
    if not _covers(root, names):
        # That needs people to trust anew: at the next start, with words, not behind their backs.
        return False
    _make_server(settings.tls_dir, root, names)
    return True


def _load(path: Path) -> x509.Certificate | None:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return None


def _runs_out(certificate: x509.Certificate, within: timedelta) -> bool:
    return certificate.not_valid_after_utc - datetime.now(UTC) < within


def _covers(root: x509.Certificate, names: Names) -> bool:
    """Whether everything the server is called lies within the root's constraints."""
    permitted = root.extensions.get_extension_for_class(x509.NameConstraints).value
    allowed = permitted.permitted_subtrees or []
    hosts = {item.value for item in allowed if isinstance(item, x509.DNSName)}
    networks = [item.value for item in allowed if isinstance(item, x509.IPAddress)]
    return set(names.dns) <= hosts and all(
        any(
            isinstance(network, (ipaddress.IPv4Network, ipaddress.IPv6Network))
            and each.ip in network
            for network in networks
        )
        for each in names.interfaces
    )


def _names_fit(server: x509.Certificate, names: Names) -> bool:
    stated = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return set(stated) == set(names.subject_alternatives())


def _make_root(folder: Path, names: Names) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    title = f"Centang, sambungan {names.dns[0]}"[:64]
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, title)])
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    constraints = x509.NameConstraints(names.permitted(), None)
    certificate = (
        _builder(subject, subject, key.public_key(), ROOT_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(constraints, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _store(folder, "root", certificate, key)
    return certificate


def _make_server(folder: Path, root: x509.Certificate, names: Names) -> None:
    root_key = serialization.load_pem_private_key((folder / "root.key").read_bytes(), None)
    assert isinstance(root_key, ec.EllipticCurvePrivateKey)  # noqa: S101
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names.dns[0][:64])])
    certificate = (
        _builder(subject, root.subject, key.public_key(), SERVER_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names.subject_alternatives()), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()),
            critical=False,
        )
        .sign(root_key, hashes.SHA256())
    )
    _store(folder, "server", certificate, key)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, life: timedelta
) -> x509.CertificateBuilder:
    # An hour back: clocks of phones are not always set well.
    start = datetime.now(UTC) - timedelta(hours=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + life)
    )


def _store(
    folder: Path, name: str, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey
) -> None:
    encoded = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    for suffix, data in (
        ("key", encoded),
        ("pem", certificate.public_bytes(serialization.Encoding.PEM)),
    ):
        with private_file(folder / f"{name}.{suffix}") as descriptor:
            os.write(descriptor, data)
