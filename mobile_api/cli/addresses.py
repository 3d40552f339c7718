"""By which names and addresses the office network reaches this machine."""

import fcntl
import ipaddress
import socket
import struct
from ipaddress import IPv4Interface, IPv6Interface
from pathlib import Path
from urllib.parse import urlsplit

from backend.core.settings import Settings

SIOCGIFADDR, SIOCGIFNETMASK = 0x8915, 0x891B
Interface = IPv4Interface | IPv6Interface


def names(settings: Settings) -> list[str]:
    """Host names, most useful first; `localhost` last."""
    host = socket.gethostname().lower()
    found = []
    if settings.public_url and (public := urlsplit(settings.public_url).hostname):
        found.append(public)
    if "." in (full := socket.getfqdn().lower()) and not full.endswith(".arpa"):
        found.append(full)
    found += [host.split(".")[0], f"{host.split('.')[0]}.local", "localhost"]
    return [name for name in dict.fromkeys(found) if _is_name(name)]


def _is_name(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return text.isascii() and bool(text)
    return False


def interfaces() -> list[Interface]:
    """Addresses with their networks, without loopback and link-local ones (Linux)."""
    found: list[Interface] = [*_ipv4(), *_ipv6()]
    return [each for each in found if not (each.is_loopback or each.is_link_local)]


def _ipv4() -> list[IPv4Interface]:
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            request = struct.pack("256s", name.encode()[:15])
            try:
                address = fcntl.ioctl(probe, SIOCGIFADDR, request)[20:24]
                mask = fcntl.ioctl(probe, SIOCGIFNETMASK, request)[20:24]
            except OSError:  # an interface without an IPv4 address
                continue
            found.append(IPv4Interface(f"{socket.inet_ntoa(address)}/{socket.inet_ntoa(mask)}"))
    return found


def _ipv6() -> list[IPv6Interface]:
    table = Path("/proc/net/if_inet6")
    if not table.exists():
        return []
    found = []
    for line in table.read_text().splitlines():
        digits, _, prefix, *_ = line.split()
        address = ipaddress.IPv6Address(int(digits, 16))
        found.append(IPv6Interface((address, int(prefix, 16))))
    return found
