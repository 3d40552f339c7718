"""A signer's phone, as the web app behaves: states, seals, and sends."""

import hashlib
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pyotp
from joserfc import jwe
from joserfc.jwk import ECKey

from backend.bootstrap import Services
from backend.certificates.models import Certificate
from backend.certificates.revocation import make_ready
from backend.core.db import Actor, Work
from backend.core.ids import new_id
from backend.identity import totp
from backend.identity.models import (
    Account,
    DecisionKind,
    DecisionState,
    Device,
    TwoOfficerDecision,
)
from backend.organisation.models import Person
from backend.signing import activation_keys, enrolment
from backend.signing.envelope import _JWE
from backend.signing.models import ActivationKey
from backend.signing.signing import Envelope
from tests.factories import people
from tests.factories.people import DeviceKey

PASSPHRASE = "kuda hijau menari di atap"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@dataclass
class Phone:
    """One person's enrolled phone. Its clock is the services' clock."""

    services: Services
    person: Person
    device: Device
    key: DeviceKey
    totp_secret: str = SECRET
    _seq: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    @property
    def actor(self) -> Actor:
        return Actor(person_id=self.person.id, device_id=self.device.id)

    @property
    def code(self) -> str:
        """What the authenticator shows now."""
        return pyotp.TOTP(self.totp_secret).at(self.services.clock.now())

    def activation_key(self) -> ActivationKey:
        with self.services.work() as work:
            return activation_keys.current(
                work, keys=self.services.master_key, issuer=self.services.issuer
            )

    def seal(self, jti: str, secrets: Any, **header: Any) -> str:
        """Secrets as compact JWE; `header` replaces or adds protected members."""
        row = self.activation_key()
        protected = {
            "alg": "ECDH-ES+A256KW",
            "enc": "A256GCM",
            "kid": row.kid,
            "sad_jti": jti,
            "typ": "centang-secrets+json",
        } | header
        public = {k: v for k, v in row.public_jwk.items() if k in {"kty", "crv", "x", "y"}}
        content = secrets if isinstance(secrets, bytes) else json.dumps(secrets).encode()
        return jwe.encrypt_compact(protected, content, ECKey.import_key(public), registry=_JWE)

    def envelope(
        self,
        typ: str,
        *,
        secrets: dict[str, Any] | None = None,
        header: dict[str, Any] | None = None,
        **claims: Any,
    ) -> tuple[str, str]:
        """A statement and its sealed secrets; `claims` add to or replace what is usual."""
        usual = people.statement(
            self.person.id, self.services.clock.now(), aud=self.services.settings.origin
        )
        usual["seq"] = next(self._seq)
        usual |= {k: v for k, v in claims.items() if k != "jwe_sha256"}
        given = {"passphrase": PASSPHRASE, "code": self.code} | (secrets or {})
        sealed = self.seal(usual["jti"], given, **(header or {}))
        usual["jwe_sha256"] = (
            claims.get("jwe_sha256") or hashlib.sha256(sealed.encode()).hexdigest()
        )
        return self.key.sign(typ, usual), sealed

    def sad(self, documents: list[dict[str, Any]] | None = None, **claims: Any) -> tuple[str, str]:
        """An authorisation and its secrets; without `documents` for an invented one."""
        usual: dict[str, Any] = {
            "grant": None,
            "credential": self.certificate.thumbprint,
            "provider": "local",
            "level": "B-LT",
            "documents": documents or [a_document()],
        }
        return self.envelope("sad+jwt", **(usual | claims))

    @property
    def certificate(self) -> Certificate:
        """The newest certificate of the person."""
        with self.services.work() as work:
            rows = work.session.query(Certificate).filter_by(person_id=self.person.id)
            return rows.order_by(Certificate.id.desc()).first()

    def create_credential(self, *, passphrase: str = PASSPHRASE, **claims: Any) -> Certificate:
        """Makes the key and its certificate under an agreement of two officers."""
        secrets = {"passphrase": passphrase}
        return self.key_work(enrolment.create, secrets, purpose="create", **claims)

    def key_work(self, act: Callable[..., Any], secrets: dict[str, Any], **claims: Any) -> Any:
        """What `act`, of enrolment or renewal, does with a statement about the person's own key."""
        sealed = self.envelope("credential+jwt", secrets=secrets, **claims)
        services = self.services
        with services.work(self.actor) as work:
            return act(work, Envelope(*sealed, services.settings.origin), services.enrolment)


def a_document() -> dict[str, Any]:
    return {
        "id": str(new_id()),
        "step": str(new_id()),
        "version_sha256": "1" * 64,
        "prepared_sha256": "2" * 64,
        "action": "sign",
    }


def phone(services: Services, work: Work, person: Person | None = None) -> Phone:
    """A person (a new one, or this one) with account, second factor and a phone that may sign."""
    person = person or people.person(work.session)
    account = work.session.get(Account, person.id) or people.account(work.session, person)
    totp.set_confirmed(work, account, SECRET, keys=services.master_key)
    device, key = people.device(work.session, person)
    return Phone(services, person, device, key)


def agree_to_issue(work: Work, person_id: UUID, **payload: Any) -> TwoOfficerDecision:
    """Two officers' agreement that this person may create a key."""
    officers = [people.person(work.session) for _ in range(2)]
    decision = TwoOfficerDecision(
        kind=DecisionKind.ISSUE_CERTIFICATE,
        person_id=person_id,
        payload={"method": "tatap muka", "evidence": "KTP-el", "checked_at": "2026-03-02"}
        | payload,
        state=DecisionState.AGREED,
        proposed_by=officers[0].id,
        decided_by=officers[1].id,
        created_at=work.now,
        decided_at=work.now,
    )
    work.session.add(decision)
    work.session.flush()
    return decision


def signer(services: Services, person: Person | None = None) -> Phone:
    """A person who can sign: phone, key and certificate; authorities are made if need be.

    Their one-time code of this moment is used up: move the clock by 30 s before the next.
    """
    with services.work() as work:
        if work.session.query(people.Agency).first() is None:
            people.agency(work.session)
        make_ready(work, issuer=services.issuer)
        made = phone(services, work, person)
        agree_to_issue(work, made.person.id)
    made.create_credential()
    return made
