"""Many documents at once, in plain SQL: for benchmarks and for plans of queries."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.factories import papers
from tests.factories.papers import Official

# Copies of one row that the factories made, with what differs: columns may come and go.
DOCUMENTS = text("""
INSERT INTO document SELECT copy.* FROM generate_series(1, :count) n, document template,
LATERAL jsonb_populate_record(template, jsonb_build_object(
    'id', gen_random_uuid(),
    'subject', 'Perihal contoh ' || n,
    'urgency', CASE WHEN n % 20 = 0 THEN 'amat-segera' WHEN n % 5 = 0 THEN 'segera' ELSE 'biasa' END,
    'due_at', CASE WHEN n % 3 = 0
              THEN timestamptz '2026-03-02 00:00Z' + n % 900 * interval '1 hour' END,
    'state', CASE WHEN n <= :waiting THEN 'ready-to-sign' ELSE 'signed' END,
    'current_version_id', gen_random_uuid(),
    'public_code', upper(substr(replace(gen_random_uuid()::text, '-', ''), 1, 20)),
    'created_at', timestamptz '2025-01-01 00:00Z' + n * interval '1 minute',
    'updated_at', timestamptz '2025-01-01 00:00Z' + n * interval '1 minute'
)) copy
""")
VERSIONS = text("""
INSERT INTO version SELECT copy.* FROM document, version template,
LATERAL jsonb_populate_record(template, jsonb_build_object(
    'id', document.current_version_id,
    'document_id', document.id,
    'uploaded_sha256', md5(document.id::text) || md5(document.id::text),
    'sha256', md5(document.id::text) || md5(document.id::text)
)) copy
WHERE document.current_version_id <> template.id
""")
PAGES = text("""
INSERT INTO page SELECT copy.* FROM version, page template,
LATERAL jsonb_populate_record(template, jsonb_build_object(
    'version_id', version.id,
    'image_sha256', md5(version.id::text || template.ordinal) || md5(version.id::text),
    'large_sha256', md5(version.id::text) || md5(version.id::text || template.ordinal)
)) copy
WHERE version.id <> template.version_id
""")
TEMPLATES = [
    text("DELETE FROM page WHERE version_id = :template"),
    text("DELETE FROM version WHERE id = :template"),
    text("DELETE FROM document WHERE current_version_id = :template"),
]
# Two steps each: an initial long done by others, and the chief's signature.
STEPS = text("""
INSERT INTO step (id, document_id, round, ordinal, position_id, version_id, action, state,
                  desk_rank, desk_due, opened_at, finished_at, person_id, mandate_id, announced_to, revision,
                  arrived_in)
SELECT gen_random_uuid(), document.id, 1, n,
       CASE WHEN n = 1 THEN cast(:reviewer AS uuid) ELSE cast(:chief AS uuid) END,
       current_version_id, CASE WHEN n = 1 THEN 'initial' ELSE 'sign' END,
       CASE WHEN n = 1 OR document.state = 'signed' THEN 'done' ELSE 'open' END,
       CASE urgency WHEN 'amat-segera' THEN 0 WHEN 'segera' THEN 1 ELSE 2 END,
       coalesce(due_at, '9999-01-01 00:00Z'), created_at + n * interval '1 hour',
       CASE WHEN n = 1 OR document.state = 'signed' THEN created_at + (n + 1) * interval '1 hour'
       END,
       CASE WHEN n = 1 THEN cast(:reviewer_person AS uuid)
            WHEN document.state = 'signed' THEN cast(:chief_person AS uuid) END,
       CASE WHEN n = 1 THEN cast(:reviewer_mandate AS uuid)
            WHEN document.state = 'signed' THEN cast(:chief_mandate AS uuid) END,
       '[]', 1, 1
FROM document, generate_series(1, 2) n
""")
TICKS = text("""
INSERT INTO tick (id, step_id, document_id, version_id, version_sha256, page_sha256, person_id,
                  mandate_id, device_id, device_signature, ticked_at)
SELECT gen_random_uuid(), step.id, step.document_id, step.version_id, repeat('0', 64), '[]',
       step.person_id, step.mandate_id,
       CASE WHEN step.ordinal = 1 THEN cast(:reviewer_device AS uuid)
            ELSE cast(:chief_device AS uuid) END,
       'contoh', step.finished_at
FROM step WHERE step.state = 'done'
""")


@dataclass
class Archive:
    """A full database and the official for whom part of it waits."""

    desk: papers.Desk
    chief: Official


def archive(session: Session, *, documents: int, waiting: int) -> Archive:
    """`documents` papers, of which `waiting` wait for one official's signature.

    Needs a session that asks no foreign keys; see tests.support.filling.
    """
    desk = papers.desk(session)
    reviewer, chief = desk.officials
    facts = {
        "template": desk.version.id,
        "count": documents,
        "waiting": waiting,
        "reviewer": reviewer.position.id,
        "chief": chief.position.id,
        "reviewer_person": reviewer.person.id,
        "chief_person": chief.person.id,
        "reviewer_mandate": reviewer.mandate.id,
        "chief_mandate": chief.mandate.id,
        "reviewer_device": reviewer.device.id,
        "chief_device": chief.device.id,
    }
    for statement in (DOCUMENTS, VERSIONS, PAGES, *TEMPLATES, STEPS, TICKS):
        names = set(statement.compile().params)
        session.execute(statement, {name: facts[name] for name in names})
    session.commit()
    return Archive(desk, chief)
