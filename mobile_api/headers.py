"""Security headers of every answer (OWASP secure headers; CSP level 3 with Trusted Types)."""

import re

from flask import Request, Response

from backend.core.ids import new_id

REQUEST_ID = "X-Request-Id"
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")

_BASE = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' blob: data:",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "centang",
}

# The only routes on which WebAssembly may be compiled: the scanner and the original PDF.
_WASM_PREFIXES = ("/pindai", "/asli/")


def request_id(given: str) -> str:
    """What a request is called in answers and logs: as the client or the proxy says, within reason."""
    return given if _REQUEST_ID.fullmatch(given) else str(new_id())


def content_security_policy(path: str) -> str:
    policy = dict(_BASE)
    if path.startswith(_WASM_PREFIXES):
        policy["script-src"] += " 'wasm-unsafe-eval'"
    return "; ".join(f"{name} {value}" for name, value in policy.items())


def add_security_headers(request: Request, response: Response) -> None:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", content_security_policy(request.path))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.path.startswith("/api/"):
        headers.setdefault("Cache-Control", "no-store")
