"""The trust store of this installation: its own roots, and those the agency adds."""

from sqlalchemy import select

from backend.certificates.kinds import AuthorityKind
from backend.certificates.models import Authority, RevocationList, TrustAnchor
from backend.core.db import Work
from backend.verification.trust import BOTH, Trust, anchor_of, common_name


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
