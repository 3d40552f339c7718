"""One HTTP call to the service: bounded in time and size, never redirected, never repeated.

What matters afterwards is whether the call may have reached the service. Only that decides between
«nothing happened» and «nobody knows».
"""

import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from pydantic import SecretStr
from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError

CONNECT_SECONDS = 5
SMALL = 1024 * 1024
"""The most bytes of an answer that carries no file."""


class AwayError(Exception):
    """No connection came about: nothing was asked of the service. `reason`: `unreachable` or `tls`."""

    def __init__(self, reason: str = "unreachable") -> None:
        super().__init__(reason)
        self.reason = reason


class NoAnswerError(Exception):
    """The call was sent and no whole answer came: the service may have done what was asked."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Address:
    """Where the service is and as whom to ask it."""

    url: str
    username: str
    password: SecretStr
    seconds: float = 60
    """For a whole answer."""
    ca_file: Path | None = None
    """Of the agency's own authority, when the service's TLS certificate comes from it."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def json(self) -> dict[str, Any] | None:
        """The body as a JSON object; None when it is none."""
        try:
            content = json.loads(self.body)
        except ValueError:
            return None
        return content if isinstance(content, dict) else None


def call(address: Address, method: str, path: str, *, most: int = SMALL, **content: Any) -> Answer:
    """The service's answer of at most `most` bytes. `content`: `json`, `data` and `files`.

    Every call has a connection of its own, so that none is sent into one that died meanwhile.
    Raises AwayError and NoAnswerError.
    """
    deadline = time.monotonic() + address.seconds
    with requests.Session() as session:
        session.trust_env = False  # neither proxies nor .netrc come between
        session.auth = (address.username, address.password.get_secret_value())
        session.verify = str(address.ca_file) if address.ca_file else True
        try:
            with session.request(
                method,
                address.url.rstrip("/") + path,
                timeout=(CONNECT_SECONDS, address.seconds),
                allow_redirects=False,
                stream=True,
                **content,
            ) as response:
                body = _read(response, most, deadline)
                return Answer(response.status_code, response.headers, body)
        except requests.RequestException as error:
            if why := _before_sending(error):
                raise AwayError(why) from error
            raise NoAnswerError(_reason(error)) from error
        except (HTTPError, OSError) as error:
            raise NoAnswerError(_reason(error)) from error


def _read(response: requests.Response, most: int, deadline: float) -> bytes:
    body = bytearray()
    for chunk in response.iter_content(64 * 1024):
        body += chunk
        if len(body) > most:
            raise NoAnswerError("too-long")
        if time.monotonic() > deadline:
            raise NoAnswerError("time-out")
    return bytes(body)


def _before_sending(error: requests.RequestException) -> str | None:
    """Why no connection was made, or its other end was refused before anything was sent."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.InvalidURL):
        return "unreachable"
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    if isinstance(reason, NewConnectionError):
        return "unreachable"
    stranger = reason.args[0] if isinstance(reason, HTTPError) and reason.args else None
    return "tls" if isinstance(stranger, ssl.SSLCertVerificationError) else None


def _reason(error: Exception) -> str:
    slow = isinstance(error, requests.Timeout) or "timed out" in str(error)
    return "time-out" if slow else "connection-lost"
