"""`python -m tests.fakes.bsre [folder]`: the stand-in by itself, to try an installation against."""

import contextlib
import sys
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from tests.fakes.bsre import CREDENTIALS, BsreServer

if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
    server = BsreServer(folder)
    server.house.enrol("3300000000000001", "Ani Contoh", "frasa sandi contoh")
    (folder / "root.pem").write_bytes(server.house.pki.root.public_bytes(Encoding.PEM))
    with server.running():
        print(f"{server.origin}  {CREDENTIALS}  {folder / 'root.pem'}", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            server.house.released.wait()
