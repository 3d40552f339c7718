-- What the models cannot say: the audit trail only grows, whatever waits on a desk carries the stamp
-- of its last change, and changes of what the public may see are noted. Safe to run again.

-- Holds for everyone, the owner included; only disabling the trigger, which shows in the
-- catalogue, lifts it.
CREATE OR REPLACE FUNCTION audit_entry_is_append_only() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_entry is append-only: % refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;

DROP TRIGGER IF EXISTS audit_entry_no_change ON audit_entry;
CREATE TRIGGER audit_entry_no_change
    BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_is_append_only();

DROP TRIGGER IF EXISTS audit_entry_no_truncate ON audit_entry;
CREATE TRIGGER audit_entry_no_truncate
    BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_is_append_only();

-- The change feed (docs/adr/0020) asks which steps were stamped since a snapshot. Triggers write the
-- stamps, so that no use case can forget to. They name what does NOT change a holder's view: a new
-- column counts until somebody says otherwise.

CREATE OR REPLACE FUNCTION step_is_stamped() RETURNS trigger
    LANGUAGE plpgsql AS $$
DECLARE
    seen step;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        seen := OLD;
        -- Who has a step on the desk knows that it was delivered.
        seen.delivered_at := NEW.delivered_at;
        seen.announced_to := NEW.announced_to;
        seen.revision := NEW.revision;
        seen.changed_in := NEW.changed_in;
        IF seen IS NOT DISTINCT FROM NEW THEN
            RETURN NEW;
        END IF;
    END IF;
    NEW.changed_in := pg_current_xact_id()::text::bigint;
    IF NEW.state IN ('open', 'ticked', 'processing', 'unknown') THEN
        NEW.arrived_in := coalesce(NEW.arrived_in, NEW.changed_in);
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER step_stamp
    BEFORE INSERT OR UPDATE ON step
    FOR EACH ROW EXECUTE FUNCTION step_is_stamped();

-- Whatever a step's holders see beside the step itself: the paper, the ticks, the names on the route.
CREATE OR REPLACE FUNCTION stamp_desks(papers uuid[]) RETURNS void
    LANGUAGE sql AS $$
    UPDATE step SET changed_in = pg_current_xact_id()::text::bigint
    WHERE document_id = ANY (papers)
      AND state IN ('open', 'ticked', 'processing', 'unknown')
      AND changed_in <> pg_current_xact_id()::text::bigint
$$;

CREATE OR REPLACE FUNCTION document_stamps_desks() RETURNS trigger
    LANGUAGE plpgsql AS $$
DECLARE
    seen document;
BEGIN
    seen := OLD;
    -- These change with the steps, or on no desk.
    seen.state := NEW.state;
    seen.current_version_id := NEW.current_version_id;
    seen.signed_sha256 := NEW.signed_sha256;
    seen.validated_sha256 := NEW.validated_sha256;
    seen.updated_at := NEW.updated_at;
    seen.revision := NEW.revision;
    IF seen IS DISTINCT FROM NEW THEN
        PERFORM stamp_desks(ARRAY[NEW.id]);
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER document_stamp
    AFTER UPDATE ON document
    FOR EACH ROW EXECUTE FUNCTION document_stamps_desks();

CREATE OR REPLACE FUNCTION tick_stamps_desks() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM stamp_desks(ARRAY[NEW.document_id]);
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER tick_stamp
    AFTER INSERT OR UPDATE ON tick
    FOR EACH ROW EXECUTE FUNCTION tick_stamps_desks();

-- Names on routes: papers that wait somewhere and have one of these positions on their route. Papers
-- are locked in the order of their ids before their steps, as everywhere (backend/routing/rounds.py).
CREATE OR REPLACE FUNCTION stamp_desks_along(positions uuid[]) RETURNS void
    LANGUAGE plpgsql AS $$
DECLARE
    papers uuid[];
BEGIN
    papers := ARRAY(
        SELECT waiting.document_id FROM step waiting
        WHERE waiting.state IN ('open', 'ticked', 'processing', 'unknown')
          AND EXISTS (
              SELECT FROM step other
              WHERE other.document_id = waiting.document_id
                AND other.position_id = ANY (positions))
    );
    PERFORM FROM document WHERE id = ANY (papers) ORDER BY id FOR NO KEY UPDATE;
    PERFORM stamp_desks(papers);
END
$$;

