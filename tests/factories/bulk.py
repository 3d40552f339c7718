"""Many documents at once, in plain SQL: for benchmarks and for plans of queries."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.factories import papers
from tests.factories.papers import Official

DOCUMENTS = text("""
INSERT INTO document (id, unit_id, type_code, subject, classification, secrecy, urgency, due_at,
                      recipient, state, current_version_id, public_code, created_by, created_at,
                      updated_at, revision)
SELECT gen_random_uuid(), :unit, 'SK', 'Perihal contoh ' || n, '800', 'biasa',
       CASE WHEN n % 20 = 0 THEN 'amat-segera' WHEN n % 5 = 0 THEN 'segera' ELSE 'biasa' END,
       CASE WHEN n % 3 = 0 THEN timestamptz '2026-03-02 00:00Z' + n % 900 * interval '1 hour' END,
       '', CASE WHEN n <= :waiting THEN 'ready-to-sign' ELSE 'signed' END,
       gen_random_uuid(), upper(substr(replace(gen_random_uuid()::text, '-', ''), 1, 20)), :operator,
       timestamptz '2025-01-01 00:00Z' + n * interval '1 minute',
       timestamptz '2025-01-01 00:00Z' + n * interval '1 minute', 1
FROM generate_series(1, :count) n
""")
VERSIONS = text("""
INSERT INTO version (id, document_id, ordinal, state, uploaded_sha256, sha256, size, filename,
                     findings, anchors, uploaded_by, uploaded_at, ready_at)
SELECT current_version_id, id, 1, 'ready', md5(id::text) || md5(id::text),
       md5(id::text) || md5(id::text), 1000, 'contoh.pdf', '[]', '{}', created_by, created_at,
       created_at
FROM document
""")
PAGES = text("""
INSERT INTO page (version_id, ordinal, width, height, image_sha256, image_type, image_bytes,
                  large_sha256, large_type, large_bytes, text, boxes)
SELECT version.id, n, 595, 842, md5(version.id::text || n) || md5(version.id::text),
       'image/webp', 20000, md5(version.id::text || n) || md5(n::text), 'image/webp', 60000,
       'Contoh', '[]'
FROM version, generate_series(1, 2) n
""")
# Two steps each: an initial long done by others, and the chief's signature.
STEPS = text("""
INSERT INTO step (id, document_id, round, ordinal, position_id, version_id, action, state,
                  desk_rank, desk_due, opened_at, finished_at, person_id, mandate_id, announced_to, revision)
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
       '[]', 1
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
    session.execute(text("UPDATE document SET current_version_id = NULL"))
    session.execute(text("DELETE FROM page"))
    session.execute(text("DELETE FROM version"))
    session.execute(text("DELETE FROM document"))
    facts = {
        "unit": desk.unit.id,
        "operator": desk.operator.id,
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
    for statement in (DOCUMENTS, VERSIONS, PAGES, STEPS, TICKS):
        names = set(statement.compile().params)
        session.execute(statement, {name: facts[name] for name in names})
    session.commit()
    return Archive(desk, chief)
