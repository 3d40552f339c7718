"""The page from which a phone fetches the TLS root, over plain HTTP beside the HTTPS port.

What it hands out is public; whoever installs it compares the fingerprint with the one that the
server printed, since nothing on this page can vouch for itself.
"""

import html
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from cryptography.hazmat.primitives.serialization import Encoding

from mobile_api.cli.tls import Site

PAGE = """<!doctype html><html lang="id"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Percayai Centang</title>
<style>
:root{{color-scheme:light dark}}
body{{font:17px/1.5 system-ui,sans-serif;max-width:34rem;margin:0 auto;padding:24px 16px}}
a.b{{display:block;padding:14px;border-radius:12px;background:#1d4f91;color:#fff;text-align:center;
text-decoration:none;font-weight:600}}
code{{word-break:break-all;font-size:14px}}li{{margin:.4em 0}}[lang=en]{{opacity:.75;font-size:15px}}
</style>
<h1>Sekali saja: percayai sambungan ini</h1>
<p>Supaya HP Anda dapat membuka Centang dengan aman di jaringan kantor, pasang dahulu sertifikat
sambungan kantor ini. Sertifikat ini hanya berlaku untuk alamat Centang di kantor.</p>
<p><a class="b" href="/centang-root.crt">Unduh sertifikat</a></p>
<p><b>Cocokkan dahulu</b> sidik jari SHA-256 ini dengan yang tertera di layar server, atau tanyakan
kepada pengelola:<br><code>{fingerprint}</code></p>
<h2>Android</h2><ol><li>Unduh, lalu buka <b>Setelan › Keamanan › Enkripsi &amp; kredensial ›
Pasang sertifikat › Sertifikat CA</b>.</li><li>Pilih berkas <b>centang-root.crt</b>.</li></ol>
<h2>iPhone</h2><ol><li>Buka halaman ini di Safari, unduh, lalu <b>Izinkan</b>.</li>
<li><b>Pengaturan › Profil Diunduh › Pasang</b>.</li><li><b>Umum › Mengenai › Pengaturan
Kepercayaan Sertifikat</b>: nyalakan untuk Centang.</li></ol>
<p><a class="b" href="{url}">Buka Centang</a></p>
<p lang="en">To open Centang from a phone on the office network, install this certificate once. It
is valid for this office's addresses only. Compare the fingerprint with the one on the server's
screen before you install it.</p></html>"""


class TrustPage:
    """A small server in a thread; two addresses, nothing else."""

    def __init__(self, host: str, port: int, site: Site, url: str) -> None:
        page = PAGE.format(fingerprint=html.escape(site.fingerprint), url=html.escape(url))
        answers = {
            "/": ("text/html; charset=utf-8", page.encode()),
            "/centang-root.crt": (
                "application/x-x509-ca-cert",
                site.root.public_bytes(Encoding.DER),
            ),
        }
        self._server = ThreadingHTTPServer((host, port), partial(_Handler, answers))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    server_version, sys_version = "Centang", ""
    timeout = 10

    def __init__(self, answers: dict[str, tuple[str, bytes]], *parts: Any) -> None:
        self._answers = answers
        super().__init__(*parts)

    def do_GET(self) -> None:
        kind, body = self._answers.get(self.path.split("?")[0], ("", b""))
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", kind or "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass
