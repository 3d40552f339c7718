"""Nothing secret reaches a log line, whoever writes it."""

import io
import json
import logging

import pytest
import structlog

from backend.core import logs
from backend.core.logs import REDACTED, redact

JWE = "eyJhbGciOiJFQ0RILUVTK0EyNTZLVyJ9.QUJD.REVG.R0hJ.SktM"
PEM = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMG\n-----END PRIVATE KEY-----"


@pytest.fixture
def stream(log_stream: io.StringIO) -> io.StringIO:
    logs.configure("INFO", process="test", stream=log_stream)
    return log_stream


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize(
    "name",
    ["passphrase", "password", "old_password", "totp_secret", "secrets", "refresh_token", "Cookie"],
)
def test_it_redacts_by_name_at_any_depth(name: str) -> None:
    assert redact({"a": [{name: "s3cret"}]}) == {"a": [{name: REDACTED}]}


@pytest.mark.parametrize("text", [f"got {JWE} here", PEM, f"cut {PEM[:50]}"])
def test_it_redacts_by_shape(text: str) -> None:
    redacted = redact(text)
    assert REDACTED in redacted
    assert "QUJD" not in redacted
    assert "MIGH" not in redacted


def test_it_takes_passwords_out_of_addresses_and_keeps_the_rest() -> None:
    assert redact("postgresql://app:hunter2@db/centang") == f"postgresql://{REDACTED}@db/centang"
    assert redact("https://contoh.example/v/1?x=a@b") == "https://contoh.example/v/1?x=a@b"


def test_it_keeps_problem_codes_and_counts() -> None:
    event = {"code": "signing/wrong-passphrase", "tries_left": 3, "page": 2}
    assert redact(event) == event


def test_it_never_writes_the_bytes_of_a_file() -> None:
    assert redact({"body": b"%PDF-1.7"}) == {"body": "[8 bytes]"}


def test_a_trace_shows_where_but_never_the_local_values(stream: io.StringIO) -> None:
    def sign(passphrase: str) -> None:
        raise ValueError("cannot")

    try:
        sign("correct horse battery staple")
    except ValueError:
        structlog.get_logger("x").exception("failure", passphrase="correct horse battery staple")
    assert "correct horse" not in stream.getvalue()
    (entry,) = lines(stream)
    assert entry["level"] == "error"
    assert entry["exception"]


def test_library_messages_pass_through_the_same_sieve(stream: io.StringIO) -> None:
    logging.getLogger("another.package").warning("token %s", JWE)
    (entry,) = lines(stream)
    assert entry["message"] == f"token {REDACTED}"
    assert entry["logger"] == "another.package"
