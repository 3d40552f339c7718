"""Which columns name stored files, for backups and for `doctor`."""

from sqlalchemy.orm import InstrumentedAttribute

from backend.tables import documents, organisation, signing, verification

Reference = InstrumentedAttribute[str] | InstrumentedAttribute[str | None]


def references() -> tuple[Reference, ...]:
    """Every column whose value is the digest of a file in the blob store."""
    return (
        organisation.Agency.logo_sha256,
        documents.Version.uploaded_sha256,
        documents.Version.sha256,
        documents.Page.image_sha256,
        documents.Page.large_sha256,
        documents.Document.signed_sha256,
        signing.Prepared.blob_sha256,
        signing.Prepared.picture_sha256,
        signing.Prepared.block_sha256,
        signing.Signature.file_sha256,
        signing.DocumentSeal.file_sha256,
        signing.ArchiveStamp.file_sha256,
        verification.ValidationReport.preview_sha256,
        verification.FinalPage.image_sha256,
    )
