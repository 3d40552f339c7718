"""A regency in which each operation finds something to act on, and somebody who may."""

import hashlib
import itertools
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import select

from backend.bootstrap import Services
from backend.documents.models import Document, Version
from backend.organisation.models import Person, Role
from backend.routing import routes
from backend.routing.models import StepAction
from backend.routing.routes import PlannedStep
from backend.signing.models import SigningAttempt
from backend.signing.offline import policy
from backend.signing.offline.policy import OfflinePolicy
from backend.verification.report import unreadable
from backend.verification.sealed.findings import Findings, TrustFacts, pack
from mobile_api.app import Application
from tests.factories import papers, people, signings
from tests.factories.national import Nation
from tests.factories.phones import Phone
from tests.factories.sheets import paper as sheet
from tests.factories.signings import Case, Signatory
from tests.support.browser import Browser, signed_in


@dataclass
class Call:
    """One request that is meant to succeed: who sends it, and what."""

    who: Browser | None
    path: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    query: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class World:
    app: Application
    services: Services
    nation: Nation
    """The same installation, and the national service beside it."""
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def number(self) -> int:
        return next(self._numbers)

    # People and their browsers.

    def browser(self, person: Person) -> Browser:
        return signed_in(self.app, self.services, person)

    def person(self, *roles: Role) -> Person:
        with self.services.work() as work:
            person = people.person(work.session)
            for role in roles:
                people.role(work.session, person, role)
            return person

    @cached_property
    def administrator(self) -> Browser:
        return self.browser(self.person(Role.ADMINISTRATOR))

    @cached_property
    def officers(self) -> list[Browser]:
        return [self.browser(self.person(Role.REGISTRATION_OFFICER)) for _ in range(2)]

    @cached_property
    def auditor(self) -> Browser:
        return self.browser(self.person(Role.AUDITOR))

    @cached_property
    def first(self) -> Case:
        """One office with its operator and two signers, and a paper on its way to the first."""
        case = signings.case(self.services, signers=2)
        with self.services.work() as work:
            policy.change(work, OfflinePolicy(signing=True))
        self.nation.trust()
        self.nation.enrol(case.signatories[0].person)
        return case

    @cached_property
    def operator(self) -> Browser:
        return self.browser(self.first.operator)

    @property
    def signatory(self) -> Signatory:
        return self.first.signatories[0]

    @cached_property
    def signer(self) -> Browser:
        return self.phone(self.signatory.phone)

    def phone(self, phone: Phone) -> Browser:
        browser = signed_in(self.app, self.services, phone.person, device=phone.device)
        browser.key, browser.secret = phone.key, phone.totp_secret
        return browser

    def official(self) -> Browser:
        """Somebody new, with a phone."""
        return self.browser(self.person(Role.OFFICIAL))

    def code(self, browser: Browser) -> str:
        """A one-time code of a fresh time step."""
        self.services.clock.advance(seconds=30)
        return browser.code()

    # Papers.

    def draft(self, **facts: Any) -> Document:
        """A paper of the office with a version that is ready, and no route."""
        with self.services.work() as work:
            row = papers.document(work.session, self.first.unit, self.first.operator, **facts)
            row.current_version_id = papers.version(work.session, row).id
            return row

    def on_its_way(self, *actions: StepAction) -> Case:
        """A paper that waits for the signer first."""
        case = signings.further_case(self.first, queued=False)
        plan = [
            PlannedStep(each.position.id, action, None)
            for each, action in zip(self.first.signatories, actions, strict=False)
        ]
        with self.services.work(case.operator_actor) as work:
            routes.draw_route(work, case.document_id, plan)
            routes.queue(work, case.document_id)
        return case

    def to_sign(self, *, ticked: bool = True) -> Case:
        case = self.on_its_way(StepAction.SIGN)
        if ticked:
            case.tick(self.signatory)
            case.prepare()
        return case

    def to_initial(self, *, ticked: bool = True) -> Case:
        case = self.on_its_way(StepAction.INITIAL, StepAction.SIGN)
        if ticked:
            case.tick(self.signatory)
        return case

    @cached_property
    def signed(self) -> SigningAttempt:
        """The attempt behind a signature."""
        case = self.on_its_way(StepAction.SIGN)
        case.prepare()
        attempt_id = case.sign(self.signatory)
        with self.services.work() as work:
            return work.session.get_one(SigningAttempt, attempt_id)

    def step(self, case: Case) -> dict[str, Any]:
        return {"step_id": case.next_step.id}

    def issued(self) -> Document:
        """A signed and validated paper."""
        digest = self.services.blobs.put(sheet())
        return self.draft(state="signed", signed_sha256=digest, validated_sha256=digest)

    def version(self, case: Case) -> Version:
        with self.services.work() as work:
            return work.session.scalars(
                select(Version).where(Version.document_id == case.document_id)
            ).one()

    def statement(self, case: Case) -> str:
        """A tick of the signer over the paper whose turn it is."""
        step, version = case.next_step, self.version(case)
        with self.services.work() as work:
            pages = [page.image_sha256 for page in work.session.merge(version).pages]
        return self.signer.state(
            "tick+jwt",
            step=str(step.id),
            mandate=str(self.signatory.mandate.id),
            version=str(version.id),
            version_sha256=version.sha256,
            pages=pages,
        )

    def package(self) -> str:
        """What a judgement came with."""
        file = unreadable("empty", sha256=sha256(b""), size=0)
        trust = TrustFacts(sha256=sha256(b""), roots=0)
        at = self.services.clock.now()
        found = Findings(filename=None, report=file, registry=None, trust=trust, at=at)
        return pack(found, self.services.master_key)

    # What two officers decide.

    def proposal(self) -> dict[str, Any]:
        payload = {"method": "tatap muka", "evidence": "KTP-el", "checked_at": "2026-03-02"}
        about = str(self.official().person_id)
        return {"kind": "issue-certificate", "person_id": about, "payload": payload}

    def decision(self) -> UUID:
        """Proposed by the first officer, for the second to answer."""
        answer = self.officers[0].post("/decisions", self.proposal())
        assert answer.status_code == 201, answer.json
        return UUID(answer.json["id"])


def sealed(envelope: tuple[str, str], name: str = "statement") -> dict[str, str]:
    """What a phone sends with secrets."""
    return {name: envelope[0], "secrets": envelope[1]}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
