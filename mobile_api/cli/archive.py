"""A whole installation in one folder, and back.

A backup holds the database as of one moment, every file, and the other secrets sealed under the
master key. The master key itself is kept apart: a thief of the backup opens nothing with it.
"""

import hashlib
import io
import json
import os
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.audit.models import AuditEntry
from backend.audit.queries import verify
from backend.audit.trail import GENESIS
from backend.bootstrap import Services
from backend.core.blobs import BlobStore, sha256_file
from backend.core.masterkey import FILE_NAME as MASTER_KEY
from backend.core.masterkey import CannotOpenError, MasterKey
from backend.core.postgres_programs import binaries
from backend.core.private_files import private, private_file
from backend.core.settings import Settings
from backend.stored_files import references
from mobile_api.cli.failures import CommandError

FORMAT = 1
MANIFEST, DUMP, SECRETS, BLOBS, LIST = (
    "manifest.json",
    "database.dump",
    "secrets.sealed",
    "blobs",
    "blobs.txt",
)
PURPOSE = "backup-secrets"

Progress = Callable[[str], None]


def make(services: Services, owner_url: str, folder: Path, progress: Progress) -> dict[str, Any]:
    """Writes a backup into an empty folder; the manifest comes last and makes it one."""
    private(folder)
    if any(folder.iterdir()):
        raise CommandError(f"{folder} is not empty. Choose a new folder for each backup.")
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    progress("reading the audit trail")
    with services.work() as work:
        trail = verify(work.session)
    if not trail.intact:
        raise CommandError(f"The audit trail is broken at entry {trail.broken_at}; see the audit.")
    progress("writing the database")
    _postgres("pg_dump", "--format=custom", "--no-owner", "--no-privileges",
              f"--file={folder / DUMP}", owner_url)  # fmt: skip
    # Files are immutable and stored before the rows that name them commit: everything the dump
    # mentions is there by now.
    progress("copying the files")
    # Retired files too: a row may name one again until it is put back (backend/upkeep.py).
    retired = (digest for digest, _ in services.blobs.retired())
    digests = sorted({*services.blobs.digests(), *retired})
    for digest in digests:
        target = folder / BLOBS / digest[:2] / digest
        target.parent.mkdir(parents=True, exist_ok=True)
        services.blobs.save_to(digest, target)
        if sha256_file(target) != digest:
            raise CommandError(f"The stored file {digest} is damaged. Restore it before you go on.")
    (folder / LIST).write_text("".join(f"{digest}\n" for digest in digests))
    with services.work() as work:
        missing = sorted(set(_named(work.session)) - set(digests))
    sealed = services.master_key.seal(
        PURPOSE, _pack(services.settings.secrets_dir), made_at.encode()
    )
    (folder / SECRETS).write_bytes(sealed)
    manifest = {
        "format": FORMAT,
        "made_at": made_at,
        "audit": {"entries": trail.entries, "head": trail.head},
        "files": len(digests),
        "missing": missing,
        "sha256": {name: sha256_file(folder / name) for name in (DUMP, SECRETS, LIST)},
    }
    with private_file(folder / MANIFEST) as descriptor:
        os.write(descriptor, json.dumps(manifest, indent=2).encode())
        os.fsync(descriptor)
    return manifest


def check(folder: Path) -> dict[str, Any]:
    """The manifest of a complete, undamaged backup. Raises CommandError otherwise."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        raise CommandError(f"{folder} holds no complete backup: it has no manifest.") from None
    except ValueError:
        raise CommandError(f"{folder / MANIFEST} is damaged.") from None
    if manifest.get("format") != FORMAT:
        raise CommandError("The backup was made by another version, which has to restore it.")
    for name, digest in manifest["sha256"].items():
        if not (folder / name).is_file() or sha256_file(folder / name) != digest:
            raise CommandError(f"{folder / name} is missing or damaged.")
    for digest in _listed(folder):
        path = folder / BLOBS / digest[:2] / digest
        if not path.is_file() or sha256_file(path) != digest:
            raise CommandError(f"The file {digest} is missing from the backup, or damaged.")
    return manifest


def unseal(folder: Path, manifest: dict[str, Any], key_file: Path, settings: Settings) -> None:
    """Puts the master key and the secrets it opens into the empty home."""
    try:
        key = MasterKey.read(key_file)
        packed = key.open(PURPOSE, (folder / SECRETS).read_bytes(), manifest["made_at"].encode())
    except (CannotOpenError, ValueError):
        raise CommandError(f"{key_file} is not the master key of this backup.") from None
    private(settings.root)
    private(settings.secrets_dir)
    with private_file(settings.secrets_dir / MASTER_KEY) as descriptor:
        os.write(descriptor, key_file.read_bytes())
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        tar.extractall(settings.secrets_dir, filter="data")


def fill(folder: Path, blobs: BlobStore, owner_url: str, progress: Progress) -> None:
    """Loads files and database; the database must be empty."""
    progress("copying the files")
    for digest in _listed(folder):
        blobs.put(folder / BLOBS / digest[:2] / digest)
    progress("loading the database")
    _postgres("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error",
              "--single-transaction", f"--dbname={owner_url}", str(folder / DUMP))  # fmt: skip


def prove(session: Session, blobs: BlobStore, manifest: dict[str, Any]) -> int:
    """Recomputes every digest that rows name, and the audit chain; returns how many files."""
    trail = verify(session)
    expected = manifest["audit"]
    entry = session.get(AuditEntry, expected["entries"]) if expected["entries"] else None
    head = entry.digest if entry else GENESIS
    # The dump may hold entries written while the backup began; those follow the noted head.
    if not trail.intact or head != expected["head"]:
        raise CommandError("The restored audit trail is not the one that was backed up.")
    proved = 0
    for digest in _named(session):
        if digest in manifest["missing"]:
            continue
        hasher = hashlib.sha256()
        for piece in blobs.stream(digest):
            hasher.update(piece)
        if hasher.hexdigest() != digest:
            raise CommandError(f"The restored file {digest} is damaged.")
        proved += 1
    return proved


def _named(session: Session) -> set[str]:
    """The digests of all files that rows name."""
    return {
        digest
        for column in references()
        for digest in session.scalars(select(column).where(column.is_not(None)).distinct())
        if digest
    }


def _listed(folder: Path) -> Iterator[str]:
    with (folder / LIST).open() as lines:
        yield from map(str.strip, lines)


def _pack(secrets_dir: Path) -> bytes:
    """Everything below secrets/ but the master key and this cluster's own passwords."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for path in sorted(secrets_dir.rglob("*")):
            name = str(path.relative_to(secrets_dir))
            if path.is_file() and name != MASTER_KEY and not name.startswith((".", "pgpass-")):
                tar.add(path, name, recursive=False)
    return buffer.getvalue()


def _postgres(program: str, *arguments: str) -> None:
    result = subprocess.run(
        [str(binaries() / program), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if result.returncode != 0:
        lines = result.stderr.decode(errors="replace").strip().splitlines()
        raise CommandError(f"{program} failed: {lines[-1] if lines else result.returncode}")
