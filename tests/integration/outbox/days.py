"""Broken days of two officials who share a phone: its outbox is the app's own, the server the real one.

Hypothesis decides who does what, how each request fares, where a tab stops or is killed, what others do
to the papers in between, and which way the clocks jump. After every step: each act took effect at most
once and in its order, what is off the phone's list did take effect, what was taken back did not, and the
timelines tell of nothing else. At the end of the day, when the line is good again, nothing still waits:
each act took effect or is in the list of what needs its person, for a reason that is true.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from tests.integration.outbox.phone import FATES, Phone
from tests.integration.outbox.town import KINDS, Intent, Paper, Town

WHO = st.integers(0, 1)
WHICH = st.integers(0, 7)
LINE = st.lists(st.sampled_from(FATES), max_size=4)
STOP = st.one_of(st.just(-1), st.integers(0, 24))
"""After how many steps a tab stops; -1 for never."""
BUILT_ON = "client/earlier-refused"
CLOCK = "identity/statement-stale"
MANDATE = "offline/no-mandate-then"


class BrokenDays(RuleBasedStateMachine):
    town: ClassVar[Town]
    seen: ClassVar[Counter[str]]

    @initialize(
        owners=st.lists(st.tuples(WHO, st.booleans()), max_size=2),
        begun=st.lists(WHICH, min_size=1, max_size=4),
    )
    def morning(self, owners: list[tuple[int, bool]], begun: list[int]) -> None:
        """The first person begins with what they did before they left, not yet sent."""
        self.seen["days"] += 1
        self.who: int | None = 0
        self.checked: Any = None
        self.leave(owners, begun)

    def leave(self, owners: list[tuple[int, bool]], begun: list[int]) -> None:
        """With papers of these beside the first; whether one is to be signed matters not here."""
        self.town.begin([(0, False), *((who, False) for who, _ in owners)])
        self.town.sign_in(0)
        for choice in begun:
            self.do_something(choice, choice)

    @property
    def phone(self) -> Phone:
        return self.town.phone

    @property
    def intents(self) -> list[Intent]:
        return [intent for paper in self.town.papers for intent in paper.intents]

    def paper(self, which: int) -> Paper:
        return self.town.papers[which % len(self.town.papers)]

    def tell(self, deed: str, **how: Any) -> None:
        self.seen["steps"] += 1
        before = {entry["id"] for entry in self.phone.entries}
        self.phone.tell(deed, **how)
        self.look(before, deed)

    def look(self, before: set[str], deed: str = "") -> None:
        """What became of it."""
        delivered = before - {entry["id"] for entry in self.phone.entries}
        for intent in self.intents:
            if intent.id in delivered and deed != "withdraw" and not intent.put_away:
                intent.paper.state = "ticked" if intent.act == "tick" else "gone"

    # -- the person with the phone -----------------------------------------------------------

    def do_something(self, which: int, choice: int) -> None:
        """What the screen of one of this person's papers offers."""
        offered = [(paper, self.moves(paper)) for paper in self.town.papers]
        offered = [(paper, moves) for paper, moves in offered if moves]
        if offered:
            paper, moves = offered[which % len(offered)]
            self.seen["acts"] += 1
            self.town.do(paper, moves[choice % len(moves)])

    act = rule(which=WHICH, choice=WHICH)(do_something)
    act_again = rule(which=WHICH, choice=WHICH)(do_something)

    def moves(self, paper: Paper) -> list[str]:
        waiting = [
            entry
            for entry in self.phone.entries
            if entry["document"] == str(paper.id) and not entry["refused"]
        ]
        ticked = waiting[-1]["act"] == "tick" if waiting else paper.state == "ticked"
        if paper.owner != self.who or (waiting and not ticked) or paper.state == "gone":
            return []
        if ticked:
            return ["return"] if paper.signs else ["initial", "initial", "return"]
        return ["tick", "tick", "return", "reject"]

    @rule(who=st.one_of(st.none(), WHO, WHO))
    def sign_in_or_out(self, who: int | None) -> None:
        self.who = who
        if who is None:
            self.town.sign_out()
        else:
            self.town.sign_in(who)

    @precondition(lambda self: self.who is not None)
    @rule()
    def sync(self) -> None:
        self.town.sync(self.who)

    def send_on(self, line: list[str], stop: int, *, force: bool = True) -> None:
        """A sending over a line on which the first requests fare like this."""
        self.tell("fates", fates=line)
        self.tell("flush", force=force, stop=stop)

    send = rule(line=LINE, stop=STOP)(send_on)
    send_again = rule(line=LINE, stop=STOP)(send_on)
    send_what_is_due = rule(line=LINE, stop=STOP, force=st.just(False))(send_on)

    @rule(line=LINE, stop=st.integers(0, 24))
    def send_and_be_killed(self, line: list[str], stop: int) -> None:
        self.send_on(line, stop)
        if self.phone.tabs[-1]["state"] != "done":
            self.seen["kills"] += 1
            self.tell("kill", tab=len(self.phone.tabs) - 1)

    @precondition(lambda self: self.phone.tabs_that("stopped"))
    @rule(which=WHICH, stop=STOP)
    def go_on(self, which: int, stop: int) -> None:
        stopped = self.phone.tabs_that("stopped")
        self.tell("go", tab=stopped[which % len(stopped)], stop=stop)

    @precondition(lambda self: self.phone.tabs_that("stopped", "waiting"))
    @rule(which=WHICH)
    def kill(self, which: int) -> None:
        alive = self.phone.tabs_that("stopped", "waiting")
        self.seen["kills"] += 1
        self.tell("kill", tab=alive[which % len(alive)])

    @precondition(lambda self: any(entry["refused"] for entry in self.phone.entries))
    @rule(which=WHICH, again=st.booleans())
    def deal_with_a_refusal(self, which: int, again: bool) -> None:
        refused = [
            entry
            for entry in self.phone.entries
            if entry["refused"] and entry["refused"]["code"] != BUILT_ON
        ]
        if not refused:
            return
        entry = refused[which % len(refused)]
        for intent in self.together(entry):
            intent.retried |= again
            intent.put_away |= not again
        self.tell("retry" if again else "dismiss", id=entry["id"], stop=-1)

    def together(self, entry: dict[str, Any]) -> Iterator[Intent]:
        """What is dealt with as one: a refused act and what was built on it."""
        built = {
            one["id"]
            for one in self.phone.entries
            if one["refused"] and one["refused"]["params"].get("entry") == entry["id"]
        }
        return (intent for intent in self.intents if intent.id in {entry["id"], *built})

    @precondition(lambda self: any(not entry["refused"] for entry in self.phone.entries))
    @precondition(lambda self: not self.phone.tabs_that("stopped", "waiting"))
    @rule(which=WHICH)
    def take_back(self, which: int) -> None:
        """It may be too late: only what never left can be taken back, with what follows it."""
        waiting = [entry for entry in self.phone.entries if not entry["refused"]]
        entry = waiting[which % len(waiting)]
        later = self.waited_after(entry)
        self.tell("withdraw", id=entry["id"], stop=-1)
        kept = {one["id"] for one in self.phone.entries}
        assert (entry["id"] not in kept) is self.phone.tabs[-1]["outcome"] is (not entry["tries"])
        for intent in self.intents:
            intent.withdrawn |= intent.id in later - kept

    def waited_after(self, entry: dict[str, Any]) -> set[str]:
        """What is on the phone of the same paper from this act on."""
        return {
            one["id"]
            for one in self.phone.entries
            if one["document"] == entry["document"] and one["order"] >= entry["order"]
        }

    # -- the line and the clocks -------------------------------------------------------------

    @precondition(lambda self: self.phone.late)
    @rule()
    def something_arrives_late(self) -> None:
        self.tell("arrive")

    @rule(minutes=st.sampled_from([1, 5, 16, 200]), hours=st.sampled_from([0, 0, -7, 2, 9]))
    def time_passes(self, minutes: int, hours: int) -> None:
        """And the phone's clock is found to be right, or as wrong as that."""
        self.town.clock.advance(minutes=minutes)
        self.town.ahead = timedelta(hours=hours)
        self.town.tell_time()

    # -- the others --------------------------------------------------------------------------

    @rule(which=WHICH, what=st.integers(0, 7))
    def others_do_something(self, which: int, what: int) -> None:
        town, paper = self.town, self.paper(which)
        self.seen["changes elsewhere"] += 1
        changes: list[Callable[[], object]] = [
            lambda: town.replace(paper),
            lambda: town.withdraw(paper),
            lambda: town.queue_again(paper),
            lambda: town.tick_elsewhere(paper),
            lambda: town.return_elsewhere(paper),
            lambda: town.end_mandate(paper.owner),
            lambda: town.give_mandate(paper.owner),
            lambda: town.give_mandate(paper.owner),
        ]
        changes[what]()

    # -- what must be true -------------------------------------------------------------------

    @invariant()
    def each_act_once_and_nothing_else(self) -> None:
        entries = {entry["id"]: entry for entry in self.phone.entries}
        now = (self.phone.carried, self.seen["changes elsewhere"])
        if self.checked is None or self.checked[0] != now:
            # Nothing else can have changed what the timelines say.
            self.checked = now, self.done()
        done = self.checked[1]
        for intent in self.intents:
            times, entry = done[intent.id], entries.get(intent.id)
            assert times <= 1, f"{intent.act} took effect {times} times"
            if intent.withdrawn:
                assert times == 0, f"{intent.act} was taken back and took effect"
            elif entry is None and not intent.put_away and times == 0:
                self.justify_absence(intent)
            elif entry and entry["refused"]:
                assert times == 0, f"{intent.act} took effect and is said not to have"
                self.justify(intent, entry["refused"]["code"])

    def done(self) -> Counter[str]:
        """How often each act took effect; fails at what nobody did, and at a wrong order."""
        by_effect = {
            (intent.paper.id, KINDS[intent.act], int(intent.made.timestamp())): intent
            for intent in self.intents
            if intent.act != "sign"
        }
        elsewhere = Counter((p.id, kind) for p in self.town.papers for kind in p.elsewhere)
        done = self.signed()
        order: dict[Any, list[str]] = {}
        for document_id, kind, person_id, clock in self.town.effects():
            if clock is None:
                elsewhere[document_id, kind] -= 1
                continue
            intent = by_effect.get((document_id, kind, int(clock.timestamp())))
            assert intent, f"{kind}: nobody did that"
            assert self.town.owners[intent.who].person.id == person_id
            done[intent.id] += 1
            if not intent.retried:
                order.setdefault(document_id, []).append(intent.id)
        assert not +elsewhere, elsewhere
        assert min(elsewhere.values(), default=0) >= 0, elsewhere
        for paper in self.town.papers:
            found = order.get(paper.id, [])
            assert found == [one.id for one in paper.intents if one.id in found], "out of order"
        return done

    def justify(self, intent: Intent, code: str) -> None:
        """A refusal has a reason that the person can believe."""
        if code == CLOCK:
            assert not intent.clock_trusted, "its clock was right"
        elif code == MANDATE:
            # By a clock that went wrong unnoticed it was made before its person's mandate began.
            assert intent.paper.disturbed or not intent.clock_trusted, "there was a mandate"
        elif code != BUILT_ON:
            assert intent.paper.disturbed, f"{code}, and nobody had touched the paper"
            assert code.startswith(("routing/", "offline/")), code

    def justify_absence(self, intent: Intent) -> None:
        """Nothing is left on the phone of something that did not take effect."""
        raise AssertionError(f"{intent.act} left the phone and did not take effect")

    def signed(self) -> Counter[str]:
        """How often each consent to a signature was carried out."""
        return Counter()

    def teardown(self) -> None:
        if not hasattr(self, "who"):
            return
        for tab in self.phone.tabs_that("stopped", "waiting"):
            self.tell("kill", tab=tab)
        self.tell("fates", fates=[])
        while self.phone.late:
            self.tell("arrive")
        for who in (0, 1):
            self.town.sign_in(who)
            self.tell("flush", force=True, stop=-1)
        waiting = [entry for entry in self.phone.entries if not entry["refused"]]
        assert not waiting, "still not sent"
        self.each_act_once_and_nothing_else()
        for entry in self.phone.entries:
            self.seen[f"refused: {entry['refused']['code']}"] += 1
        self.seen["effects"] += sum(self.done().values())
