"""No stored file may be forgotten by a backup, nor lost after a row named it."""

import ast
from collections.abc import Iterator
from pathlib import Path

from backend.stored_files import references
from backend.tables import metadata

BACKEND = Path(__file__).parents[2] / "backend"

# Digests that name no file of their own, and why.
NOT_STORED = {
    "document.validated_sha256": "repeats document.signed_sha256",
    "tick.version_sha256": "repeats version.sha256, as the phone stated it",
    "tick.page_sha256": "repeats page.image_sha256, as the phone stated it",
    "prepared.sha256": "repeats prepared.blob_sha256: its slots are stored zeroed",
    "archive_stamp.base_sha256": "repeats the document's file before",
    "final_page.file_sha256": "repeats document.signed_sha256",
    "validation_report.file_sha256": "repeats signature.file_sha256 or archive_stamp.file_sha256",
}


def test_every_digest_column_is_backed_up_or_explained() -> None:
    stored = {f"{column.class_.__tablename__}.{column.key}" for column in references()}
    found = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if column.name.endswith("sha256")
    }
    assert found == stored | set(NOT_STORED)
    assert not stored & set(NOT_STORED)


def _stored(tree: ast.AST) -> Iterator[ast.Call]:
    """Calls of a blob store's `put`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = ast.unparse(node.func.value)
            if node.func.attr == "put" and owner.rpartition(".")[2] == "blobs":
                yield node


def test_what_a_row_will_name_is_on_the_disk_before_it_does() -> None:
    """A power cut must not take a file along whose digest was committed."""
    calls = {
        f"{path.relative_to(BACKEND)}:{call.lineno}": {each.arg for each in call.keywords}
        for path in BACKEND.rglob("*.py")
        for call in _stored(ast.parse(path.read_text()))
    }
    assert len(calls) > 10
    assert [place for place, given in calls.items() if "durable" not in given] == []
