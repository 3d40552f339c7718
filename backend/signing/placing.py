"""An operator places the signers' blocks, and is told what speaks against a place."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select

from backend.audit.trail import record
from backend.core.db import Work
from backend.core.errors import DomainError
from backend.core.jobs import Job, defer
from backend.core.settings import Settings
from backend.documents.models import Document, Page, Version
from backend.organisation.mandates import holders
from backend.routing.access import require_operator, require_reader
from backend.routing.machine import ON_ROUTE
from backend.routing.models import Step, StepAction
from backend.routing.rounds import Round, load_round
from backend.signing.claims.indexes import LONGEST_INDEX
from backend.signing.claims.printed import claim_of, fitted
from backend.signing.models import Placement
from backend.signing.pdf.appearance import Wording, compose
from backend.signing.pdf.geometry import Rect
from backend.signing.placement import Spot, at_anchor, covered, put, spots, stamped_over
from backend.signing.planning import public_url, wording
from backend.signing.preparation import void_prepared
from backend.signing.problems import PLACEMENT_FIXED, PLACEMENT_INVALID


@dataclass(frozen=True)
class Wish:
    """Where the operator wants one block: a rectangle on a page, or at an anchor character."""

    ordinal: int
    page: int | None = None
    rect: Rect | None = None
    anchor: str | None = None


@dataclass(frozen=True)
class Check:
    """One thing that must hold of a place; `params` say what is wrong."""

    code: str
    ok: bool
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Placed:
    """One signing step's block."""

    ordinal: int
    position_title: str
    placed: bool
    """By the operator; otherwise in free space."""
    spot: Spot | None
    checks: list[Check]


@dataclass(frozen=True)
class Placements:
    items: list[Placed]
    anchors: list[str]
    fixed: bool


def place(work: Work, document_id: UUID, wishes: Sequence[Wish]) -> None:
    """Keeps the operator's wishes instead of earlier ones and has the file prepared anew.

    Raises NOT_FOUND, PLACEMENT_INVALID, or PLACEMENT_FIXED after a first signature.
    """
    round_ = load_round(work, document_id)
    document = round_.document
    require_operator(work, document)
    if document.signed_sha256 is not None:
        raise PLACEMENT_FIXED()
    version = _version(work, document)
    pages = {page.ordinal: page for page in version.pages}
    placed = {wish.ordinal: _spot(wish, version, pages, round_) for wish in wishes}
    put(work.session, document_id, placed)
    void_prepared(work, document_id)
    record(work, "document.placed", "document", document_id, ordinals=sorted(placed))
    if document.state in ON_ROUTE:
        defer(work.session, Job.PREPARE_SIGNATURES, document_id=document_id)


def placements(work: Work, settings: Settings, document_id: UUID) -> Placements:
    """Every signing step's block on the current version. Raises NOT_FOUND."""
    document = require_reader(work, document_id)
    steps = _signing_steps(work, document_id)
    version = _version(work, document)
    placed = set(
        work.session.scalars(select(Placement.ordinal).where(Placement.document_id == document_id))
    )
    found = spots(work.session, document, version, [s.ordinal for s in steps])
    pages = {page.ordinal: page for page in version.pages}
    items = []
    for step in steps:
        spot = found[step.ordinal]
        others = [s for o, s in found.items() if s and o != step.ordinal]
        checks = []
        if spot is not None:
            words = _words(work, settings, document, step, anchored=spot.anchor is not None)
            if step is steps[-1]:
                words = _claiming(document, version, words, spot)
            checks = _checks(words, spot, others, pages[spot.page])
        items.append(
            Placed(step.ordinal, step.position.title, step.ordinal in placed, spot, checks)
        )
    return Placements(items, sorted(version.anchors), document.signed_sha256 is not None)


def _checks(words: Wording, spot: Spot, others: Sequence[Spot], page: Page) -> list[Check]:
    return [
        _readable(words, spot),
        Check("clear-of-stamp", not stamped_over(spot, others)),
        Check("covers-no-text", not covered(page, spot)),
        Check("covers-no-block", not any(_meet(spot, other) for other in others)),
    ]


def _meet(spot: Spot, other: Spot) -> bool:
    return spot.page == other.page and spot.rect.meets(other.rect)


def _readable(words: Wording, spot: Spot) -> Check:
    try:
        compose(words, spot.rect.width, spot.rect.height)
    except DomainError as refusal:
        return Check("qr-readable", ok=False, params={"problem": refusal.code, **refusal.params})
    return Check("qr-readable", ok=True)


def _words(
    work: Work, settings: Settings, document: Document, step: Step, *, anchored: bool
) -> Wording:
    mandate = next(iter(holders(work.session, step.position_id, work.now)), None)
    if mandate is not None:
        return wording(work, mandate, settings, document, anchored=anchored)
    title = step.position.title
    return Wording(title, title, None, public_url(settings, document), document.public_code)


def _claiming(document: Document, version: Version, words: Wording, spot: Spot) -> Wording:
    """With a code as large as the claim's may be: the paper may have no index yet."""
    claim = claim_of(document, version, words, LONGEST_INDEX)
    return fitted(claim, words, spot.rect)[1]


def _signing_steps(work: Work, document_id: UUID) -> list[Step]:
    newest = (
        select(Step.round)
        .where(Step.document_id == document_id)
        .order_by(Step.round.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = select(Step).where(
        Step.document_id == document_id, Step.round == newest, Step.action == StepAction.SIGN
    )
    return list(work.session.scalars(query.order_by(Step.ordinal)))


def _version(work: Work, document: Document) -> Version:
    version = work.session.get(Version, document.current_version_id)
    if version is None:
        raise PLACEMENT_INVALID(ordinal=1)
    return version


def _spot(wish: Wish, version: Version, pages: dict[int, Page], round_: Round) -> Spot:
    known = {s.ordinal for s in round_.steps if s.action is StepAction.SIGN}
    spot = None
    if wish.anchor is not None:
        spot = at_anchor(wish.anchor, version.anchors, pages)
    elif wish.page in pages and wish.rect is not None:
        page = pages[wish.page]
        if wish.rect.within(page.width, page.height):
            spot = Spot(wish.page, wish.rect)
    if wish.ordinal not in known or spot is None:
        raise PLACEMENT_INVALID(ordinal=wish.ordinal)
    return spot
