"""Our engine as the worker uses it: prepared when queued, signed and checked at the tap."""

from dataclasses import replace
from datetime import UTC, datetime

from backend.certificates.kinds import AuthorityKind
from backend.certificates.recent_evidence import RecentEvidence
from backend.core.clock import SystemClock
from backend.signing.pdf import pades, selfcheck
from backend.signing.pdf.container import SignerIdentity
from backend.signing.pdf.placeholder import Placeholder, first_placeholder
from tests.factories.authority import Key
from tests.factories.pki import Pki, Signer
from tests.unit.signing.conftest import FOOT, RATNA, block, everywhere


class OurEngine:
    """One signer's documents at a level."""

    def __init__(self, pki: Pki, signer: Signer, level: str) -> None:
        self._key = Key(signer.key)
        self._identity = SignerIdentity(signer.der, (pki.der(AuthorityKind.ISSUING),))
        self._stamper = None if level == "B-B" else pki.time_stamper
        self._revocation = RecentEvidence(pki, SystemClock()) if level == "B-LT" else None
        self._room = pades.reserve(self._identity, self._stamper)

    def prepare(self, base: bytes, url: str) -> Placeholder:
        """Every foot, the appearance with its code, and the placeholder."""
        words = replace(RATNA, url=url)
        return first_placeholder(
            base, [block(1, words=words)], replace(FOOT, url=url), everywhere, self._room
        )

    def sign(self, base: bytes, prepared: Placeholder) -> bytes:
        """The finished file, once the independent check passed it."""
        at = datetime.now(UTC).replace(microsecond=0)
        made = pades.sign(
            prepared,
            at,
            key=self._key,
            identity=self._identity,
            stamper=self._stamper,
            revocation=self._revocation,
        )
        expected = selfcheck.Expected(
            base=base,
            before=prepared.data,
            field=prepared.slots.field,
            certificate=self._identity.certificate,
            at=at,
            first=True,
            evidence=self._revocation is not None,
            stamped=self._stamper is not None,
        )
        selfcheck.check(made.data, expected)
        return made.data
