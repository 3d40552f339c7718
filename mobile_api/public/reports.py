"""Reports as sealed PDFs: what a page carried is given back, and nothing is kept in between."""

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from backend.core import limits
from backend.verification.problems import REPORT_OVER
from backend.verification.sealed.findings import LONGEST, unpack
from mobile_api.context import client_address, current_services
from mobile_api.public.rendering import house_of

_FIELD = "laporan"
_ENVELOPE = 8 * 1024
"""What a form may add around the package."""


def sealed(package: str, lang: str) -> tuple[str, bytes]:
    """A name for the report that a page carried, and the report as a sealed PDF.

    Raises REPORT_OVER, and whatever keeps it from being sealed now.
    """
    services = current_services()
    now = services.clock.now()
    findings = unpack(package, services.master_key, now)
    with services.strangers_files.enter(limits.host(client_address())):
        with services.work() as work:
            house = house_of(work)
        pdf = services.report_sealer.seal(
            findings,
            agency=house.name,
            zone=house.zone,
            origin=services.settings.origin,
            lang=lang,
            now=now,
        )
    return f"laporan-{findings.reference}.pdf", pdf


def posted() -> str:
    """The package in a form that gives it back. Raises REPORT_OVER."""
    if request.mimetype != "multipart/form-data":
        raise REPORT_OVER()
    parser = FormDataParser(
        max_form_memory_size=LONGEST, max_content_length=LONGEST + _ENVELOPE, max_form_parts=4
    )
    try:
        _, fields, _ = parser.parse_from_environ(request.environ)
    except RequestEntityTooLarge as error:
        raise REPORT_OVER() from error
    return str(fields.get(_FIELD, ""))
