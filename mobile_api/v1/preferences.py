"""How a person wants to be told."""

from datetime import time
from typing import Annotated

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from backend.notifications.preferences import Preferences, Quiet, Topic, prefer, preferences_of
from backend.notifications.reminding import digest_hour
from backend.organisation.models import Person
from mobile_api.access import signed_in
from mobile_api.context import current_services, current_work
from mobile_api.fields import Body

bp = APIBlueprint(
    "preferences", __name__, url_prefix="/api/v1/notification-preferences", tag="notifications"
)

Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""Of the agency's zone, such as 21:30."""


class QuietHours(Body):
    start: Clock
    end: Clock


class Choices(Body):
    topics: list[Topic]
    """What rings or is mailed; what is left out stays in the list of notices alone."""
    push: bool
    email: bool
    quiet: QuietHours | None
    urgent_passes: bool


class ChoicesAnswer(BaseModel):
    topics: list[Topic]
    push: bool
    email: bool
    quiet: QuietHours | None
    urgent_passes: bool
    mailbox: str | None
    """Where e-mail would go; None where the person has none or the agency sends none."""
    digest_hour: int


@bp.get("")
@signed_in
@bp.output(ChoicesAnswer)
def read() -> ChoicesAnswer:
    """One's choices, and what the agency offers."""
    return _show()


@bp.put("")
@signed_in
@bp.input(Choices)
@bp.output(ChoicesAnswer)
def choose(json_data: Choices) -> ChoicesAnswer:
    """Keeps all of one's choices."""
    quiet = json_data.quiet
    chosen = Preferences(
        muted=frozenset(Topic) - set(json_data.topics),
        push=json_data.push,
        email=json_data.email,
        quiet=Quiet(time.fromisoformat(quiet.start), time.fromisoformat(quiet.end))
        if quiet
        else None,
        urgent_passes=json_data.urgent_passes,
    )
    prefer(current_work(), chosen)
    return _show()


def _show() -> ChoicesAnswer:
    work = current_work()
    kept = preferences_of(work.session, work.actor.known_id)
    person = work.session.get_one(Person, work.actor.known_id)
    return ChoicesAnswer(
        topics=[topic for topic in Topic if topic not in kept.muted],
        push=kept.push,
        email=kept.email,
        quiet=QuietHours(start=f"{kept.quiet.start:%H:%M}", end=f"{kept.quiet.end:%H:%M}")
        if kept.quiet
        else None,
        urgent_passes=kept.urgent_passes,
        mailbox=person.email if current_services().mailer else None,
        digest_hour=digest_hour(work),
    )
