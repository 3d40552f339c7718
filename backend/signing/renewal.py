"""A signer renews the own certificate before it ends: a new key under a passphrase of their own.

Nobody looks at the person again, because nothing about them changed and they prove that they hold
the old key: they open it with its passphrase. The old key is destroyed; its certificate stays as it
is, for what was signed with it. Officers are told.
"""

from typing import Literal

from backend.certificates.models import Certificate
from backend.core.db import Work
from backend.identity.models import SecurityEventKind
from backend.identity.security import announce
from backend.organisation.models import Person
from backend.signing import credentials, enrolment
from backend.signing.enrolment import Tools
from backend.signing.envelope import Claims
from backend.signing.problems import ENVELOPE_INVALID, NOT_RENEWABLE
from backend.signing.signing import Envelope


class RenewClaims(Claims):
    purpose: Literal["renew"]


def renew(work: Work, envelope: Envelope, tools: Tools) -> Certificate:
    """The acting person's next key and certificate. Prepared files are made anew for it.

    Raises NOT_RENEWABLE, WRONG_PASSPHRASE (counted as at signing), WEAK_PASSPHRASE and the refusals
    of envelope, code and credential.
    """
    with enrolment.opened_by(work, envelope, RenewClaims, tools) as opened:
        old = opened.secrets.old_passphrase
        if old is None:
            raise ENVELOPE_INVALID()
        person = work.session.get_one(Person, work.actor.known_id)
        credential, certificate = credentials.usable(work, person.id)
        if not credentials.renewable(work, certificate):
            raise NOT_RENEWABLE()
        enrolment.require_strength(work, opened.secrets, person)
        enrolment.consume_code(work, opened, tools)
        credentials.unlock(work, credential, old, vault=tools.vault).forget()
        fresh = enrolment.replace_key(
            work,
            person,
            opened.secrets.passphrase,
            tools,
            decision_id=certificate.decision_id,
        )
    announce(work, person.id, SecurityEventKind.CERTIFICATE_RENEWED, serial=fresh.serial)
    return fresh
