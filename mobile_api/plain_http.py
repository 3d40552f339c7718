"""Over plain HTTP to a network address there is no safe sign-in: say so instead of failing.

Browsers offer neither WebCrypto nor service workers there, and a password would travel readable.
`http://localhost` is a secure context and works. Public pages and the authority's files stay
reachable: they hold nothing secret and are signed themselves.
"""

from flask import Response, request

from backend.core.errors import Problem
from mobile_api.context import current_services
from mobile_api.origin import is_app_page, is_local
from mobile_api.problems import problem_response

HTTPS_NEEDED = Problem(
    "general/https-needed",
    403,
    "Sambungan belum aman",
    "Alamat ini belum memakai HTTPS, jadi Centang tidak dapat dipakai dari sini. "
    "Buka lewat alamat https:// dari kantor Anda, atau hubungi pengelola.",
)

_PAGE = """<!doctype html><html lang="id"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Centang</title>
<h1>Sambungan ini belum aman</h1>
<p>Centang hanya dapat dipakai lewat <b>https://</b>, supaya kata sandi dan tanda tangan Anda tidak
dapat dibaca orang lain di jaringan. Tidak ada yang rusak; alamatnya saja yang belum tepat.</p>
<p>Buka alamat <b>https://</b> dari kantor Anda, atau tunjukkan halaman ini kepada pengelola.</p>
<h2>Untuk pengelola</h2>
<ul><li>Di jaringan kantor: jalankan <code>HTTPS=1 make run</code> dan ikuti petunjuk di layarnya.</li>
<li>Di belakang proksi yang sudah HTTPS: setel <code>CENTANG_TRUSTED_PROXIES=1</code>.</li>
<li>Di komputer server sendiri: buka <code>http://localhost:{port}</code>.</li></ul>
<p lang="en"><b>This connection is not secure yet.</b> Centang works over https:// only, so that
passwords and signatures cannot be read on the network. Ask for your office's https:// address, or
start it with <code>HTTPS=1 make run</code>.</p></html>"""


def explain_plain_http() -> Response | None:
    """A `before_request` step: answers in place of the app and its API where they cannot work."""
    if request.is_secure or current_services().settings.trusted_proxies or is_local(request.host):
        return None
    if is_app_page():
        page = _PAGE.format(port=current_services().settings.port)
        return Response(page, 403, content_type="text/html; charset=utf-8")
    public = not request.path.startswith("/api/") or request.path.startswith("/api/v1/public/")
    return None if public else problem_response(HTTPS_NEEDED())
