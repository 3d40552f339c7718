"""Structured logs: one JSON object a line, a request's id on each, nothing secret in any."""

import logging
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any, TextIO

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, WrappedLogger

REDACTED = "[redacted]"

# Names whose values never belong in a log, whoever put them there.
_SECRET_NAME = re.compile(
    r"pass(word|phrase|wd)?$|secret|token|otp|recovery_code|authorization|cookie|private|"
    r"one_time|^proof$|^jwe$|^wrapped$|^pin$",
    re.IGNORECASE,
)
# Shapes of secrets: JOSE compact forms, PEM private keys, passwords in URLs.
_SECRET_SHAPE = re.compile(
    r"eyJ[\w-]{8,}(?:\.[\w-]*){2,4}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)"
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)",
    re.DOTALL,
)

# Libraries that say at INFO what we log ourselves, or nobody needs.
_QUIET = ("werkzeug", "alembic", "procrastinate", "pyhanko", "pyhanko_certvalidator", "urllib3")


def redact(value: Any) -> Any:
    """The value with everything that looks like a secret taken out, at any depth."""
    if isinstance(value, str):
        return _SECRET_SHAPE.sub(REDACTED, value)
    if isinstance(value, Mapping):
        return {
            k: REDACTED if isinstance(k, str) and _SECRET_NAME.search(k) else redact(v)
            for k, v in value.items()
        }
    if isinstance(value, (list, tuple, set, frozenset)):
        return [redact(v) for v in value]
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f"[{len(value)} bytes]"
    return value


def _redact_event(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    redacted: EventDict = redact(event)
    return redacted


def _shared(process: str) -> list[Callable[..., Any]]:
    def name_process(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
        event["process"] = process
        return event

    return [
        structlog.contextvars.merge_contextvars,
        name_process,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        # Never the locals: a passphrase may stand in one.
        structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
        _redact_event,
    ]


def configure(
    level: str = "INFO", *, process: str = "centang", stream: TextIO | None = None
) -> None:
    """Sends structlog and the standard library's logging to one stream (default: stderr)."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *_shared(process)],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.EventRenamer("message"),
                structlog.processors.JSONRenderer(default=str, ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared(process),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
