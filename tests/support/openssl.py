"""The `openssl` program as an independent judge."""

import subprocess
from pathlib import Path


def openssl(*arguments: str | Path, ok: bool = True) -> str:
    """Runs it and returns everything it said; `ok=False` when it must refuse."""
    done = subprocess.run(
        ["openssl", *map(str, arguments)],
        capture_output=True,
        timeout=30,
        check=False,
    )
    text = (done.stdout + done.stderr).decode(errors="replace")
    assert (done.returncode == 0) is ok, text
    return text
