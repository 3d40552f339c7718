"""What is to be prepared for a document's next signature, decided from the database alone."""

import hashlib
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from cryptography import x509
from cryptography.x509.oid import NameOID
from sqlalchemy import select

from backend.certificates import claims
from backend.certificates.claims import Claim
from backend.certificates.issuer import IssuingKey
from backend.certificates.models import Authority, Certificate
from backend.core.db import Work
from backend.core.settings import Settings
from backend.documents.models import Document, Page, SignatureLevel, Version
from backend.organisation.mandates import capacity, holders, valid_mandate
from backend.organisation.models import LOCAL, Agency, Mandate
from backend.organisation.style import FootKind, Style
from backend.organisation.titles import without_titles
from backend.routing.machine import ON_ROUTE
from backend.routing.models import Step, StepAction, StepState
from backend.routing.rounds import Round, live_tick, load_round
from backend.routing.routes import require_seal_offered
from backend.signing.bsre import terms
from backend.signing.claims.indexes import index_of
from backend.signing.claims.printed import claim_of, fitted
from backend.signing.credentials import live
from backend.signing.models import Prepared, Signature
from backend.signing.pdf.appearance import Wording
from backend.signing.pdf.container import SignerIdentity
from backend.signing.pdf.foot import issuer_sentence
from backend.signing.pdf.placeholder import Block
from backend.signing.placement import Spot, spots
from backend.signing.problems import NO_CREDENTIAL, NO_ROOM, NO_SIGNER, SEAL_WAITS
from backend.signing.seal import document_seals

BSRE = "bsre"
"""The national service makes its own field, so its files are prepared without one."""


@dataclass(frozen=True)
class PlannedSigner:
    """Who is to sign a step, and what their block says where."""

    step_id: UUID
    person_id: UUID
    mandate_id: UUID
    block: Block
    claim: Claim | None = None
    """What this block's code claims beside the address: the last signer's alone."""

    def as_json(self) -> dict[str, Any]:
        rect = self.block.rect
        return {
            "step_id": str(self.step_id),
            "person_id": str(self.person_id),
            "mandate_id": str(self.mandate_id),
            "field": self.block.field,
            "page": self.block.page,
            "rect": [rect.x, rect.y, rect.width, rect.height],
        }


@dataclass(frozen=True)
class Plan:
    """Everything that a preparation depends on: equal plans make equal files."""

    document_id: UUID
    version_id: UUID
    base_sha256: str
    signed_sha256: str | None
    """The file that the next placeholder is added to; None before the first signature or seal."""
    signers: tuple[PlannedSigner, ...]
    """Of the steps that are still to be signed, in order; the first is next."""
    provider: str
    certificate_id: UUID | None
    """None, as `identity`, where a service outside holds it."""
    identity: SignerIdentity | None
    sentence: str
    url: str
    level: SignatureLevel
    foot: FootKind
    sealed: bool
    """The agency's seal goes before the first signature."""
    visible: bool = True
    """Of a service outside: whether it draws the signer's block."""
    tags: bool = False
    """Whether it finds a block's anchor character itself."""

    @property
    def next(self) -> PlannedSigner:
        return self.signers[0]

    @property
    def digest(self) -> str:
        return hashlib.sha256(repr(self).encode()).hexdigest()

    @property
    def layout_digest(self) -> str:
        """Of what the agency's seal covers: all but the next signer's own certificate."""
        drawn = (self.base_sha256, self.signers, self.sentence, self.url, self.foot, self.level)
        return hashlib.sha256(repr(drawn).encode()).hexdigest()


def with_claim(wanted: Plan, issuer: IssuingKey) -> Plan:
    """The same plan with the signed claim where a code of its size was planned for."""
    last = wanted.signers[-1]
    if last.claim is None:
        return wanted
    words = last.block.words
    token = issuer.claim(words.code, last.claim)
    words = replace(words, url=f"{wanted.url}#{claims.pack(token)}")
    signed = replace(last, block=replace(last.block, words=words))
    return replace(wanted, signers=(*wanted.signers[:-1], signed))


