"""Seals a report with the key that the issuing process keeps for this alone."""

from dataclasses import dataclass
from datetime import datetime

from backend.certificates.attributes import digest_in
from backend.certificates.authority import common_name
from backend.certificates.issuer import Established, IssuingKey
from backend.certificates.kinds import AuthorityKind
from backend.certificates.problems import AUTHORITY_MISSING
from backend.certificates.revocation import RevocationSource
from backend.certificates.timestamps import TimeStamper
from backend.signing.pdf import pades, selfcheck
from backend.signing.pdf.container import SignerIdentity
from backend.signing.pdf.placeholder import SEAL_FIELD, seal_placeholder
from backend.verification.sealed.composition import House, Report
from backend.verification.sealed.findings import Findings


@dataclass(frozen=True)
class Sealer:
    """What sealing needs. Nothing of it waits for a transaction."""

    issuer: IssuingKey
    stamper: TimeStamper
    revocation: RevocationSource

    def seal(
        self, findings: Findings, *, agency: str, zone: str, origin: str, lang: str, now: datetime
    ) -> bytes:
        """The report as a PDF of level B-LT.

        Raises AUTHORITY_MISSING, ISSUER_UNAVAILABLE and TIME_STAMP_UNAVAILABLE.
        """
        known = self.issuer.authorities()
        own, issuer = (_newest(known, k) for k in (AuthorityKind.REPORT, AuthorityKind.ISSUING))
        house = House(agency, zone, origin, common_name(own))
        base = Report(findings, house, lang).write()
        identity = SignerIdentity(own, (issuer,))
        prepared = seal_placeholder(base, pades.reserve(identity, self.stamper))
        at = now.replace(microsecond=0)
        made = pades.sign(
            prepared,
            at,
            key=_ReportKey(self.issuer, own),
            identity=identity,
            stamper=self.stamper,
            revocation=self.revocation,
        )
        expected = selfcheck.Expected(
            base=base, before=prepared.data, field=SEAL_FIELD, certificate=own, at=at, first=True
        )
        selfcheck.check(made.data, expected)
        return made.data


@dataclass(frozen=True)
class _ReportKey:
    """The key as the engine's port wants it; it stays where it is and gets a digest alone."""

    issuer: IssuingKey
    certificate: bytes

    def sign(self, data: bytes) -> bytes:
        return self.issuer.report(digest_in(data, self.certificate))


def _newest(known: list[Established], kind: AuthorityKind) -> bytes:
    found = [each.certificate for each in known if each.kind is kind]
    if not found:
        raise AUTHORITY_MISSING()
    return found[-1]
