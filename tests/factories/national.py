"""An agency that signs with the national service's stand-in, and its signers' accounts there."""

from dataclasses import dataclass, replace
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import SecretStr

from backend.bootstrap import Services
from backend.core.settings import Settings
from backend.organisation import nik
from backend.organisation.models import Person
from backend.signing import choosing
from backend.signing.bsre.terms import ServiceTerms
from backend.verification.anchors import add_anchor
from backend.verification.trust import BOTH, anchor_of
from tests.factories.signings import Case, Signatory, case
from tests.fakes.bsre import CREDENTIALS, BsreServer, Subscriber

PASSPHRASE = "frasa sandi bsre contoh"


@dataclass
class Nation:
    """The services of the agency, and the house on the other side."""

    services: Services
    server: BsreServer
    terms: ServiceTerms

    def settle_in(self) -> None:
        """Chooses the service and trusts its root; call it once there is an agency."""
        self.choose()
        self.trust()

    def trust(self) -> None:
        root = self.server.house.pki.root.public_bytes(Encoding.DER)
        with self.services.work() as work:
            add_anchor(work, anchor_of("Akar Contoh", root, BOTH, psre=True))

    def choose(self, **terms: Any) -> None:
        """Other terms from now on."""
        self.terms = ServiceTerms.model_validate({**self.terms.model_dump(), **terms})
        with self.services.work() as work:
            choosing.choose(work, "bsre", self.terms, service_known=True)

    def enrol(self, person: Person, number: int = 1, **facts: Any) -> Subscriber:
        """The person's account at the service, and their NIK here."""
        made = self.server.house.enrol(f"33{number:014d}", plain(person.name), PASSPHRASE, **facts)
        with self.services.work() as work:
            nik.put(work, person.id, made.nik, keys=self.services.master_key)
        return made

    def case(self, *, signers: int = 1, **facts: Any) -> Case:
        """A paper for signers who all have accounts there."""
        made = case(self.services, signers=signers, **facts)
        self.settle_in()
        for number, signatory in enumerate(made.signatories, start=1):
            self.enrol(signatory.person, number)
        return made


def settings(server: BsreServer) -> dict[str, str]:
    """The environment of an installation that has the service's address."""
    username, password = CREDENTIALS
    return {
        "CENTANG_BSRE_URL": server.origin,
        "CENTANG_BSRE_USERNAME": username,
        "CENTANG_BSRE_PASSWORD": password,
    }


def plain(name: str) -> str:
    """A name as certificates print it."""
    return name.split(",", maxsplit=1)[0].upper()


def sign(paper: Case, signatory: Signatory, passphrase: str = PASSPHRASE) -> Any:
    """Ticks and authorises the step whose turn it is; the attempt's id."""
    paper.tick(signatory)
    return authorise(paper, signatory, passphrase)


def authorise(paper: Case, signatory: Signatory, passphrase: str = PASSPHRASE) -> Any:
    return paper.authorise(signatory, paper.sad(signatory, passphrase=passphrase))[0]


def nation(services: Services, server: BsreServer, **given: Any) -> Nation:
    """The same installation with the service's address set. `given`: settings, and terms by name."""
    terms = {name: given.pop(name) for name in ServiceTerms.model_fields if name in given}
    settings = {
        "bsre_url": server.origin,
        "bsre_username": CREDENTIALS[0],
        "bsre_password": SecretStr(CREDENTIALS[1]),
        **given,
    }
    changed: Settings = services.settings.model_copy(update=settings)
    return Nation(replace(services, settings=changed), server, ServiceTerms(**terms))