class SignersChanged(Exception):  # noqa: N818 (a finding, not an error)
    """After a first signature, one who is still to sign is no longer who the file names."""


def plan(
    work: Work, settings: Settings, document_id: UUID, *, sealing: bool = False
) -> Plan | None:
    """The plan for the next signature; None when none is due.

    `sealing`: for the agency's seal, which goes before the first one. Locks the document. Raises
    NO_SIGNER, NO_CREDENTIAL, NO_ROOM, SEAL_WAITS or SEAL_NOT_OFFERED where something is missing, and SignersChanged.
    """
    round_ = load_round(work, document_id)
    document = round_.document
    steps = [s for s in round_.steps if s.action is StepAction.SIGN]
    due = [s for s in steps if s.state is not StepState.DONE]
    waiting = {StepState.WAITING, StepState.OPEN, StepState.TICKED}
    if document.state not in ON_ROUTE or not due or due[0].state not in waiting:
        return None
    version = work.session.get_one(Version, document.current_version_id)
    provider = provider_name(work)
    if len(due) == len(steps):
        require_seal_offered(work, document)
    named = named_signers(work, steps, provider) if len(due) < len(steps) else {}
    places = spots(work.session, document, version, [s.ordinal for s in steps])
    signers = tuple(
        _planned(
            round_,
            step,
            steps.index(step) + 1,
            spot=places[step.ordinal],
            settings=settings,
            named=named,
            fixed=provider != BSRE,
        )
        for step in due
    )
    signers = (*signers[:-1], _claiming(work, document, version, signers[-1]))
    signature = _signature(work, provider, signers[0].person_id)
    visible, tags = terms.current(work.session).drawing if provider == BSRE else (True, False)
    wanted = Plan(
        document_id=document.id,
        version_id=version.id,
        base_sha256=version.sha256 or "",
        signed_sha256=document.signed_sha256 if named else None,
        signers=signers,
        provider=provider,
        certificate_id=signature.certificate_id,
        identity=signature.identity,
        sentence=signature.sentence,
        url=public_url(settings, document),
        level=level_of(provider, document),
        foot=style(work, document).foot,
        sealed=document.type.sealed,
        visible=visible,
        tags=tags,
    )
    if sealing or named or not wanted.sealed:
        return wanted
    seal = document_seals.known(work, document.id, wanted.layout_digest)
    if seal is None:
        raise SEAL_WAITS()
    return replace(wanted, signed_sha256=seal.file_sha256)


def provider_name(work: Work) -> str:
    """Whoever the agency signs with now."""
    return work.session.scalar(select(Agency.provider).limit(1)) or LOCAL


def level_of(provider: str, document: Document) -> SignatureLevel:
    """What a signature on this paper promises. The national service ends at B-T; that its files
    are brought to B-LT depends on what its authority answers then.
    """
    return SignatureLevel.B_T if provider == BSRE else document.type.level


def public_url(settings: Settings, document: Document) -> str:
    return f"{settings.origin}/v/{document.public_code}"


def text_pages(work: Work, version_id: UUID) -> dict[int, Page]:
    """The version's pages by ordinal, which know where their text stands."""
    pages = work.session.scalars(select(Page).where(Page.version_id == version_id))
    return {page.ordinal: page for page in pages}


def named_signers(work: Work, steps: list[Step], provider: str) -> dict[UUID, tuple[UUID, UUID]]:
    """Step → (person, mandate) as the first signature fixed them for all its successors."""
    first = work.session.scalars(
        select(Signature)
        .where(Signature.step_id.in_([s.id for s in steps]), Signature.voided_at.is_(None))
        .order_by(Signature.id)
        .limit(1)
    ).first()
    if first is None:
        raise SignersChanged
    prepared = work.session.scalars(
        select(Prepared).where(Prepared.step_id == first.step_id).order_by(Prepared.id.desc())
    ).first()
    if prepared is not None and prepared.provider != provider:
        raise SignersChanged
    recorded = prepared.signers if prepared else []
    return {UUID(s["step_id"]): (UUID(s["person_id"]), UUID(s["mandate_id"])) for s in recorded}


