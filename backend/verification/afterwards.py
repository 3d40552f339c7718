"""What became of the certificates of files that were valid: revoked later, they stand all the same.

Nothing is signed here with a certificate that is not valid, so whatever says revoked now was
revoked after it signed; the time stamp proves the order to everybody else.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from backend.certificates.models import Certificate, CertificateStatus
from backend.core.db import Work
from backend.verification.report import FileReport, Reason, SignatureReport


def revoked_since(work: Work, thumbprints: Collection[str]) -> dict[str, datetime]:
    """When which of these certificates was revoked."""
    rows = work.session.execute(
        select(Certificate.thumbprint, Certificate.status_at).where(
            Certificate.thumbprint.in_(thumbprints),
            Certificate.status == CertificateStatus.REVOKED,
        )
    )
    return {row.thumbprint: row.status_at for row in rows}


def brought_up_to_date(work: Work, report: FileReport) -> FileReport:
    """A report of long ago, with what is known today about its signers' certificates."""
    revoked = revoked_since(
        work, [s.certificate.thumbprint for s in report.signatures if s.certificate]
    )

    def noted(signature: SignatureReport) -> SignatureReport:
        if signature.certificate is None or signature.certificate.thumbprint not in revoked:
            return signature
        note = Reason(code="certificate-revoked-later")
        return signature.model_copy(update={"reasons": (*signature.reasons, note)})

    return report.model_copy(update={"signatures": tuple(map(noted, report.signatures))})
