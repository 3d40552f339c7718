"""Every table in one import, for migrations and for tests that build a schema."""

from backend.audit import models as audit
from backend.certificates import models as certificates
from backend.core import models as core
from backend.core.db import Base
from backend.documents import models as documents
from backend.identity import models as identity
from backend.notifications import models as notifications
from backend.organisation import models as organisation
from backend.routing import models as routing
from backend.signing import models as signing
from backend.signing.claims import models as claims
from backend.signing.offline import models as offline
from backend.verification import models as verification

__all__ = [
    "audit",
    "certificates",
    "claims",
    "core",
    "documents",
    "identity",
    "metadata",
    "notifications",
    "offline",
    "organisation",
    "routing",
    "signing",
    "verification",
]

metadata = Base.metadata
