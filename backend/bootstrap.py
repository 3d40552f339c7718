"""The only place that wires adapters to services."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from backend.certificates.fetched_evidence import FetchedEvidence
from backend.certificates.issuer import IssuingKey, LocalIssuer
from backend.certificates.issuer_process import RemoteIssuer
from backend.certificates.profiles import Addresses
from backend.certificates.recent_evidence import RecentEvidence
from backend.certificates.revocation import EmbeddedRevocations, RevocationSource
from backend.certificates.timestamps import EmbeddedTimeStamper, HttpTimeStamper, TimeStamper
from backend.core import db
from backend.core.blobs import BlobStore
from backend.core.clock import Clock, SystemClock
from backend.core.masterkey import MasterKey
from backend.core.settings import Settings
from backend.notifications.mail import Mailer
from backend.notifications.push import PushSender, Senders
from backend.notifications.smtp import SmtpMailer, SmtpServer
from backend.notifications.vapid import VapidKey
from backend.notifications.web_push import WebPushSender
from backend.organisation.models import LOCAL
from backend.signing import enrolment, signing
from backend.signing.archiving import Archivist
from backend.signing.bsre import terms
from backend.signing.bsre.journal import Journal
from backend.signing.bsre.provider import BsreProvider
from backend.signing.bsre.set_up import bsre_provider
from backend.signing.desk import Desk, InProcessDesk
from backend.signing.desk_socket import RemoteDesk
from backend.signing.local_provider import LocalProvider
from backend.signing.planning import BSRE
from backend.signing.preparation import Workshop
from backend.signing.seal import seals
from backend.signing.seal.seal_keeper import SealKeeper
from backend.signing.seal.sealing import Press
from backend.signing.vaults.pkcs11_vault import Pkcs11Vault
from backend.signing.vaults.software_vault import SoftwareVault
from backend.signing.vaults.vault import KeyAlgorithm, KeyVault
from backend.signing.vaults.vaults import Vaults
from backend.signing.vaults.wrapping import Cost
from backend.verification.published import Published
from backend.verification.sealed.sealing import Sealer
from backend.verification.slots import Door


@dataclass(frozen=True)
class Services:
    """Everything a use case may need from outside, made once a process."""

    settings: Settings
    engine: Engine
    sessions: sessionmaker[Session]
    clock: Clock
    blobs: BlobStore
    master_key: MasterKey
    issuer: IssuingKey
    time_stamper: TimeStamper
    revocations: RevocationSource
    vault: KeyVault
    foreign_evidence: RevocationSource
    """About certificates of other authorities."""
    vapid: VapidKey
    push: Senders
    mailer: Mailer | None
    """None where no mail server is configured."""
    published: Published
    strangers_files: Door
    """Through which files from outside come in."""
    cost: Cost = field(default_factory=Cost)
    """Of what a passphrase wraps from now on."""
    seal_keeper: SealKeeper = field(default_factory=SealKeeper)

    @property
    def workshop(self) -> Workshop:
        """What preparing a file to be signed needs."""
        return Workshop(self.settings, self.blobs, self.time_stamper, self.issuer)

    @property
    def signing(self) -> signing.Engine:
        """What signing needs."""
        tools = (self.blobs, self.vault, self.time_stamper, self.revocations)
        local = LocalProvider(*tools, open_work=self.work)
        return signing.Engine(
            self.blobs,
            self.master_key,
            {LOCAL: lambda _: local, BSRE: self._national},
            timedelta(hours=self.settings.new_device_delay_hours),
        )

    def _national(self, work: db.Work) -> BsreProvider:
        return bsre_provider(
            self.settings,
            terms.current(work.session),
            journal=Journal(self.work),
            blobs=self.blobs,
            keys=self.master_key,
            clock=self.clock,
            evidence=self.foreign_evidence,
        )

    @property
    def enrolment(self) -> enrolment.Tools:
        """What making a signer's key needs."""
        algorithm = KeyAlgorithm(self.settings.signer_key)
        return enrolment.Tools(self.master_key, self.vault, self.issuer, algorithm)

    @property
    def seal(self) -> seals.Tools:
        """What opening the agency's seal needs."""
        algorithm = KeyAlgorithm(self.settings.signer_key)
        tools = (self.master_key, self.vault, self.issuer, algorithm)
        return seals.Tools(*tools, self.seal_keeper, self.cost)

    @property
    def press(self) -> Press:
        """What sealing papers needs."""
        return Press(self.workshop, self.revocations, self.seal_keeper)

    @property
    def report_sealer(self) -> Sealer:
        """What sealing a report about somebody's file needs."""
        return Sealer(self.issuer, self.time_stamper, self.revocations)

    @property
    def desk(self) -> Desk:
        """Where envelopes are opened."""
        if self.settings.desk == "inline":
            return InProcessDesk(self.work, self.signing, self.engine, self.seal)
        return RemoteDesk(self.settings.desk_socket)

    @property
    def archivist(self) -> Archivist:
        """What archive time stamps need: word about our own certificates, and about whatever else
        stands in papers that passed, such as the national service's.
        """
        evidence = EmbeddedRevocations(self.sessions, self.issuer, self.foreign_evidence)
        ageing = self.settings.ageing_algorithms
        return Archivist(self.blobs, self.time_stamper, evidence, ageing)

    def work(self, actor: db.Actor = db.SYSTEM) -> AbstractContextManager[db.Work]:
        """A transaction of its own; see core.db.work."""
        return db.work(self.sessions, self.clock, actor)


