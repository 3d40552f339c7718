"""Papers: drafted, edited, listed, cancelled by their unit's operators; read by their route."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, request
from pydantic import BaseModel, Field, StringConstraints

from backend.documents import drafts, reading
from backend.documents.drafts import Shelf
from backend.documents.kinds import CODE
from backend.documents.models import (
    Document,
    DocumentState,
    NumberMode,
    Secrecy,
    Urgency,
    VersionState,
)
from backend.documents.problems import REVISION_NEEDED
from backend.organisation.models import Role
from backend.routing.access import queued_versions, require_reader
from mobile_api.access import needs, signed_in
from mobile_api.context import current_services, current_work
from mobile_api.fields import Body, Moment, Note
from mobile_api.files import file_response, pdf
from mobile_api.pagination import PageQuery, page

bp = APIBlueprint("documents", __name__, url_prefix="/api/v1", tag="documents")

Subject = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
Recipient = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
TypeCode = Annotated[str, StringConstraints(pattern=f"^{CODE}$")]
Classification = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z.]{1,20}$")]


class Draft(Body):
    unit_id: UUID
    type_code: TypeCode
    subject: Subject
    classification: Classification
    secrecy: Secrecy = Secrecy.BIASA
    urgency: Urgency = Urgency.BIASA
    due_at: Moment | None = None
    recipient: Recipient = ""
    number_mode: NumberMode = NumberMode.NONE
    number_id: UUID | None = None


class DocumentChanges(Body):
    """Only the members sent are changed."""

    type_code: TypeCode | None = None
    subject: Subject | None = None
    classification: Classification | None = None
    secrecy: Secrecy | None = None
    urgency: Urgency | None = None
    due_at: Moment | None = None
    recipient: Recipient | None = None
    number_mode: NumberMode | None = None
    number_id: UUID | None = None


class Reason(Body):
    note: Note


class ListQuery(PageQuery):
    state: Shelf | None = None
    query: Annotated[str, Field(max_length=100)] = ""
    unit_id: UUID | None = None


class DocumentKind(BaseModel):
    code: str
    name: str


class DocumentKinds(BaseModel):
    items: list[DocumentKind]


class UnitName(BaseModel):
    id: UUID
    name: str
    code: str


class PersonName(BaseModel):
    id: UUID
    name: str


class Refusal(BaseModel):
    """Why a file did not pass: a problem's code, its parameters, and what to do, in Indonesian."""

    code: str
    params: dict[str, Any]
    title: str
    detail: str


class VersionSummary(BaseModel):
    id: UUID
    ordinal: int
    state: VersionState
    sha256: str | None
    filename: str
    page_count: int
    current: bool
    refusal: Refusal | None


class Paper(BaseModel):
    id: UUID
    revision: int
    unit: UnitName
    type: DocumentKind
    subject: str
    number: str | None
    number_mode: NumberMode
    dated: date | None
    classification: str
    secrecy: Secrecy
    urgency: Urgency
    due_at: datetime | None
    recipient: str
    state: DocumentState
    public_code: str
    public_url: str
    version: VersionSummary | None
    created_by: PersonName
    created_at: datetime
    updated_at: datetime
    signed: bool
    validated: bool


class Papers(BaseModel):
    items: list[Paper]
    next_cursor: str | None


@bp.get("/document-types")
@signed_in
@bp.output(DocumentKinds)
def kinds() -> DocumentKinds:
    """The kinds of paper in use."""
    found = drafts.types(current_work())
    return DocumentKinds(items=[DocumentKind(code=k.code, name=k.name) for k in found])


@bp.post("/documents")
@needs(Role.OPERATOR)
@bp.input(Draft)
@bp.output(Paper, status_code=201)
def create(json_data: Draft) -> tuple[Paper, int, dict[str, str]]:
    """Begins a paper; its file comes next."""
    work = current_work()
    document = drafts.create(work, **dict(json_data))
    work.session.flush()
    return _show(document), 201, _tag(document)


@bp.get("/documents")
@needs(Role.OPERATOR)
@bp.input(ListQuery, location="query")
@bp.output(Papers)
def search(query_data: ListQuery) -> dict[str, Any]:
    """Papers of one's own units, last changed first."""
    work = current_work()
    after = query_data.position(datetime.fromisoformat, UUID)
    found = drafts.find(
        work,
        shelf=query_data.state,
        query=query_data.query,
        unit_id=query_data.unit_id,
        after=(after[0], after[1]) if after else None,
        limit=query_data.limit,
    )
    return page(
        reading.summaries(work, found),
        query_data,
        show_summary,
        lambda s: (s.document.updated_at.isoformat(), s.document.id),
    )


