"""What the models cannot say: the job queue's schema, the append-only audit trail, stamps, the grants."""

from pathlib import Path

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

GUARDS = Path(__file__).parents[1] / "guards.sql"


def _run(script: str) -> None:
    # Straight to the driver: the scripts contain colons and percent signs of their own.
    cursor = op.get_bind().connection.cursor()
    cursor.execute(script)
    cursor.close()


def upgrade() -> None:
    _run(SchemaManager.get_schema())
    _run(GUARDS.read_text())


def downgrade() -> None:
    _run("""
        DROP TRIGGER audit_entry_no_change ON audit_entry;
        DROP TRIGGER audit_entry_no_truncate ON audit_entry;
        DROP FUNCTION audit_entry_is_append_only();
        DROP TRIGGER step_stamp ON step;
        DROP TRIGGER document_stamp ON document;
        DROP TRIGGER tick_stamp ON tick;
        DROP TRIGGER mandate_stamp ON mandate;
        DROP TRIGGER position_stamp ON "position";
        DROP TRIGGER person_stamp ON person;
        DROP TRIGGER unit_stamp ON unit;
        DROP TRIGGER document_type_stamp ON document_type;
        DROP FUNCTION step_is_stamped(), document_stamps_desks(), tick_stamps_desks(),
            name_stamps_desks(), stamp_desks_along(uuid[]), stamp_desks(uuid[]);
        DROP FUNCTION public_change_is_noted() CASCADE;
        DO $$
        DECLARE thing record;
        BEGIN
            FOR thing IN SELECT format('DROP TABLE IF EXISTS %I CASCADE', tablename) AS command
                FROM pg_tables WHERE schemaname = current_schema() AND tablename LIKE 'procrastinate%'
            LOOP EXECUTE thing.command; END LOOP;
            FOR thing IN SELECT format('DROP FUNCTION IF EXISTS %s CASCADE', oid::regprocedure) AS command
                FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
                AND proname LIKE 'procrastinate%'
            LOOP EXECUTE thing.command; END LOOP;
            FOR thing IN SELECT format('DROP TYPE IF EXISTS %I CASCADE', typname) AS command
                FROM pg_type WHERE typnamespace = current_schema()::regnamespace
                AND typname LIKE 'procrastinate%' AND typtype IN ('e', 'c')
            LOOP EXECUTE thing.command; END LOOP;
        END $$;
    """)
