"""A new version takes the place of the one before: everything given to the old one is void."""

from uuid import UUID

from backend.audit.trail import record
from backend.core.db import Work
from backend.core.errors import NOT_FOUND
from backend.core.jobs import Job, defer
from backend.documents.models import Version, VersionState
from backend.routing import machine, timeline
from backend.routing.models import EventKind, StepAction, StepState
from backend.routing.rounds import Round, load_round


def adopt_version(work: Work, version_id: UUID) -> None:
    """Makes a version that passed its examination the current one. Safe to run twice.

    On its route the paper starts again from the first step with the new version; ticks, initials
    and signatures of the old one are void and stay visible as such. Raises SIGNING_IN_PROGRESS,
    OUTCOME_UNKNOWN or ALREADY_SIGNED when the old version can no longer be replaced.
    """
    version = work.session.get(Version, version_id)
    if version is None or version.state is not VersionState.READY:
        raise NOT_FOUND()
    round_ = load_round(work, version.document_id)
    document = round_.document
    if _is_settled(round_, version):
        return
    outcome = machine.transition(round_.view(), machine.Event.REPLACE_VERSION)
    if isinstance(outcome, machine.Refusal):
        raise round_.explain(outcome.problem)
    _void_old(round_, version)
    document.current_version_id = version.id
    document.signed_sha256 = document.validated_sha256 = None
    document.updated_at = work.now
    if document.state in machine.ON_ROUTE:
        round_.end()
        round_.renew()
        round_.assign(version.id)
        round_.write(outcome)
        defer(work.session, Job.PREPARE_SIGNATURES, document_id=document.id)
    record(
        work,
        "document.version-adopted",
        "document",
        document.id,
        version=version.id,
        sha256=version.sha256,
        round=round_.number,
    )


def _is_settled(round_: Round, version: Version) -> bool:
    """Whether the document already has this version, a newer one, and a route that knows it."""
    document = round_.document
    if document.current_version_id is None:
        return False
    current = round_.work.session.get_one(Version, document.current_version_id)
    if current.ordinal > version.ordinal:
        return True
    on_route = document.state in machine.ON_ROUTE
    return current.id == version.id and not (
        on_route and any(step.version_id != version.id for step in round_.steps)
    )


def _void_old(round_: Round, version: Version) -> None:
    """Voids what was given to the version before, and says on the timeline how much that was."""
    work, document = round_.work, round_.document
    round_version = round_.steps[0].version_id if round_.steps else None
    old_id = document.current_version_id
    if old_id in {None, version.id}:
        old_id = round_version
    if old_id is None or old_id == version.id:
        return
    old = work.session.get_one(Version, old_id)
    old.voided_at = work.now
    done = [s.action for s in round_.steps if s.state is StepState.DONE and s.version_id == old_id]
    ticks = round_.void_ticks()
    if ticks or done:
        timeline.add(
            work,
            document,
            EventKind.VOIDED,
            person_id=version.uploaded_by,
            version_id=old.id,
            ordinal=old.ordinal,
            replaced_by=version.ordinal,
            ticks=ticks,
            initials=done.count(StepAction.INITIAL),
            signatures=done.count(StepAction.SIGN),
        )
