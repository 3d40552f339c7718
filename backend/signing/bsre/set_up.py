"""The provider as the installation's settings and the agency's terms describe it."""

from backend.certificates.revocation import RevocationSource
from backend.core.blobs import BlobStore
from backend.core.clock import Clock
from backend.core.masterkey import MasterKey
from backend.core.settings import Settings
from backend.signing.bsre.journal import Journal
from backend.signing.bsre.provider import BsreProvider
from backend.signing.bsre.service import Service
from backend.signing.bsre.terms import ServiceTerms
from backend.signing.bsre.transport import Address
from backend.signing.bsre.v1 import VersionOne
from backend.signing.bsre.v2 import VersionTwo
from backend.signing.provider import Activation


def bsre_provider(
    settings: Settings,
    terms: ServiceTerms,
    *,
    journal: Journal,
    blobs: BlobStore,
    keys: MasterKey,
    clock: Clock,
    evidence: RevocationSource,
) -> BsreProvider:
    """Always there, so that a missing address is a refusal with its remedy and nothing else."""
    return BsreProvider(
        service=service(settings, terms),
        journal=journal,
        blobs=blobs,
        keys=keys,
        evidence=evidence,
        clock=clock,
    )


def service(settings: Settings, terms: ServiceTerms) -> Service | None:
    """The version that the agency chose; None where no address was set."""
    if settings.bsre_url is None:
        return None
    address = Address(
        url=settings.bsre_url,
        username=settings.bsre_username,
        password=settings.bsre_secret,
        seconds=settings.bsre_seconds,
        ca_file=settings.bsre_ca_file,
    )
    if terms.version == "v1":
        return VersionOne(address, corners=terms.corners)
    code = terms.activation == "code"
    activation = Activation.SERVICE_CODE if code else Activation.PASSPHRASE
    return VersionTwo(
        address,
        at_once=terms.files,
        activation=activation,
        unturned=terms.unturned,
    )
