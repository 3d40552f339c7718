"""The scratch folder: unfinished uploads and sandboxed work, safe to lose."""

import shutil
import time
from pathlib import Path

ABANDONED_SECONDS = 24 * 3600
"""Longer than any upload or job may take; what is older was left by a process that was killed."""
_OURS = ("upload-", "examine-", "sandbox-", "validate-")


def sweep(folder: Path, *, older_than: float = ABANDONED_SECONDS) -> int:
    """Removes what killed processes left behind. Returns how many entries."""
    if not folder.is_dir():
        return 0
    limit = time.time() - older_than
    abandoned = [p for p in folder.iterdir() if p.name.startswith(_OURS) and _age(p) < limit]
    for path in abandoned:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(abandoned)


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # somebody finished meanwhile
        return time.time()
