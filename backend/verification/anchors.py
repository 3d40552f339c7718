"""The trust store of this installation: its own roots, and those the agency adds."""

import hashlib
from datetime import datetime
from uuid import UUID

from cryptography import x509
from pydantic import BaseModel
from sqlalchemy import select

from backend.audit import trail
from backend.certificates.kinds import AuthorityKind
from backend.certificates.models import Authority, RevocationList, TrustAnchor
from backend.core.db import Work
from backend.core.errors import NOT_FOUND
from backend.verification.trust import BOTH, Anchor, Purpose, Trust, anchor_of, common_name


def installation_trust(work: Work) -> Trust:
    """The installation's own roots, past ones included, and the anchors the agency added."""
    own = work.session.scalars(select(Authority).where(Authority.kind == AuthorityKind.ROOT))
    added = work.session.scalars(select(TrustAnchor).order_by(TrustAnchor.added_at))
    anchors = [
        anchor_of(common_name(root.certificate), root.certificate, BOTH, psre=False) for root in own
    ]
    anchors += [
        anchor_of(
            row.name,
            row.certificate,
            frozenset(p for p in BOTH if p in row.purposes),
            psre=row.indonesian_psre,
        )
        for row in added
    ]
    lists = work.session.scalars(select(RevocationList.der))
    return Trust.model_construct(anchors=tuple(anchors), crls=tuple(lists))


class TrustedRoot(BaseModel):
    """A root in the trust store, as people see it."""

    id: UUID
    name: str
    thumbprint: str
    """SHA-256 of the DER, hex."""
    not_before: datetime
    not_after: datetime
    purposes: list[Purpose]
    indonesian_psre: bool
    own: bool
    """This installation's own: it cannot be taken out."""


def roots(work: Work) -> list[TrustedRoot]:
    """The trust store: the installation's own roots first."""
    own = work.session.scalars(select(Authority).where(Authority.kind == AuthorityKind.ROOT))
    shown = [
        _root(row.id, common_name(row.certificate), row.certificate, sorted(BOTH), own=True)
        for row in own
    ]
    return shown + [
        _root(row.id, row.name, row.certificate, row.purposes, psre=row.indonesian_psre)
        for row in list_anchors(work)
    ]


def _root(
    id_: UUID,
    name: str,
    der: bytes,
    purposes: list[Purpose],
    *,
    psre: bool = False,
    own: bool = False,
) -> TrustedRoot:
    certificate = x509.load_der_x509_certificate(der)
    return TrustedRoot(
        id=id_,
        name=name,
        thumbprint=hashlib.sha256(der).hexdigest(),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        purposes=purposes,
        indonesian_psre=psre,
        own=own,
    )


def add_anchor(work: Work, anchor: Anchor) -> TrustAnchor:
    """Trusts a root from now on; a root already there takes the new name and purposes."""
    thumbprint = hashlib.sha256(anchor.certificate).hexdigest()
    row = work.session.scalar(select(TrustAnchor).where(TrustAnchor.thumbprint == thumbprint))
    if row is None:
        row = TrustAnchor(
            certificate=anchor.certificate,
            thumbprint=thumbprint,
            added_at=work.now,
            added_by=work.actor.person_id,
        )
        work.session.add(row)
    row.name = anchor.name
    row.purposes = sorted(anchor.purposes)
    row.indonesian_psre = anchor.indonesian_psre
    work.session.flush()
    facts = {"thumbprint": thumbprint, "name": row.name, "indonesian_psre": row.indonesian_psre}
    trail.record(work, "trust.added", "trust_anchor", row.id, purposes=row.purposes, **facts)
    return row


def list_anchors(work: Work) -> list[TrustAnchor]:
    return list(work.session.scalars(select(TrustAnchor).order_by(TrustAnchor.added_at)))


def remove_anchor(work: Work, anchor_id: UUID) -> None:
    """Trusts a root no longer. Raises NOT_FOUND."""
    row = work.session.get(TrustAnchor, anchor_id)
    if row is None:
        raise NOT_FOUND()
    work.session.delete(row)
    trail.record(
        work, "trust.removed", "trust_anchor", anchor_id, thumbprint=row.thumbprint, name=row.name
    )
