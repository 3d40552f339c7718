"""The tick: «I have read exactly this», signed by the phone on which it was read."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from backend.audit.trail import record
from backend.core.db import Work
from backend.documents.models import Page, Version
from backend.identity import statements
from backend.organisation.mandates import valid_mandate
from backend.routing import problems, timeline
from backend.routing.authority import require_mandate
from backend.routing.machine import Event
from backend.routing.made import Made, check, marks
from backend.routing.models import EventKind, Step, StepState, Tick
from backend.routing.rounds import Round, live_tick, load_for_step

TYP = "tick+jwt"


def tick(
    work: Work,
    step_id: UUID,
    statement: str,
    *,
    audience: str,
    take_over: bool = False,
    made: Made | None = None,
) -> Tick:
    """Accepts one tick on the current version.

    The statement names the step, the mandate, the version and the digest of every page image as
    the phone displayed it; each must be a digest this installation serves for that page. Where
    another holder of the position has already ticked, `take_over` voids that tick; without it the
    machine refuses. `made`: on a phone without a line; then the statement's own time counts as when,
    and it may be as old as work without a line may be.
    """
    person_id = work.actor.known_id
    freshness = statements.FRESHNESS if made is None else None
    device, claims = statements.verify(
        work, person_id, statement, TYP, audience=audience, freshness=freshness
    )
    if made is not None:
        made = made.by(datetime.fromtimestamp(claims["iat"], UTC))
        made.require_recent(work)
    if claims.get("step") != str(step_id):
        raise problems.TICK_OTHER_STEP()
    round_, step = load_for_step(work, step_id)
    mandate = require_mandate(work, step, person_id, _uuid(claims.get("mandate")))
    check(made, round_, step, mandate)
    _make_room(round_, step, person_id, take_over=take_over)
    outcome = round_.decide(Event.TICK, step)
    version = _version(round_, step, claims)
    pages = _pages(work, version, claims.get("pages"))
    round_.write(outcome)
    given = Tick(
        step_id=step.id,
        document_id=step.document_id,
        version_id=version.id,
        version_sha256=version.sha256,
        page_sha256=pages,
        person_id=person_id,
        mandate_id=mandate.id,
        device_id=device.id,
        device_signature=statement,
        ticked_at=work.now,
    )
    work.session.add(given)
    step.delivered_at = step.delivered_at or work.now
    step.first_read_at = step.first_read_at or work.now
    said = marks(made, work)
    timeline.add(work, round_.document, EventKind.TICKED, step=step, mandate=mandate, **said)
    record(
        work,
        "step.ticked",
        "document",
        step.document_id,
        step=step.id,
        version=version.id,
        sha256=version.sha256,
        pages=pages,
        mandate=mandate.id,
        device=device.id,
        **said,
    )
    work.session.flush()
    return given


def untick(round_: Round, step: Step) -> Tick | None:
    """Voids the live tick of a step and opens it again; returns what was void."""
    given = live_tick(round_.work, step)
    if given is not None:
        given.voided_at = round_.work.now
    round_.apply(Event.UNTICK, step)
    round_.work.session.flush()
    return given


def _make_room(round_: Round, step: Step, person_id: UUID, *, take_over: bool) -> None:
    """Another holder's tick gives way when told to, or when that holder's mandate has ended."""
    work = round_.work
    if step.state is not StepState.TICKED:
        return
    given = live_tick(work, step)
    if given is None or given.person_id == person_id:
        return
    ended = valid_mandate(work.session, given.person_id, step.position_id, work.now) is None
    if ended or take_over:
        untick(round_, step)
        timeline.add(
            work,
            round_.document,
            EventKind.VOIDED,
            step=step,
            ticks=1,
            initials=0,
            signatures=0,
            taken_over_from=str(given.person_id),
        )


def _version(round_: Round, step: Step, claims: dict[str, Any]) -> Version:
    if claims.get("version") != str(step.version_id):
        raise round_.explain(problems.VERSION_REPLACED, step)
    version = round_.work.session.get_one(Version, step.version_id)
    if claims.get("version_sha256") != version.sha256:
        raise problems.TICK_UNREADABLE()
    return version


def _pages(work: Work, version: Version, shown: Any) -> list[str]:
    """The digests of the images shown, if they are the whole version in order."""
    pages = work.session.execute(
        select(Page.ordinal, Page.image_sha256, Page.large_sha256)
        .where(Page.version_id == version.id)
        .order_by(Page.ordinal)
    ).all()
    if not isinstance(shown, list):
        raise problems.TICK_UNREADABLE()
    for page, digest in zip(pages, shown, strict=False):
        if digest not in (page.image_sha256, page.large_sha256):
            raise problems.TICK_PAGES(page=page.ordinal)
    if len(shown) != len(pages):
        raise problems.TICK_PAGES(page=min(len(shown), len(pages)) + 1)
    return list(shown)


def _uuid(value: Any) -> UUID:
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError) as error:
        raise problems.TICK_UNREADABLE() from error
