"""No stored file may be forgotten by a backup: every digest column is classified."""

from backend.stored_files import references
from backend.tables import metadata

# Digests that name no file of their own, and why.
NOT_STORED = {
    "document.validated_sha256": "repeats document.signed_sha256",
    "tick.version_sha256": "repeats version.sha256, as the phone stated it",
    "tick.page_sha256": "repeats page.image_sha256, as the phone stated it",
    "prepared.sha256": "repeats prepared.blob_sha256: its slots are stored zeroed",
    "archive_stamp.base_sha256": "repeats the document's file before",
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