def expected_mandate(
    work: Work, step: Step, named: dict[UUID, tuple[UUID, UUID]]
) -> Mandate | None:
    """Who is to sign: whoever ticked, else who the file names already, else the holder."""
    tick = live_tick(work, step)
    people = [tick.person_id] if tick else []
    if step.id in named:
        people.append(named[step.id][0])
    for person_id in people:
        mandate = valid_mandate(work.session, person_id, step.position_id, work.now)
        if mandate is not None:
            return mandate
    return next(iter(holders(work.session, step.position_id, work.now)), None)


def _planned(
    round_: Round,
    step: Step,
    number: int,
    *,
    spot: Spot | None,
    settings: Settings,
    named: dict[UUID, tuple[UUID, UUID]],
    fixed: bool,
) -> PlannedSigner:
    work = round_.work
    mandate = expected_mandate(work, step, named)
    if mandate is None:
        raise NO_SIGNER(position=step.position.title)
    if fixed and named and named.get(step.id) != (mandate.person_id, mandate.id):
        raise SignersChanged
    if spot is None:
        raise NO_ROOM(position=step.position.title)
    words = wording(work, mandate, settings, round_.document, anchored=spot.anchor is not None)
    block = Block(f"TandaTangan{number}", spot.page, spot.rect, words, spot.anchor)
    return PlannedSigner(step.id, mandate.person_id, mandate.id, block)


def _claiming(
    work: Work, document: Document, version: Version, signer: PlannedSigner
) -> PlannedSigner:
    """The signer with as much of the paper's claim as their block has room for."""
    block = signer.block
    whole = claim_of(document, version, block.words, index_of(work, document.id))
    claim, words = fitted(whole, block.words, block.rect)
    return replace(signer, block=replace(block, words=words), claim=claim)


def wording(
    work: Work, mandate: Mandate, settings: Settings, document: Document, *, anchored: bool
) -> Wording:
    """What the block of whoever holds this mandate says."""
    printed = style(work, document)
    name = mandate.person.name
    return Wording(
        capacity=capacity(mandate),
        name=name if printed.print_titles else without_titles(name),
        nip=mandate.person.nip if printed.print_nip else None,
        url=public_url(settings, document),
        code=document.public_code,
        covers_anchor=anchored,
        order=printed.block_order,
    )


def style(work: Work, document: Document) -> Style:
    """What is printed on a paper: by its kind, else as the agency does."""
    return Style.of(document.type, work.session.scalars(select(Agency).limit(1)).first())


@dataclass(frozen=True)
class _Signature:
    certificate_id: UUID | None
    identity: SignerIdentity | None
    sentence: str


def _signature(work: Work, provider: str, person_id: UUID) -> _Signature:
    """The person's certificate with its issuer, and what the foot says of them.

    The national service's certificates are seen in its signatures only; a file whose foot names it
    replaces nothing before that was checked.
    """
    if provider == BSRE:
        return _Signature(None, None, issuer_sentence([], bsre=True))
    credential = live(work, person_id)
    if credential is None:
        raise NO_CREDENTIAL()
    certificate = work.session.get_one(Certificate, credential.certificate_id)
    issuer = work.session.get_one(Authority, certificate.issuer_id).certificate
    subject = x509.load_der_x509_certificate(issuer).subject
    names = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    name = str(names[0].value if names else subject.rfc4514_string())
    identity = SignerIdentity(certificate.der, (issuer,))
    return _Signature(certificate.id, identity, issuer_sentence([name], bsre=False))