@bp.get("/documents/<uuid:document_id>")
@signed_in
@bp.output(Paper)
def show(document_id: UUID) -> tuple[Paper, int, dict[str, str]]:
    """One paper, for its unit's operators and the people on its route."""
    document = require_reader(current_work(), document_id)
    return _show(document), 200, _tag(document)


@bp.patch("/documents/<uuid:document_id>")
@needs(Role.OPERATOR)
@bp.input(DocumentChanges)
@bp.output(Paper)
def change(document_id: UUID, json_data: DocumentChanges) -> tuple[Paper, int, dict[str, str]]:
    """Changes what was sent, if nobody changed it since (`If-Match` carries the ETag)."""
    changes = {name: getattr(json_data, name) for name in json_data.model_fields_set}
    unset = {k for k, v in changes.items() if v is None} - {"due_at"}
    work = current_work()
    document = drafts.edit(
        work, document_id, _revision(), {k: v for k, v in changes.items() if k not in unset}
    )
    work.session.flush()
    return _show(document), 200, _tag(document)


@bp.post("/documents/<uuid:document_id>/cancel")
@needs(Role.OPERATOR)
@bp.input(Reason)
@bp.output(Paper)
def cancel(document_id: UUID, json_data: Reason) -> tuple[Paper, int, dict[str, str]]:
    """Gives the paper up; its number stays in the book as void."""
    work = current_work()
    document = drafts.cancel(work, document_id, json_data.note)
    work.session.flush()
    return _show(document), 200, _tag(document)


@bp.get("/documents/<uuid:document_id>/file")
@signed_in
@bp.doc(responses=pdf)
def signed_file(document_id: UUID) -> Response:
    """The newest signed file, once the full validator passed it."""
    document = require_reader(current_work(), document_id)
    return file_response(
        current_services().blobs,
        reading.signed_file(document),
        "application/pdf",
        filename=f"{document.number or document.subject}.pdf",
    )


def _revision() -> int:
    tag = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if not tag.isdigit():
        raise REVISION_NEEDED()
    return int(tag)


def _tag(document: Document) -> dict[str, str]:
    return {"ETag": f'"{document.revision}"'}


def _show(document: Document) -> Paper:
    work = current_work()
    queued = {document.id: found[-1]} if (found := queued_versions(work, document.id)) else {}
    return show_summary(reading.summaries(work, [document], queued)[0])


def show_summary(summary: reading.Summary) -> Paper:
    document, version = summary.document, summary.version
    shown = None
    if version:
        shown = VersionSummary(
            id=version.id,
            ordinal=version.ordinal,
            state=version.state,
            sha256=version.sha256,
            filename=version.filename,
            page_count=summary.page_count,
            current=version.id == document.current_version_id,
            refusal=show_refusal(version.refusal),
        )
    return Paper(
        id=document.id,
        revision=document.revision,
        unit=UnitName(id=document.unit.id, name=document.unit.name, code=document.unit.code),
        type=DocumentKind(code=document.type.code, name=document.type.name),
        subject=document.subject,
        number=document.number,
        number_mode=document.number_mode,
        dated=document.dated,
        classification=document.classification,
        secrecy=document.secrecy,
        urgency=document.urgency,
        due_at=document.due_at,
        recipient=document.recipient,
        state=document.state,
        public_code=document.public_code,
        public_url=f"{current_services().settings.origin}/v/{document.public_code}",
        version=shown,
        created_by=PersonName(id=summary.created_by.id, name=summary.created_by.name),
        created_at=document.created_at,
        updated_at=document.updated_at,
        signed=document.signed_sha256 is not None,
        validated=document.signed_sha256 is not None
        and document.validated_sha256 == document.signed_sha256,
    )


def show_refusal(refusal: dict[str, Any] | None) -> Refusal | None:
    if refusal is None:
        return None
    problem = reading.refusal_problem(refusal["code"])
    error = problem(**refusal["params"])
    return Refusal(
        code=problem.code, params=refusal["params"], title=error.title, detail=error.detail
    )
