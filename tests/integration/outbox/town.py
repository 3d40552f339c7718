"""An office whose officials share one phone, and what others do to their papers meanwhile."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from backend.core.db import Work
from backend.core.errors import DomainError
from backend.core.ids import new_id
from backend.documents.models import Version
from backend.organisation.models import Mandate
from backend.routing import decisions
from backend.routing.models import Step, StepState, TimelineEvent
from mobile_api.app import Application
from tests.factories import people
from tests.factories.papers import Official
from tests.integration.offline.conftest import Office
from tests.integration.outbox.phone import Phone
from tests.integration.outbox.signing_town import Signings
from tests.support.browser import signed_in
from tests.support.clock import SettableClock

KINDS = {"tick": "ticked", "initial": "initialled", "return": "returned", "reject": "rejected"}
"""What each act is called on the timeline."""


@dataclass
class Intent:
    """Something that a person did on the phone."""

    id: str
    who: int
    paper: "Paper"
    act: str
    made: datetime
    """By the phone's clock."""
    clock_trusted: bool
    """Whether that clock runs as it did when the phone measured it."""
    consent: str = ""
    """Of a signature: the `jti` of the statement that consents to it."""
    withdrawn: bool = False
    put_away: bool = False
    retried: bool = False


@dataclass
class Paper:
    """A paper as the phone last heard of it, and what became of it elsewhere."""

    id: UUID
    owner: int
    signs: bool = False
    """Whether it waits for its owner's signature, not for an initial before another's."""
    step_id: UUID = field(default_factory=new_id)
    state: str = "gone"
    version: dict[str, Any] = field(default_factory=dict)
    mandate_id: UUID | None = None
    intents: list[Intent] = field(default_factory=list)
    disturbed: bool = False
    """Whether others changed it, so that what was done on the phone may be refused."""
    elsewhere: list[str] = field(default_factory=list)
    """What its owner did to it on another phone, as the timeline calls it."""


