"""A file of 50 MB takes no more than four times its size, the whole process counted."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest

from tests.factories.sheets import paper

SIZE = 50 * 1024 * 1024


@pytest.mark.timeout(120)
def test_a_large_file_is_prepared_and_signed_in_little_memory(tmp_path: Path) -> None:
    with pikepdf.open(io.BytesIO(paper())) as pdf:
        pdf.Root.Padding = pdf.make_stream(os.urandom(SIZE))
        pdf.save(tmp_path / "base.pdf", compress_streams=False)
    for step in ("prepare", "sign"):
        done = subprocess.run(
            [sys.executable, "-m", "tests.unit.signing.heavy", step, tmp_path],
            capture_output=True,
            text=True,
            check=True,
        )
        assert int(done.stdout) * 1024 <= 4 * SIZE, step
