"""One-time codes of a signing service outside, sent to the signer by the service itself."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from backend.core.db import Actor, Work
from backend.identity import devices
from backend.signing.bsre.problems import NO_CODE
from backend.signing.bsre.provider import BsreProvider
from backend.signing.signing import Engine


def send(
    open_work: Callable[[Actor], AbstractContextManager[Work]],
    engine: Engine,
    actor: Actor,
    files: int,
) -> None:
    """Has a code for so many files sent to the acting person. It never passes through here.

    Raises NO_CODE where the agency's provider wants none, and what its `send_code` raises.
    """
    with open_work(actor) as work:
        devices.require_acting(work)
        provider = engine.provider(work)
    if not isinstance(provider, BsreProvider):
        raise NO_CODE()
    provider.send_code(actor.known_id, files)
