"""A paper's pages as it was given out, drawn once somebody looks."""

from backend.core.sandbox import Sandbox
from backend.verification import final_pages
from backend.verification.records import PublicRecord
from backend.verification.slots import slot
from mobile_api.context import current_services


def final_page(record: PublicRecord, ordinal: int) -> str:
    """The stored digest of a page's picture. Raises UNKNOWN_CODE, UNAVAILABLE."""
    services = current_services()
    with services.work() as work:
        file, digest = final_pages.find(work, record, ordinal)
    if digest is not None:
        return digest
    scratch = services.settings.scratch_dir
    with slot(scratch):
        sandbox = Sandbox(services.settings)
        digest = final_pages.draw(services.blobs, sandbox, scratch, file, ordinal)
    with services.work() as work:
        final_pages.keep(work, record.code, file, ordinal, digest)
    return digest
