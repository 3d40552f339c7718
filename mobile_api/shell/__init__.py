"""Serves the production build of the progressive web app."""

from pathlib import Path

from flask import Blueprint, Response, request, send_from_directory
from werkzeug.security import safe_join

from backend.core.errors import NOT_FOUND, UNAVAILABLE
from mobile_api.access import public

DIST = Path(__file__).resolve().parents[2] / "pwa" / "dist"
shell = Blueprint("shell", __name__)


_IMMUTABLE = "public, max-age=31536000, immutable"
_REVALIDATE = "no-cache"


@shell.get("/")
@shell.get("/<path:path>")
@public
def asset(path: str = "") -> Response:
    """A built file, or the shell's page for the app's own routes.

    Hashed names are immutable; the page and the service worker are revalidated each time. A
    precompressed twin (`.br`) is sent to browsers that take it.
    """
    if path.startswith(("api/", "v/", "pki/", ".well-known/")):
        raise NOT_FOUND()
    # Joined safely: whether a file exists elsewhere on this machine is nobody's business.
    found = safe_join(str(DIST), path)
    name = path if path and found and Path(found).is_file() else "index.html"
    if name != path and "." in path.rsplit("/", 1)[-1]:
        raise NOT_FOUND()
    if not (DIST / name).is_file():
        raise UNAVAILABLE()
    return _send(name)


def _send(name: str) -> Response:
    compressed = f"{name}.br"
    use_brotli = request.accept_encodings["br"] > 0 and (DIST / compressed).is_file()
    response = send_from_directory(DIST, compressed if use_brotli else name)
    if use_brotli:
        plain = send_from_directory(DIST, name)
        response.headers["Content-Type"] = plain.headers["Content-Type"]
        response.headers["Content-Encoding"] = "br"
        plain.close()
    response.headers["Vary"] = "Accept-Encoding"
    hashed = name.startswith("assets/")
    response.headers["Cache-Control"] = _IMMUTABLE if hashed else _REVALIDATE
    return response
