"""Broken days on which the two officials sign as well: without a line, and on it.

Beside what days.py asserts: nothing is signed that its person did not consent to on this phone, and no
step twice. A consent that left the phone and signed nothing is seen on the desk, in a batch that waits
for one activation more; one that is refused says why, and that is so.
"""

from collections import Counter
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from backend.core import crashpoints
from backend.signing.progress import ItemState
from tests.integration.outbox.days import BUILT_ON, LINE, MANDATE, WHICH, WHO, BrokenDays
from tests.integration.outbox.signing_town import POINTS
from tests.integration.outbox.town import Intent, Paper

NOT_THEN = "offline/not-in-grant"
UNANSWERED = "client/unanswered"
INTERRUPTED = "signing/interrupted"


def said(tab: dict[str, Any]) -> str:
    """What a page told its person."""
    outcome = tab["outcome"] or {}
    return str(outcome.get("error") or outcome.get("state") or outcome or tab["state"])


class SigningDays(BrokenDays):
    """Each takes about five times as long as one without."""

    def leave(self, owners: list[tuple[int, bool]], begun: list[int]) -> None:
        """With one paper at least that is to be signed, what is needed to do so on the road, and
        one consent; on half of the days the server dies of it.
        """
        self.deaths = 0
        self.town.begin([(0, True), *owners])
        self.town.sign_in(0)
        self.town.keep()
        first, *others = begun
        if first < len(POINTS):
            self.town.signings.doom(POINTS[first])
        for choice in others:
            self.do_something(choice, choice)
        if self.to_sign():
            self.agree_to(first, many=first % 2 == 0, stop=-1)

    def look(self, before: set[str], deed: str = "") -> None:
        if self.town.signings.start_again():
            self.deaths += 1
            self.seen["deaths while signing"] += 1
        self.seen["consents without a line"] += len(self.town.notice())
        super().look(before, deed)

    def moves(self, paper: Paper) -> list[str]:
        waiting = [one for one in self.phone.entries if one["document"] == str(paper.id)]
        if any(one["act"] == "sign" and not one["refused"] for one in waiting):
            return []
        found = super().moves(paper)
        return ["return"] if paper.signs and "initial" in found else found

    def away(self) -> bool:
        """Whether somebody is there, and no page of theirs stands still in the middle of something."""
        return bool(self.to_sign()) and not self.phone.tabs_that("stopped", "waiting")

    def to_sign(self) -> list[Paper]:
        """What waits for the signature of whoever is there, and nothing more was done to."""
        mine = [p for p in self.town.papers if p.signs and p.owner == self.who]
        return [paper for paper in mine if self.moves(paper)]

    @precondition(away)
    @rule(line=LINE)
    def keep_ready(self, line: list[str]) -> None:
        self.tell("fates", fates=line)
        self.town.keep()
        self.look(set())

    def agree_to(self, which: int, many: bool, stop: int) -> None:
        papers = self.to_sign()
        assert self.who is not None
        chosen = papers if many else [papers[which % len(papers)]]
        for paper in chosen:
            if "tick" in self.moves(paper):
                self.seen["acts"] += 1
                self.town.do(paper, "tick")
        self.town.agree(self.who, chosen, stop)
        self.look(set())
        self.seen[f"agreeing: {said(self.phone.tabs[-1])}"] += 1

    @precondition(away)
    @rule(which=WHICH, many=st.booleans(), stop=st.sampled_from([-1, -1, -1, 0, 1, 2]))
    def agree(self, which: int, many: bool, stop: int) -> None:
        self.agree_to(which, many, stop)

    @precondition(away)
    @rule(which=WHICH, many=st.booleans())
    def agree_again(self, which: int, many: bool) -> None:
        self.agree_to(which, many, -1)

    @precondition(away)
    @rule(which=WHICH, line=LINE)
    def sign_on_the_line(self, which: int, line: list[str]) -> None:
        papers = self.to_sign()
        paper = papers[which % len(papers)]
        signings = self.town.signings
        self.send_on([], -1)  # as its page does first, so that the tick is there
        before = set(signings.sent)
        self.tell("fates", fates=line)
        self.town.sign_now(paper, -1)
        self.look(set())
        answer = said(self.phone.tabs[-1])
        self.seen[f"signing on the line: {answer}"] += 1
        for jti in signings.sent - before:
            # Only who heard nothing may be surprised later.
            if answer == "finished":
                assert signings.signed([paper.id])[jti, paper.id] == 1, "said to be signed"
            elif answer != UNANSWERED:
                signings.refused.add(jti)

    @rule(who=WHO)
    def another_paper_comes(self, who: int) -> None:
        self.town.another(who)

    @precondition(away)
    @rule(point=st.sampled_from(POINTS))
    def the_server_dies_at_its_next_signature(self, point: str) -> None:
        self.town.signings.doom(point)

    # -- what must be true -------------------------------------------------------------------

    def signed(self) -> Counter[str]:
        documents = [paper.id for paper in self.town.papers if paper.signs]
        signed = self.town.signings.signed(documents)
        return Counter({one.id: signed[one.consent, one.paper.id] for one in self.intents})

    def waited_after(self, entry: dict[str, Any]) -> set[str]:
        """And a consent to several papers is taken back whole."""
        gone = super().waited_after(entry)
        consents = {one.get("envelope") for one in self.phone.entries if one["id"] in gone} - {None}
        return gone | {one["id"] for one in self.phone.entries if one.get("envelope") in consents}

    def justify(self, intent: Intent, code: str) -> None:
        if intent.act == "sign":
            self.justify_signature(intent, code)
            return
        # Whoever heard no answer to a signature on the line may act on what they signed.
        intent.paper.disturbed |= bool(self.town.signings.signed([intent.paper.id]))
        super().justify(intent, code)

    def justify_absence(self, intent: Intent) -> None:
        if intent.act == "sign":
            self.is_seen_on_the_desk(intent)
        else:
            super().justify_absence(intent)

    def justify_signature(self, intent: Intent, code: str) -> None:
        """A consent is refused whole for what it says, or a paper of it for what became of it."""
        rightly = self.town.signings.refused_rightly(intent.consent, code)
        if rightly is not None:
            assert rightly, f"{code}, and that is not so"
        elif code == INTERRUPTED:
            assert self.deaths, "nobody died"
        elif code == MANDATE:
            assert intent.paper.disturbed or not intent.clock_trusted, "there was a mandate"
        elif code != BUILT_ON:
            assert code == NOT_THEN or code.startswith("routing/"), code
            assert self.moved_on(intent), f"{code}, and nobody had touched the paper"

    def moved_on(self, intent: Intent) -> bool:
        """Whether something else became of the paper that this consent is about."""
        signed = self.town.signings.signed([intent.paper.id])
        return intent.paper.disturbed or any(jti != intent.consent for jti, _ in signed)

    def is_seen_on_the_desk(self, intent: Intent) -> None:
        """The server died after it took the consent: the batch waits for one activation more."""
        owner = self.town.owners[intent.who]
        shown = self.town.signings.broken_off(owner, intent.consent).get(intent.paper.id)
        assert shown, "a consent left the phone, nobody signed, and nothing is to be seen of it"
        assert shown is ItemState.WAITING or self.moved_on(intent), f"it is shown as {shown}"
        self.seen["waiting on the desk"] += 1

    def teardown(self) -> None:
        crashpoints.disarm()
        super().teardown()
        if hasattr(self, "deaths"):
            documents = [paper.id for paper in self.town.papers if paper.signs]
            self.seen["signatures"] += sum(self.town.signings.signed(documents).values())