def build(
    settings: Settings,
    database_url: str,
    *,
    clock: Clock | None = None,
    engine: Engine | None = None,
    cost: Cost | None = None,
) -> Services:
    """Services for one process on one database."""
    cost = cost or Cost()
    engine = engine or db.make_engine(database_url)
    sessions = sessionmaker(engine, expire_on_commit=False)
    clock = clock or SystemClock()
    issuer = _issuer(settings, clock)
    master_key = MasterKey.load(settings.secrets_dir)
    fetched = FetchedEvidence(clock)
    vapid = VapidKey.derived(master_key, settings.push_contact)
    return Services(
        settings=settings,
        engine=engine,
        sessions=sessions,
        clock=clock,
        blobs=BlobStore.from_settings(settings),
        master_key=master_key,
        issuer=issuer,
        time_stamper=_time_stamper(settings, issuer),
        revocations=RecentEvidence(
            EmbeddedRevocations(sessions, issuer, fetched if settings.tsa_url else None), clock
        ),
        foreign_evidence=fetched,
        vault=key_vaults(settings, master_key, cost),
        vapid=vapid,
        push=_senders(settings, vapid),
        mailer=_mailer(settings, clock),
        published=Published(engine),
        # The other threads go on answering whoever brings no file.
        strangers_files=Door(settings.web_threads // 2),
        cost=cost,
    )


def key_vaults(settings: Settings, master_key: MasterKey, cost: Cost) -> KeyVault:
    """Every vault there is, the one for new keys first."""
    vaults: list[KeyVault] = [SoftwareVault(master_key, cost)]
    if settings.pkcs11_module:
        vaults.append(Pkcs11Vault(master_key, settings.pkcs11_module, cost))
    return Vaults(*sorted(vaults, key=lambda vault: vault.name != settings.vault))


def _senders(settings: Settings, vapid: VapidKey) -> Senders:
    senders: list[PushSender] = [WebPushSender(vapid, settings.push_hosts)]
    if settings.fcm_account:
        # Google's libraries are heavy, and few installations need them.
        from backend.notifications.fcm import FcmSender

        senders.append(FcmSender(settings.fcm_account))
    return {sender.provider: sender for sender in senders}


def _mailer(settings: Settings, clock: Clock) -> Mailer | None:
    if settings.smtp_host is None:
        return None
    return SmtpMailer(
        SmtpServer(
            settings.smtp_host,
            settings.smtp_port,
            settings.smtp_tls,
            settings.smtp_sender,
            settings.smtp_username,
            lambda: settings.smtp_secret,
            settings.smtp_ca_file,
        ),
        clock,
    )


def _issuer(settings: Settings, clock: Clock) -> IssuingKey:
    if settings.issuer == "inline":
        return LocalIssuer(settings.authority_dir, Addresses(settings.origin), clock)
    return RemoteIssuer(settings.issuer_socket)


def _time_stamper(settings: Settings, issuer: IssuingKey) -> TimeStamper:
    return HttpTimeStamper(settings.tsa_url) if settings.tsa_url else EmbeddedTimeStamper(issuer)


@contextmanager
def running(settings: Settings, database_url: str) -> Iterator[Services]:
    """Services that close their connections at the end."""
    services = build(settings, database_url)
    try:
        yield services
    finally:
        services.engine.dispose()
