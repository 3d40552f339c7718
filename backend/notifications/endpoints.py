"""Which addresses this installation will call when it rings a phone.

An endpoint comes from a browser, so without a guard anybody could make the server call anything,
its own network included (server-side request forgery). Hosts stand on an allow-list; the address a
host resolves to must be a public one, and the connection goes to exactly the address checked.
"""

import ipaddress
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

Resolve = Callable[[str, int], list[str]]

LONGEST = 2048
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class EndpointRefusedError(ValueError):
    """Raised for an address that is not called. `host` is what the allow-list would have to name."""

    def __init__(self, host: str) -> None:
        super().__init__("push endpoint refused")
        self.host = host


@dataclass(frozen=True)
class Endpoint:
    """An endpoint whose form and host were judged, not yet its address."""

    secure: bool
    host: str
    port: int
    target: str
    """Path and query, as requested."""

    @property
    def origin(self) -> str:
        """The `aud` of a VAPID token (RFC 8292 §2)."""
        scheme = "https" if self.secure else "http"
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = 443 if self.secure else 80
        return f"{scheme}://{host}" + ("" if self.port == usual else f":{self.port}")


def judge(endpoint: str, allowed: Iterable[str]) -> Endpoint:
    """The endpoint in parts. Raises EndpointRefusedError.

    `allowed` holds host names; `*.` before one allows any name below it. Only `https` on its usual
    port is called, except on a loopback address that the list names itself (for tests).
    """
    if len(endpoint) > LONGEST or not endpoint.isascii() or not endpoint.isprintable():
        raise EndpointRefusedError("")
    try:
        parts = urlsplit(endpoint)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise EndpointRefusedError("") from error
    if not host or "\\" in endpoint or " " in endpoint or "@" in parts.netloc or parts.fragment:
        raise EndpointRefusedError(host)
    listed = any(_matches(host, pattern.lower()) for pattern in allowed)
    secure = parts.scheme == "https"
    if not listed or not (_is_usual(secure, port) or host in _LOOPBACK):
        raise EndpointRefusedError(host)
    if not secure and parts.scheme != "http":
        raise EndpointRefusedError(host)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Endpoint(secure, host, port or (443 if secure else 80), target)


def address_of(endpoint: Endpoint, resolve: Resolve | None = None) -> str:
    """The one address to connect to. Raises EndpointRefusedError when any answer is not public.

    Raises OSError when the name does not resolve.
    """
    addresses = (resolve or _resolve)(endpoint.host, endpoint.port)
    if not addresses:
        raise OSError("no address")
    if endpoint.host not in _LOOPBACK and not all(map(_is_public, addresses)):
        raise EndpointRefusedError(endpoint.host)
    return addresses[0]


def _is_usual(secure: bool, port: int | None) -> bool:
    return secure and port in {None, 443}


def _matches(host: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return host.endswith(pattern[1:]) and len(host) > len(pattern) - 1
    return host == pattern


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if inner is not None:
            return inner.is_global and not inner.is_multicast
    return found.is_global and not found.is_multicast


def _resolve(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(answer[4][0]) for answer in found]
