"""The other side of signing/checking.py: a process that checks finished files, one after another.

    python -m backend.signing.pdf.checker FILE-DESCRIPTOR

It reads a file and what it must hold from a socket and says there when it was stamped, or what is
wrong with it. It is given no key, no password and no address, and ends with whoever asks.
"""

import contextlib
import socket
import sys
from typing import Any

import cbor2

from backend.signing.pdf.proofs import SelfCheckError
from backend.signing.pdf.selfcheck import Expected, check

READY = "ready"
STAMPED, REFUSED = "stamped", "refused"


def serve(channel: Any) -> None:
    """Answers until the other side has gone."""
    _say(channel, READY)
    while True:
        data, facts = cbor2.load(channel)
        try:
            _say(channel, [STAMPED, check(data, Expected(**facts))])
        except SelfCheckError as error:
            _say(channel, [REFUSED, str(error)])


def _say(channel: Any, what: object) -> None:
    cbor2.dump(what, channel)
    channel.flush()


if __name__ == "__main__":
    with contextlib.suppress(EOFError, OSError), socket.socket(fileno=int(sys.argv[1])) as ours:
        serve(ours.makefile("rwb"))