CREATE OR REPLACE FUNCTION name_stamps_desks() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    CASE TG_TABLE_NAME
        WHEN 'mandate' THEN
            PERFORM stamp_desks_along(ARRAY[NEW.position_id]);
        WHEN 'position' THEN
            PERFORM stamp_desks_along(ARRAY[NEW.id]);
        WHEN 'person' THEN
            PERFORM stamp_desks_along(
                ARRAY(SELECT position_id FROM mandate WHERE person_id = NEW.id));
        WHEN 'unit' THEN
            PERFORM stamp_desks_along(ARRAY(SELECT id FROM "position" WHERE unit_id = NEW.id));
            PERFORM stamp_desks(ARRAY(
                SELECT id FROM document WHERE unit_id = NEW.id AND state IN
                    ('under-review', 'ready-to-sign', 'processing', 'unknown')
                ORDER BY id FOR NO KEY UPDATE));
        WHEN 'document_type' THEN
            PERFORM stamp_desks(ARRAY(
                SELECT id FROM document WHERE type_code = NEW.code AND state IN
                    ('under-review', 'ready-to-sign', 'processing', 'unknown')
                ORDER BY id FOR NO KEY UPDATE));
    END CASE;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER mandate_stamp
    AFTER INSERT OR UPDATE ON mandate
    FOR EACH ROW EXECUTE FUNCTION name_stamps_desks();
CREATE OR REPLACE TRIGGER position_stamp
    AFTER UPDATE ON "position"
    FOR EACH ROW EXECUTE FUNCTION name_stamps_desks();
CREATE OR REPLACE TRIGGER person_stamp
    AFTER UPDATE ON person
    FOR EACH ROW WHEN ((OLD.name, OLD.left_at) IS DISTINCT FROM (NEW.name, NEW.left_at))
    EXECUTE FUNCTION name_stamps_desks();
CREATE OR REPLACE TRIGGER unit_stamp
    AFTER UPDATE ON unit
    FOR EACH ROW EXECUTE FUNCTION name_stamps_desks();
CREATE OR REPLACE TRIGGER document_type_stamp
    AFTER UPDATE ON document_type
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name)
    EXECUTE FUNCTION name_stamps_desks();

-- What the public pages were made of has changed: each process that keeps answers asks which papers
-- since its last look (backend/verification/published.py, docs/adr/0026). A new table that a public
-- answer reads needs a trigger here; a test compares.

CREATE OR REPLACE FUNCTION public_change_is_noted() RETURNS trigger
    LANGUAGE plpgsql AS $$
DECLARE
    changed record;
    paper uuid := '00000000-0000-0000-0000-000000000000'; -- every paper
BEGIN
    IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF;
    IF TG_LEVEL = 'ROW' THEN
        CASE TG_TABLE_NAME
            WHEN 'document' THEN
                paper := changed.id;
            WHEN 'page' THEN
                SELECT document_id INTO paper FROM version WHERE id = changed.version_id;
            ELSE
                paper := changed.document_id;
        END CASE;
    END IF;
    INSERT INTO public_change (changed_in, document_id)
    VALUES (pg_current_xact_id()::text::bigint, paper)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;

DO $$
DECLARE
    source text;
BEGIN
    FOREACH source IN ARRAY ARRAY[
        'document', 'page', 'signature', 'archive_stamp', 'validation_report', 'timeline_event']
    LOOP
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER %I AFTER INSERT OR UPDATE OR DELETE ON %I '
            'FOR EACH ROW EXECUTE FUNCTION public_change_is_noted()',
            source || '_public', source);
    END LOOP;
    -- Few, and what they say stands on many pages.
    FOREACH source IN ARRAY ARRAY['agency', 'unit', 'document_type', 'certificate']
    LOOP
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER %I AFTER INSERT OR UPDATE OR DELETE ON %I '
            'FOR EACH STATEMENT EXECUTE FUNCTION public_change_is_noted()',
            source || '_public', source);
    END LOOP;
END
$$;

-- The application's role, where there is one (a managed database may have a single role).
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'centang_app') THEN
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO centang_app', current_schema());
        EXECUTE format(
            'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO centang_app',
            current_schema());
        EXECUTE format(
            'GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA %I TO centang_app', current_schema());
        EXECUTE format(
            'GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA %I TO centang_app', current_schema());
        REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON audit_entry FROM centang_app;
        GRANT SELECT, INSERT ON audit_entry TO centang_app;
    END IF;
END
$$;
