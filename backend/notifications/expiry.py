"""Warning of certificates that run out: 60, 30 and 7 days ahead, each person once each time."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, select

from backend.certificates.models import Certificate, CertificateStatus
from backend.core.db import Work
from backend.identity import officers
from backend.notifications.announcing import administrators
from backend.notifications.models import NoticeKind
from backend.notifications.notices import give
from backend.organisation.models import Person
from backend.signing.models import KeyCredential, Seal
from backend.signing.seal import seals

Query = TypeVar("Query", bound=Select[*tuple[Any, ...]])

DAYS_AHEAD = (7, 30, 60)


def warn_of_expiry(work: Work) -> None:
    """Tells holders, custodians and whoever can help. A warning whose day was missed is left to the
    next one.
    """
    watching = officers.active(work)
    signers = (
        _ending(work, select(Certificate, Person))
        .join(KeyCredential, KeyCredential.certificate_id == Certificate.id)
        .join(Person, Person.id == Certificate.person_id)
        .where(KeyCredential.retired_at.is_(None), Person.left_at.is_(None))
    )
    for certificate, person in work.session.execute(signers).all():
        _warn(
            work,
            {person.id, *watching},
            NoticeKind.CERTIFICATE_EXPIRES,
            certificate,
            own=person.id,
            person=str(person.id),
            name=person.name,
        )
    sealing = (
        _ending(work, select(Certificate, Seal.id))
        .join(Seal, Seal.certificate_id == Certificate.id)
        .where(Seal.retired_at.is_(None))
    )
    for certificate, seal_id in work.session.execute(sealing).all():
        # Officers agree to the next seal and name its custodians: nobody renews one alone.
        told = {*seals.custodian_ids(work, seal_id), *administrators(work), *watching}
        _warn(work, told, NoticeKind.SEAL, certificate, news="expires")


def _ending(work: Work, query: Query) -> Query:
    return query.where(
        Certificate.status == CertificateStatus.VALID,
        Certificate.not_after > work.now,
        Certificate.not_after <= work.now + timedelta(days=max(DAYS_AHEAD)),
    ).order_by(Certificate.id)


def _warn(
    work: Work,
    told: Iterable[UUID],
    kind: NoticeKind,
    certificate: Certificate,
    *,
    own: UUID | None = None,
    **data: Any,
) -> None:
    left = certificate.not_after - work.now
    days = next(d for d in DAYS_AHEAD if left <= timedelta(days=d))
    for person_id in sorted(told):
        give(
            work,
            person_id,
            kind,
            f"certificate-expires:{certificate.id}:{days}",
            own=person_id == own,
            until=certificate.not_after.isoformat(),
            **data,
        )
