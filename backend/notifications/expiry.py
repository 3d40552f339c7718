"""Warning of certificates that run out: 60, 30 and 7 days ahead, each person once each time."""

from datetime import timedelta

from sqlalchemy import select

from backend.certificates.models import Certificate, CertificateStatus
from backend.core.db import Work
from backend.identity import officers
from backend.notifications.models import NoticeKind
from backend.notifications.notices import give
from backend.organisation.models import Person
from backend.signing.models import KeyCredential

DAYS_AHEAD = (7, 30, 60)


def warn_of_expiry(work: Work) -> None:
    """Tells holders and officers. A warning whose day was missed is left to the next one."""
    ending = (
        select(Certificate, Person)
        .join(KeyCredential, KeyCredential.certificate_id == Certificate.id)
        .join(Person, Person.id == Certificate.person_id)
        .where(
            KeyCredential.retired_at.is_(None),
            Person.left_at.is_(None),
            Certificate.status == CertificateStatus.VALID,
            Certificate.not_after > work.now,
            Certificate.not_after <= work.now + timedelta(days=max(DAYS_AHEAD)),
        )
        .order_by(Certificate.id)
    )
    watching = officers.active(work)
    for certificate, person in work.session.execute(ending).all():
        left = certificate.not_after - work.now
        days = next(d for d in DAYS_AHEAD if left <= timedelta(days=d))
        for told in sorted({person.id, *watching}):
            give(
                work,
                told,
                NoticeKind.CERTIFICATE_EXPIRES,
                f"certificate-expires:{certificate.id}:{days}",
                person=str(person.id),
                name=person.name,
                own=told == person.id,
                until=certificate.not_after.isoformat(),
            )
