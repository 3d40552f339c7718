"""Whom the stand-in knows, what it signed, and how it was told to misbehave."""

import threading
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum, auto

from backend.core.clock import Clock
from tests.factories.pki import Pki, Signer

CREDENTIALS = ("centang", "rahasia-klien-contoh")


class Fault(StrEnum):
    """What goes wrong with one call to sign."""

    SLOW = auto()
    """Takes `House.seconds` longer, then answers well."""
    ZERO_BYTES = auto()
    """Version 1 names the document all the same, and keeps it to be fetched."""
    NOT_JSON_400 = auto()
    ERROR_500_AFTER_SIGNING = auto()
    ERROR_IN_200 = auto()
    """HTTP 200 whose body says that nothing was signed."""
    SILENT_AFTER_SIGNING = auto()
    """Signs and then says nothing for `House.seconds`."""
    CUT_AFTER_SIGNING = auto()
    """Signs and then drops the connection."""
    ENDLESS = auto()
    """A body far beyond anything reasonable."""
    REDIRECT = auto()
    SKEWED = auto()
    """The signature's own time is six minutes behind the time stamp's."""
    WRONG_PERSON = auto()
    NO_PREFIX = auto()
    """The file is written anew before it is signed."""
    DRAWN_OVER = auto()
    """A word on the page is changed in the signed revision."""
    NO_STAMP = auto()
    """PAdES B-B only."""
    ELSEWHERE = auto()
    """The appearance stands in another place than was asked."""
    UNSIGNED = auto()
    """The file as it came."""
    TAMPERED = auto()
    """One byte changed after signing."""
    GARBAGE = auto()
    FIRST_LEFT_OUT = auto()
    """Of several files: all are signed, and the first is not in the answer."""
    FIRST_EMPTY = auto()
    FIRST_TAMPERED = auto()
    OTHER_ORDER = auto()
    """The last comes first."""


SIGNS = {
    Fault.SLOW, Fault.ZERO_BYTES, Fault.ERROR_500_AFTER_SIGNING, Fault.SILENT_AFTER_SIGNING, Fault.CUT_AFTER_SIGNING,
    Fault.SKEWED, Fault.WRONG_PERSON, Fault.NO_PREFIX, Fault.DRAWN_OVER, Fault.NO_STAMP,
    Fault.ELSEWHERE, Fault.TAMPERED, Fault.FIRST_LEFT_OUT, Fault.FIRST_EMPTY, Fault.FIRST_TAMPERED, Fault.OTHER_ORDER,
}  # fmt: skip
"""After these a signature exists somewhere."""


@dataclass
class Subscriber:
    """A person with an account at the service."""

    nik: str
    email: str
    passphrase: str
    signer: Signer
    status: str = "ISSUE"


@dataclass
class House:
    """`faults` are taken by calls to sign, one each; every test looks at `calls` and `signed`."""

    pki: Pki
    clock: Clock
    people: dict[str, Subscriber] = field(default_factory=dict)
    faults: deque[Fault] = field(default_factory=deque)
    seconds: float = 0.5
    corners: bool = False
    """Version 1 takes `width` and `height` for the upper right corner."""
    unturned: bool = False
    """Version 2 knows nothing of turned pages."""
    calls: list[str] = field(default_factory=list)
    """Method and path of every call, in order."""
    fields: list[dict[str, str]] = field(default_factory=list)
    """What version 1's calls to sign asked for, secrets and files left out."""
    signed: list[bytes] = field(default_factory=list)
    """Every file that was really signed, whatever was answered."""
    kept: dict[str, bytes] = field(default_factory=dict)
    """Version 1's results, to be fetched once each."""
    sealing: set[str] = field(default_factory=set)
    """Subscribers whose seal was activated."""
    sent: dict[str, tuple[str, int]] = field(default_factory=dict)
    """NIK → the code that was last sent to this person, and how many files it is still good for."""
    codes: dict[str, str] = field(default_factory=dict)
    """One-time codes given out for sealing, each with its subscriber."""
    released: threading.Event = field(default_factory=threading.Event)
    """Ends every wait at once, when the server stops."""

    def enrol(
        self,
        nik: str,
        name: str,
        passphrase: str,
        *,
        status: str = "ISSUE",
        identified: bool = True,
        rsa_bits: int | None = None,
    ) -> Subscriber:
        """Somebody the service may sign for; `identified` puts the NIK into the certificate."""
        made = Subscriber(
            nik=nik,
            email=f"{nik}@contoh.go.id",
            passphrase=passphrase,
            signer=self.pki.signer(
                name, rsa_bits=rsa_bits, identifier=nik if identified else "0" * 32
            ),
            status=status,
        )
        self.people[nik] = made
        return made

    def find(self, who: object) -> Subscriber | None:
        """By NIK or e-mail."""
        known = self.people.get(str(who))
        return known or next((p for p in self.people.values() if p.email == who), None)

    def stranger(self) -> Subscriber:
        """Someone else's key: what a confused service might sign with."""
        signer = self.pki.signer("Orang Lain Contoh", identifier="9" * 16)
        return Subscriber("9" * 16, "lain@contoh.go.id", "", signer)

    def seal_of(self, subscriber: str) -> Subscriber:
        """The agency's own seal: an account that is nobody."""
        return self.people.get(subscriber) or self.enrol(subscriber, "Segel Kabupaten Contoh", "")

    def take_code(self, person: Subscriber, code: object, files: int) -> bool:
        """Whether a code is good for so many files; they are used up then."""
        known, left = self.sent.get(person.nik, ("", 0))
        if not known or code != known or left < files:
            return False
        self.sent[person.nik] = known, left - files
        return True

    def next_fault(self) -> Fault | None:
        return self.faults.popleft() if self.faults else None

    def wait(self) -> None:
        self.released.wait(self.seconds)
