"""Signatures made by the national service. What it returns is checked and brought to B-LT here."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select

from backend.certificates.models import TrustAnchor
from backend.certificates.problems import REVOKED_BY_ISSUER
from backend.certificates.revocation import Evidence, RevocationSource
from backend.core.blobs import BlobStore
from backend.core.clock import Clock
from backend.core.db import Work
from backend.core.errors import DomainError
from backend.core.masterkey import MasterKey
from backend.documents.models import SignatureLevel
from backend.organisation import nik
from backend.organisation.models import Person
from backend.signing.bsre import problems, result
from backend.signing.bsre.journal import Journal, Note
from backend.signing.bsre.long_term import with_evidence
from backend.signing.bsre.orders import Order, ServicePlacement, Visible
from backend.signing.bsre.result import Anchors, Expected, WrongResultError
from backend.signing.bsre.service import (
    NO_CERTIFICATE,
    NOT_REGISTERED,
    WRONG_SECRET,
    RefusedError,
    Service,
    Signed,
    UncertainError,
)
from backend.signing.bsre.transport import AwayError, NoAnswerError
from backend.signing.pdf.placeholder import open_revision, page_box
from backend.signing.planning import BSRE
from backend.signing.provider import (
    Activation,
    ActivationOverError,
    Credential,
    Outcome,
    OutcomeUnknownError,
    SignedFile,
    Task,
    Together,
)
from backend.signing.vaults.vault import Secret

log = structlog.get_logger(__name__)

ISSUER = "Balai Sertifikasi Elektronik (BSrE)"
REASON = "Menandatangani naskah dinas"


@dataclass(frozen=True)
class Account:
    """A person as the service knows them, and whose word is taken for their signatures."""

    person_id: UUID
    nik: str = field(repr=False)
    name: str
    anchors: Anchors = field(repr=False)


@dataclass(frozen=True)
class Session:
    """An account and what the service asks of it, for the documents of one activation."""

    account: Account
    secret: Secret
    """Its passphrase there, or the code that was sent for this activation."""


@dataclass(frozen=True)
class BsreProvider:
    """A `Provider`. `service`: None where no address was set."""

    service: Service | None
    journal: Journal
    blobs: BlobStore
    keys: MasterKey
    evidence: RevocationSource
    clock: Clock

    name = BSRE
    dispatches = True

    def check(self, person_id: UUID) -> None:
        """Asks for the person's standing: only who was issued a certificate may sign."""
        service = self._service()
        with self.journal.open_work() as work:
            account = self.account(work, person_id)
        try:
            with self.journal.calling(
                f"{service.version} status", account.nik, person_id=person_id
            ) as note:
                status = service.status(account.nik)
                note.code, note.words = status.code, status.word
        except RefusedError as refused:
            raise _refusal(refused, service.activation) from refused
        except (AwayError, NoAnswerError) as away:
            raise problems.AWAY() from away
        if refusal := problems.of_status(status.word):
            raise refusal

    @property
    def activation(self) -> Activation:
        """What the sheet asks for."""
        return self.service.activation if self.service else Activation.PASSPHRASE

    def send_code(self, person_id: UUID, files: int) -> None:
        """Has the service send the person a code for so many files. Call it with no transaction open.

        Raises NO_CODE where it wants a passphrase, and what `check` raises.
        """
        service = self._service()
        if service.activation is not Activation.SERVICE_CODE:
            raise problems.NO_CODE()
        with self.journal.open_work() as work:
            account = self.account(work, person_id)
        try:
            with self.journal.calling(f"{service.version} code", account.nik, person_id=person_id):
                service.send_code(account.nik, files)
        except RefusedError as refused:
            raise _refusal(refused, service.activation) from refused
        except (AwayError, NoAnswerError) as away:
            raise problems.AWAY() from away

    def usable(self, work: Work, person_id: UUID) -> Credential:
        """The account: named by a keyed digest, for a NIK is no secret and can be guessed."""
        self._service()
        account = self.account(work, person_id)
        words = f"{person_id}/{account.nik}".encode()
        key = self.keys.derive("bsre-account")
        return Credential(
            hashlib.blake2b(words, key=key, digest_size=32).hexdigest(), ISSUER, None, None
        )

    def account(self, work: Work, person_id: UUID) -> Account:
        """Raises NO_NIK, and NOT_SET_UP while no root of an Indonesian authority is trusted."""
        person = work.session.get_one(Person, person_id)
        number = nik.reveal(person, keys=self.keys)
        if number is None:
            raise problems.NO_NIK()
        rows = work.session.scalars(
            select(TrustAnchor).where(TrustAnchor.indonesian_psre.is_(True))
        ).all()
        signing = tuple(row.certificate for row in rows if "signing" in row.purposes)
        stamping = tuple(row.certificate for row in rows if "tsa" in row.purposes)
        if not signing or not stamping:
            raise problems.NOT_SET_UP()
        return Account(person_id, number, person.name, Anchors(signing, stamping))

    def open(
        self, work: Work, credential: Credential, passphrase: Secret
    ) -> AbstractContextManager[Session]:
        """Nothing is asked of the service yet: only signing shows whether the passphrase is right."""
        del credential
        account = self.account(work, work.actor.known_id)
        return _session(account, Secret(passphrase.reveal().decode()))

    @property
    def together(self) -> Together[Session] | None:
        return self if self.at_once > 1 else None

    @property
    def at_once(self) -> int:
        return self.service.at_once if self.service else 1

    def perform(self, task: Task, opened: Session) -> SignedFile:
        """Asks once. Whatever leaves open whether the service signed is an unknown outcome."""
        (outcome,) = self.perform_together([task], opened)
        if isinstance(outcome, SignedFile):
            return outcome
        raise outcome

    def perform_together(self, tasks: Sequence[Task], opened: Session) -> list[Outcome]:
        """Asks once for all of them; each result is judged for itself.

        A call that is not answered leaves all of its files unknown.
        """
        service, account = self._service(), opened.account
        orders = [self.order(task.prepared_sha256, task.layout) for task in tasks]
        secrets = (opened.secret.reveal().decode(), account.nik)
        calling = self.journal.calling_for(
            f"{service.version} sign",
            *secrets,
            person_id=account.person_id,
            attempts=[task.attempt_id for task in tasks],
        )
        try:
            with calling as notes:
                made = service.sign(account.nik, opened.secret, orders)
                each = zip(tasks, orders, made, notes, strict=True)
                return [self._judged(*one, account) for one in each]
        except AwayError as away:
            raise ActivationOverError(problems.AWAY()) from away
        except RefusedError as refused:
            refusal = _refusal(refused, service.activation)
            if refusal.problem is problems.REFUSED:
                raise refusal from refused
            raise ActivationOverError(refusal) from refused
        except NoAnswerError as silent:
            raise OutcomeUnknownError(reason=silent.reason) from silent
        except UncertainError as open_:
            raise OutcomeUnknownError(reason=open_.reason, reference=open_.reference) from open_

    def _judged(
        self, task: Task, order: Order, signed: Signed, note: Note, account: Account
    ) -> Outcome:
        """What came back for one order. Whatever is wrong with it is true of this file alone."""
        note.reference = signed.reference
        note.result(signed.data)
        try:
            return self.judge(signed.data, order, account, task.at, self.clock.now())
        except WrongResultError as wrong:
            note.outcome = wrong.reason
        except Exception:
            log.exception("result not judged", attempt=str(task.attempt_id))
            note.outcome = "unreadable"
        return OutcomeUnknownError(reason=note.outcome, reference=signed.reference)

    def judge(
        self, data: bytes, order: Order, account: Account, since: datetime, until: datetime
    ) -> SignedFile:
        """The result of an order as a checked file, at B-LT where evidence can be had.

        Raises WrongResultError.
        """
        visible = order.visible
        by_tag = visible is not None and visible.placement.tag is not None
        expected = Expected(
            sent=order.data,
            nik=account.nik,
            name=account.name,
            since=since,
            until=until,
            anchors=account.anchors,
            page=visible.placement.page if visible else None,
            rect=visible.pdf_rect if visible and not by_tag else None,
        )
        found = result.check(data, expected)
        made = SignedFile(data, found.signed_at, found.field, SignatureLevel.B_T, found.certificate)
        evidence = self._evidence(found.known)
        if evidence is None:
            return made
        try:
            result.check(data, expected, evidence)
        except WrongResultError as wrong:
            if wrong.reason == "revoked":
                raise
            return made
        longer = with_evidence(data, found.known, evidence)
        return replace(made, data=longer, level=SignatureLevel.B_LT)

    def _evidence(self, known: tuple[bytes, ...]) -> Evidence | None:
        """What proves that nothing was revoked, from the addresses the certificates name."""
        try:
            return self.evidence.evidence(known)
        except DomainError as unavailable:
            if unavailable.problem is REVOKED_BY_ISSUER:
                raise WrongResultError("revoked") from unavailable
            log.warning("no evidence for the long term", code=unavailable.code)
            return None

    def fetch(self, attempt_id: UUID, reference: str) -> bytes | None:
        """A file that the service may have kept; None when it has none or does not answer."""
        service = self._service()
        try:
            with self.journal.calling(f"{service.version} download", attempt_id=attempt_id) as note:
                data = service.download(reference)
                note.reference = reference
                note.outcome = "answered" if data else "nothing-kept"
                note.result(data or b"")
                return data
        except (AwayError, NoAnswerError):
            return None

    def opinion(self, attempt_id: UUID, data: bytes) -> str | None:
        """What the service itself says of a file: evidence beside our own judgement, no more."""
        service = self._service()
        try:
            with self.journal.calling(f"{service.version} verify", attempt_id=attempt_id) as note:
                note.words = service.verify(data)
                note.result(data)
                return note.words
        except (AwayError, NoAnswerError):
            return None

    def order(self, prepared_sha256: str, layout: dict[str, Any]) -> Order:
        """What was or will be asked for a prepared file."""
        sent, visible = self.blobs.get(prepared_sha256), None
        if layout["placement"] is not None:
            placement = ServicePlacement.model_validate(layout["placement"])
            page, _ = open_revision(sent).find_page_for_modification(placement.page - 1)
            picture = self.blobs.get(placement.picture_sha256)
            visible = Visible(placement, page_box(page.get_object()), picture)
        return Order(sent, visible, REASON)

    def _service(self) -> Service:
        if self.service is None:
            raise problems.NOT_SET_UP()
        return self.service


@contextmanager
def _session(account: Account, secret: Secret) -> Iterator[Session]:
    try:
        yield Session(account, secret)
    finally:
        secret.wipe()


def _refusal(refused: RefusedError, activation: Activation) -> DomainError:
    match refused.code:
        case _ if refused.http in {301, 302, 303, 307, 308, 401, 403, 404, 405}:
            return problems.NOT_LET_IN()
        case code if code == WRONG_SECRET and activation is Activation.SERVICE_CODE:
            return problems.WRONG_CODE()
        case code if code == WRONG_SECRET:
            return problems.WRONG_PASSPHRASE()
        case code if code == NOT_REGISTERED:
            return problems.STATUSES["NOT_REGISTERED"]()
        case code if code == NO_CERTIFICATE:
            return problems.STATUSES["NO_CERTIFICATE"]()
        case _:
            return problems.REFUSED()