@dataclass
class Town:
    """The server's side of the story, and the people's."""

    app: Application
    office: Office
    clock: SettableClock
    phone: Phone
    origin: str
    signings: Signings
    ahead: timedelta = timedelta()
    """How far the phone's clock runs ahead."""
    skew: timedelta = timedelta()
    """How far it was ahead when it was measured last."""
    papers: list[Paper] = field(default_factory=list)
    told: dict[int, set[int]] = field(default_factory=dict)
    """Of each second that the phone's clock said, when that was."""
    used: set[tuple[UUID, int]] = field(default_factory=set)
    _shelf: list[Paper] = field(default_factory=list)

    def begin(self, owners: list[tuple[int, bool]]) -> None:
        """Another day with a paper for each of these; nothing on the phone, everybody in office.

        `owners`: and whether it waits for their signature.
        """
        self.ahead = self.skew = timedelta()
        self.clock.advance(hours=1)
        for paper in self.papers:
            if paper.signs and (paper.intents or paper.disturbed):
                self.withdraw(paper)  # or every later day would fetch it
        untouched = [p for p in self.papers if not p.intents and not p.disturbed]
        self._shelf += untouched
        self.papers = []
        devices = [
            {
                "personId": str(one.person.id),
                "id": str(one.device.id),
                "thumbprint": one.key.thumbprint,
                "jwk": one.key.key.as_dict(private=True),
                "logins": [str(one.person.id)],
                "seq": 0,
            }
            for one in self.owners
        ]
        self.phone.tell("begin", origin=self.origin, devices=devices)
        self.tell_time()
        for owner in range(len(self.owners)):
            self.give_mandate(owner)
        for owner, signs in owners:
            self.papers.append(self._paper_for(owner, signs=signs))
        for owner in {owner for owner, _ in owners}:
            self.sync(owner)

    def another(self, owner: int) -> None:
        """One more to sign, of which the phone has heard. Its owner may be out of office by now."""
        paper = self._paper_for(owner, signs=True)
        with self.office.work() as work:
            paper.disturbed = not self._held(work, owner)
        self._read(paper)
        self.papers.append(paper)

    def _paper_for(self, owner: int, *, signs: bool) -> Paper:
        """A new one, or one that nobody has touched yet, for making one takes long."""
        for paper in self._shelf:
            if (paper.owner, paper.signs) == (owner, signs):
                self._shelf.remove(paper)
                return paper
        made = self.signings.paper(owner) if signs else self.office.paper(route=(owner, 2))
        return Paper(made, owner, signs)

    @property
    def owners(self) -> list[Official]:
        return self.office.officials[:2]

    # -- the phone ---------------------------------------------------------------------------

    def tell_time(self) -> None:
        now = self.clock.now()
        shown = now + self.ahead
        self.told.setdefault(int(shown.timestamp()), set()).add(int(now.timestamp()))
        self.phone.tell("clock", now=int(shown.timestamp() * 1000))

    def sign_in(self, owner: int) -> None:
        one = self.owners[owner]
        browser = signed_in(self.app, self.office.services, one.person, device=one.device)
        cookies = {name: browser.client.get_cookie(name) for name in ("access", "refresh")}
        self.phone.tell(
            "session",
            session={
                "person": {"id": str(one.person.id)},
                "username": str(one.person.id),
                "device": {"id": str(one.device.id)},
                "csrf": browser.csrf,
            },
            cookies={name: cookie.value for name, cookie in cookies.items() if cookie},
        )

    def sign_out(self) -> None:
        self.phone.tell("session", session=None, cookies={})

    def keep(self) -> None:
        """The phone fetches what it needs to sign without a line, if the line lets it."""
        self.tell_time()
        self.phone.tell("keep", stop=-1)

    def agree(self, owner: int, papers: list[Paper], stop: int) -> None:
        """The person consents to these being signed, with the code of the phone's clock."""
        self.clock.advance(seconds=30)  # the last code was used
        self.tell_time()
        steps = [str(paper.step_id) for paper in papers if paper.owner == owner]
        secrets = self.signings.secrets(ahead=self.ahead)
        self.phone.tell("agree", steps=steps, secrets=secrets, stop=stop)

    def sign_now(self, paper: Paper, stop: int) -> None:
        """The person signs it on the line, with the code of an authenticator that is right."""
        self.clock.advance(seconds=30)
        self.tell_time()
        secrets = self.signings.secrets()
        self.phone.tell("sign now", step=str(paper.step_id), secrets=secrets, stop=stop)

    def notice(self) -> list[Intent]:
        """What the phone says it was consented to since: an entry for each paper."""
        for sad in self.phone.stated:
            self.signings.note(sad, self.told, sent=True)
        known = {intent.id for paper in self.papers for intent in paper.intents}
        made = []
        for entry in self.phone.entries:
            if entry["act"] != "sign" or entry["id"] in known:
                continue
            jti = self.signings.note(entry["body"]["sad"], self.told, sent=False)["jti"]
            given = self.signings.consents[jti]
            paper = next(one for one in self.papers if str(one.id) == entry["document"])
            intent = Intent(entry["id"], paper.owner, paper, "sign", given.at, given.in_time, jti)
            paper.intents.append(intent)
            made.append(intent)
        return made

    def sync(self, owner: int) -> None:
        """What the phone knows of its person's papers is fresh again."""
        self.skew = self.ahead
        for paper in self.papers:
            if paper.owner == owner:
                self._read(paper)

    def _read(self, paper: Paper) -> None:
        one = self.owners[paper.owner]
        with self.office.work() as work:
            steps = select(Step).where(
                Step.document_id == paper.id, Step.position_id == one.position.id
            )
            step = work.session.scalars(steps.order_by(Step.round.desc())).first()
            assert step
            shown = step.state if step.state in {StepState.OPEN, StepState.TICKED} else "gone"
            paper.step_id, paper.state = step.id, str(shown)
            version = work.session.get(Version, step.version_id) if step.version_id else None
            if version:
                paper.version = {
                    "version": str(version.id),
                    "version_sha256": version.sha256,
                    "pages": [page.image_sha256 for page in version.pages],
                }
        paper.mandate_id = one.mandate.id

    def do(self, paper: Paper, act: str) -> None:
        """The owner does it, on the phone's own clock and with what the phone knows."""
        one = self.owners[paper.owner]
        made = self.clock.now() + self.ahead
        while (paper.id, int(made.timestamp())) in self.used:
            self.clock.advance(seconds=1)
            made = self.clock.now() + self.ahead
        self.used.add((paper.id, int(made.timestamp())))
        self.tell_time()
        skew = int(self.skew.total_seconds())
        told: dict[str, Any] = {
            "made": {"at": made.isoformat(), "skew": skew, "version": paper.version["version"]}
        }
        if act == "tick":
            claims = people.statement(one.person.id, made, aud=self.origin)
            named = {"step": str(paper.step_id), "mandate": str(paper.mandate_id)}
            told["statement"] = one.key.sign("tick+jwt", claims | named | paper.version)
        elif act != "initial":
            told["note"] = "Perbaiki tanggalnya."
        intent = Intent(
            str(new_id()), paper.owner, paper, act, made, clock_trusted=self.skew == self.ahead
        )
        paper.intents.append(intent)
        draft = {
            "id": intent.id,
            "person": str(one.person.id),
            "device": str(one.device.id),
            "act": act,
            "step": str(paper.step_id),
            "document": str(paper.id),
            "path": f"/steps/{paper.step_id}/{act}",
            "body": told,
            "made": int(made.timestamp() * 1000),
            "label": None,
        }
        self.phone.tell("add", draft=draft)

    # -- the others --------------------------------------------------------------------------

    def replace(self, paper: Paper) -> None:
        replace = self.signings.replace if paper.signs else self.office.replace
        self._meanwhile(paper, lambda: replace(paper.id))

    def withdraw(self, paper: Paper) -> None:
        self._meanwhile(paper, lambda: self.office.withdraw(paper.id))

    def queue_again(self, paper: Paper) -> None:
        self._meanwhile(paper, lambda: self.office.queue(paper.id))

    def tick_elsewhere(self, paper: Paper) -> None:
        """The same person, on another phone."""
        owner = self.owners[paper.owner]
        if self._meanwhile(paper, lambda: self.office.tick(paper.id, owner)):
            paper.elsewhere.append("ticked")

    def return_elsewhere(self, paper: Paper) -> None:
        owner, note = self.owners[paper.owner], "Ada lampiran."
        give_back = decisions.give_back
        if self._meanwhile(paper, lambda: self.office.decide(paper.id, give_back, note, by=owner)):
            paper.elsewhere.append("returned")

    @staticmethod
    def _meanwhile(paper: Paper, act: Callable[[], object]) -> bool:
        try:
            act()
        except (DomainError, StopIteration):
            return False  # not possible as the paper stands now
        paper.disturbed = True
        return True

    def end_mandate(self, owner: int) -> None:
        with self.office.work() as work:
            for mandate in self._held(work, owner):
                mandate.ends_at = work.now
        for paper in self.papers:
            paper.disturbed |= paper.owner == owner

    def give_mandate(self, owner: int) -> None:
        """Where they hold none."""
        one = self.owners[owner]
        with self.office.work() as work:
            if self._held(work, owner):
                return
        one.mandate.id = self.office.mandate(one, owner)

    def _held(self, work: Work, owner: int) -> list[Mandate]:
        person_id = self.owners[owner].person.id
        held = select(Mandate).where(Mandate.person_id == person_id, Mandate.ends_at.is_(None))
        return list(work.session.scalars(held))

    # -- what is true ------------------------------------------------------------------------

    def effects(self) -> Iterator[tuple[UUID, str, UUID, datetime | None]]:
        """What the timelines say that the owners did: paper, kind, person, the phone's clock."""
        ids = [paper.id for paper in self.papers]
        with self.office.work() as work:
            rows = work.session.execute(
                select(
                    TimelineEvent.document_id,
                    TimelineEvent.kind,
                    TimelineEvent.person_id,
                    TimelineEvent.data["device_clock"].as_string(),
                )
                .where(TimelineEvent.document_id.in_(ids))
                .where(TimelineEvent.kind.in_([*KINDS.values(), "opened"]))
                .order_by(TimelineEvent.id)
            ).all()
        for document_id, kind, person_id, told in rows:
            yield document_id, str(kind), person_id, datetime.fromisoformat(told) if told else None
