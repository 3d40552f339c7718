"""One installation, one origin: cookies, device statements and papers know a single address."""

import ipaddress
from urllib.parse import urlsplit

from flask import redirect, request
from flask.typing import ResponseReturnValue

from mobile_api.context import current_services


def audience() -> str:
    """The origin that a device's statement must name.

    It is this installation's own; except on this very machine, where a forwarded port may differ
    from the one we listen on and nobody else can be meant.
    """
    own = current_services().settings.origin
    if is_local(request.host) and is_local(urlsplit(own).netloc):
        return f"{request.scheme}://{request.host}"
    return own


def lead_to_own_origin() -> ResponseReturnValue | None:
    """A `before_request` step: pages asked for under another of our names move to the right one."""
    own = urlsplit(current_services().settings.origin)
    if not is_app_page() or hostname(request.host) == own.hostname:
        return None
    return redirect(f"{own.scheme}://{own.netloc}{request.full_path.rstrip('?')}")


def is_app_page() -> bool:
    """Whether a page of the app itself is asked for, not one of its files nor anything else."""
    path = request.path
    elsewhere = ("/api/", "/v/", "/pki/", "/.well-known/")
    return (
        request.endpoint == "shell.asset"
        and not path.startswith(elsewhere)
        and "." not in path.rsplit("/", 1)[-1]
    )


def is_local(host: str) -> bool:
    """What browsers call potentially trustworthy: localhost, *.localhost, loopback addresses."""
    name = hostname(host)
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def hostname(host: str) -> str:
    """The name in a Host header, without port and brackets."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""
