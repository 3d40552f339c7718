"""The tables of the first version."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activation_key",
        sa.Column("kid", sa.String(), nullable=False),
        sa.Column("public_jwk", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("encrypt_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("destroy_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activation_key")),
        sa.UniqueConstraint("kid", name=op.f("uq_activation_key_kid")),
    )
    op.create_table(
        "agency",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("short_name", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("logo_sha256", sa.String(), nullable=True),
        sa.Column("number_template", sa.String(), nullable=False),
        sa.Column("print_nip", sa.Boolean(), nullable=False),
        sa.Column("print_titles", sa.Boolean(), nullable=False),
        sa.Column("block_order", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column(
            "foot",
            sa.Enum(
                "sentence",
                "code",
                "none",
                name="footkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("service", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("policy", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("offline", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_person_id", sa.Uuid(), nullable=True),
        sa.Column("actor_device_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject_type", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("digest", name=op.f("uq_audit_entry_digest")),
    )
    op.create_index(
        op.f("ix_audit_entry_actor_person_id"), "audit_entry", ["actor_person_id"], unique=False
    )
    op.create_index(op.f("ix_audit_entry_at"), "audit_entry", ["at"], unique=False)
    op.create_index(
        op.f("ix_audit_entry_subject_type_subject_id"),
        "audit_entry",
        ["subject_type", "subject_id"],
        unique=False,
    )
    op.create_table(
        "authority",
        sa.Column(
            "kind",
            sa.Enum(
                "root",
                "issuing",
                "ocsp",
                "tsa",
                "activation",
                "claim",
                "report",
                name="authoritykind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=True),
        sa.Column("key_name", sa.String(), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["issuer_id"], ["authority.id"], name=op.f("fk_authority_issuer_id_authority")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority")),
    )
    op.create_index(op.f("ix_authority_kind"), "authority", ["kind"], unique=False)
    op.create_table(
        "clock_reading",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("apart", sa.Interval(), nullable=False),
        sa.Column("ahead", sa.Boolean(), nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_reading")),
    )
    op.create_table(
        "consumed_once",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "value", name=op.f("pk_consumed_once")),
    )
    op.create_index(
        op.f("ix_consumed_once_expires_at"), "consumed_once", ["expires_at"], unique=False
    )
    op.create_table(
        "document_type",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "B-T",
                "B-LT",
                "B-LTA",
                name="signaturelevel",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            server_default="B-LT",
            nullable=False,
        ),
        sa.Column("number_template", sa.String(), nullable=True),
        sa.Column("block_order", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("print_nip", sa.Boolean(), nullable=True),
        sa.Column("print_titles", sa.Boolean(), nullable=True),
        sa.Column(
            "foot",
            sa.Enum(
                "sentence",
                "code",
                "none",
                name="footkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_document_type")),
    )
    op.create_table(
        "failure_counter",
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_failure_counter")),
    )
    op.create_table(
        "file_damage",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_file_damage")),
    )
    op.create_table(
        "idempotency_record",
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency_record")),
        sa.UniqueConstraint("scope", "key", name=op.f("uq_idempotency_record_scope_key")),
    )
    op.create_index(
        op.f("ix_idempotency_record_created_at"), "idempotency_record", ["created_at"], unique=False
    )
    op.create_table(
        "installation_fact",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_installation_fact")),
    )
    op.create_table(
        "person",
        sa.Column("nip", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("nik_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("nik_mark", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("nik_mark", name=op.f("uq_person_nik_mark")),
        sa.UniqueConstraint("nip", name=op.f("uq_person_nip")),
    )
    op.create_table(
        "public_change",
        sa.Column("changed_in", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("changed_in", "document_id", name=op.f("pk_public_change")),
    )
    op.create_index(op.f("ix_public_change_at"), "public_change", ["at"], unique=False)
    op.create_table(
        "rate_counter",
        sa.Column("bucket", sa.String(), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "window_start", name=op.f("pk_rate_counter")),
    )
    op.create_table(
        "status_publication",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("statuses", sa.LargeBinary(), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_publication")),
    )
    op.create_table(
        "trust_anchor",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("thumbprint", sa.String(), nullable=False),
        sa.Column("purposes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("indonesian_psre", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trust_anchor")),
        sa.UniqueConstraint("thumbprint", name=op.f("uq_trust_anchor_thumbprint")),
    )
    op.create_table(
        "unit",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_code")),
    )
    op.create_table(
        "account",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_pending_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("signing_suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_account_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_account")),
        sa.UniqueConstraint("username", name=op.f("uq_account_username")),
    )
    op.create_table(
        "agenda_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_agenda_series_unit_id_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_series")),
        sa.UniqueConstraint(
            "unit_id", "kind", "year", name=op.f("uq_agenda_series_unit_id_kind_year")
        ),
    )
    op.create_table(
        "certificate",
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("issuer_id", sa.Uuid(), nullable=True),
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("der", sa.LargeBinary(), nullable=False),
        sa.Column("thumbprint", sa.String(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "valid",
                "suspended",
                "revoked",
                name="certificatestatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("status_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["issuer_id"], ["authority.id"], name=op.f("fk_certificate_issuer_id_authority")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_certificate_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("serial", name=op.f("uq_certificate_serial")),
        sa.UniqueConstraint("thumbprint", name=op.f("uq_certificate_thumbprint")),
    )
    op.create_index(op.f("ix_certificate_person_id"), "certificate", ["person_id"], unique=False)
    op.create_index(
        "ix_certificate_valid",
        "certificate",
        ["person_id"],
        unique=False,
        postgresql_where=sa.text("status = 'valid'"),
    )
    op.create_table(
        "device",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("public_jwk", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("thumbprint", sa.String(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("may_sign_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_device_id", sa.Uuid(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lost_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_device_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("thumbprint", name=op.f("uq_device_thumbprint")),
    )
    op.create_index(op.f("ix_device_person_id"), "device", ["person_id"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_invitation_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_index(op.f("ix_invitation_person_id"), "invitation", ["person_id"], unique=False)
    op.create_table(
        "notification_preference",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("muted", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("push", sa.Boolean(), nullable=False),
        sa.Column("email", sa.Boolean(), nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.Column("urgent_passes", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_notification_preference_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_notification_preference")),
    )
    op.create_table(
        "position",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("head_of_unit", sa.Boolean(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_position_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_position")),
    )
    op.create_index(op.f("ix_position_unit_id"), "position", ["unit_id"], unique=False)
    op.create_table(
        "recovery_code",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index(
        op.f("ix_recovery_code_person_id"), "recovery_code", ["person_id"], unique=False
    )
    op.create_table(
        "revocation_list",
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("der", sa.LargeBinary(), nullable=False),
        sa.Column("this_update", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_update", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"],
            ["authority.id"],
            name=op.f("fk_revocation_list_authority_id_authority"),
        ),
        sa.PrimaryKeyConstraint("authority_id", name=op.f("pk_revocation_list")),
    )
    op.create_table(
        "role_grant",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "operator",
                "official",
                "registration-officer",
                "auditor",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column("counts_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared", sa.Boolean(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id_person")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_role_grant_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index(op.f("ix_role_grant_person_id"), "role_grant", ["person_id"], unique=False)
    op.create_index(
        "uq_role_grant_open",
        "role_grant",
        ["person_id", "role", "unit_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "security_event",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "device-enrolled",
                "device-approved",
                "device-revoked",
                "device-lost",
                "device-cloned",
                "sent-from-lost",
                "passkey-enrolled",
                "passkey-removed",
                "passkey-copied",
                "password-changed",
                "second-factor-replaced",
                "second-factor-reset",
                "suspension-lifted",
                "session-reused",
                "sign-in-guessed",
                "certificate-issued",
                "certificate-renewed",
                "certificate-suspended",
                "certificate-unsuspended",
                "certificate-revoked",
                "passphrase-changed",
                "passphrase-locked",
                "identity-corrected",
                "role-granted",
                "operator-cleared",
                "role-revoked",
                "role-objected",
                "mandate-given",
                name="securityeventkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_security_event_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_event")),
    )
    op.create_index(
        op.f("ix_security_event_person_id"), "security_event", ["person_id"], unique=False
    )
    op.create_table(
        "signing_batch",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "running",
                "paused",
                "finished",
                name="batchstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("desk", sa.BigInteger(), nullable=False),
        sa.Column("problem", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_signing_batch_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_batch")),
    )
    op.create_index(
        op.f("ix_signing_batch_person_id_id"), "signing_batch", ["person_id", "id"], unique=False
    )
    op.create_index(
        "ix_signing_batch_running",
        "signing_batch",
        ["desk"],
        unique=False,
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "two_officer_decision",
        sa.Column(
            "kind",
            sa.Enum(
                "reset-second-factor",
                "lift-suspension",
                "issue-certificate",
                "unsuspend-certificate",
                "approve-device",
                "make-officer",
                "correct-identity",
                "make-seal",
                "signature-not-made",
                name="decisionkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "agreed",
                "refused",
                "withdrawn",
                name="decisionstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("first_officer_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_two_officer_decision_decided_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["first_officer_id"],
            ["person.id"],
            name=op.f("fk_two_officer_decision_first_officer_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_two_officer_decision_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["person.id"], name=op.f("fk_two_officer_decision_proposed_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_two_officer_decision")),
    )
    op.create_index(
        op.f("ix_two_officer_decision_state_created_at"),
        "two_officer_decision",
        ["state", "created_at"],
        unique=False,
    )
    op.create_index(
        "uq_two_officer_decision_proposed",
        "two_officer_decision",
        ["person_id", "kind", sa.literal_column("coalesce(payload ->> 'attempt_id', '')")],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_table(
        "used_totp_step",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_used_totp_step_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", "step", name=op.f("pk_used_totp_step")),
    )
    op.create_table(
        "key_credential",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=True),
        sa.Column("vault", sa.String(), nullable=False),
        sa.Column("algorithm", sa.String(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("wrong_tries", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_key_credential_certificate_id_certificate"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_key_credential_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_credential")),
    )
    op.create_index(
        "uq_key_credential_live",
        "key_credential",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("retired_at IS NULL"),
    )
    op.create_table(
        "mandate",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "definitif",
                "plt",
                "plh",
                "pj",
                "pjs",
                name="mandatekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("decree_number", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_mandate_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["position_id"], ["position.id"], name=op.f("fk_mandate_position_id_position")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate")),
    )
    op.create_index(
        op.f("ix_mandate_person_id_position_id"),
        "mandate",
        ["person_id", "position_id"],
        unique=False,
    )
    op.create_index(op.f("ix_mandate_position_id"), "mandate", ["position_id"], unique=False)
    op.create_table(
        "offline_envelope",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("jti", sa.String(), nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("sad_digest", sa.String(), nullable=False),
        sa.Column("grant", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("problem", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["signing_batch.id"],
            name=op.f("fk_offline_envelope_batch_id_signing_batch"),
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_offline_envelope_device_id_device")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_offline_envelope_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offline_envelope")),
    )
    op.create_index(
        op.f("ix_offline_envelope_device_id_arrived_at"),
        "offline_envelope",
        ["device_id", "arrived_at"],
        unique=False,
    )
    op.create_index(
        "uq_offline_envelope_jti", "offline_envelope", ["person_id", "jti"], unique=True
    )
    op.create_table(
        "offline_minting",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("steps", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("skew", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_offline_minting_device_id_device")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_offline_minting_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offline_minting")),
    )
    op.create_index(
        op.f("ix_offline_minting_expires_at"), "offline_minting", ["expires_at"], unique=False
    )
    op.create_table(
        "passkey",
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.String(), nullable=False),
        sa.Column("attested", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("backed_up", sa.Boolean(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_passkey_device_id_device")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_passkey_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_person_id"), "passkey", ["person_id"], unique=False)
    op.create_index(
        "uq_passkey_live",
        "passkey",
        ["device_id"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "push_subscription",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("address", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_push_subscription_device_id_device")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_push_subscription_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscription")),
        sa.UniqueConstraint("device_id", name=op.f("uq_push_subscription_device_id")),
    )
    op.create_index(
        "ix_push_subscription_endpoint",
        "push_subscription",
        [sa.literal_column("(address ->> 'endpoint')")],
        unique=False,
    )
    op.create_index(
        op.f("ix_push_subscription_person_id"), "push_subscription", ["person_id"], unique=False
    )
    op.create_table(
        "quarantined",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "opened",
                "authorisation",
                "tick",
                "initial",
                "return",
                "reject",
                name="quarantinekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("steps", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("statement", sa.String(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "discarded",
                "confirmed",
                name="quarantinestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_device_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_device_id"],
            ["device.id"],
            name=op.f("fk_quarantined_decided_device_id_device"),
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_quarantined_device_id_device")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_quarantined_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantined")),
        sa.UniqueConstraint("device_id", "entry", name=op.f("uq_quarantined_device_id_entry")),
    )
    op.create_index(
        op.f("ix_quarantined_person_id_state"), "quarantined", ["person_id", "state"], unique=False
    )
    op.create_table(
        "reference_number",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "reserved",
                "used",
                "void",
                name="numberstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"],
            ["agenda_series.id"],
            name=op.f("fk_reference_number_series_id_agenda_series"),
        ),
        sa.ForeignKeyConstraint(
            ["taken_by"], ["person.id"], name=op.f("fk_reference_number_taken_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_reference_number_unit_id_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_number")),
        sa.UniqueConstraint(
            "series_id", "sequence", name=op.f("uq_reference_number_series_id_sequence")
        ),
        sa.UniqueConstraint(
            "unit_id", "year", "text", name=op.f("uq_reference_number_unit_id_year_text")
        ),
    )
    op.create_table(
        "seal",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=True),
        sa.Column("vault", sa.String(), nullable=False),
        sa.Column("algorithm", sa.String(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_seal_certificate_id_certificate")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["two_officer_decision.id"],
            name=op.f("fk_seal_decision_id_two_officer_decision"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_seal_decision_id")),
    )
    op.create_index(
        "uq_seal_live",
        "seal",
        [sa.literal_column("(true)")],
        unique=True,
        postgresql_where=sa.text("retired_at IS NULL"),
    )
    op.create_table(
        "sign_in_session",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_agent", sa.String(), nullable=False),
        sa.Column("network", sa.String(), nullable=False),
        sa.Column("csrf", sa.String(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_sign_in_session_device_id_device")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_sign_in_session_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
    )
    op.create_index(
        op.f("ix_sign_in_session_person_id"), "sign_in_session", ["person_id"], unique=False
    )
    op.create_table(
        "signing_authorisation",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("jti", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=True),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("sad", sa.String(), nullable=False),
        sa.Column("confirmation", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("marks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["signing_batch.id"],
            name=op.f("fk_signing_authorisation_batch_id_signing_batch"),
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_signing_authorisation_certificate_id_certificate"),
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_signing_authorisation_device_id_device")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_signing_authorisation_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_authorisation")),
    )
    op.create_index(
        op.f("ix_signing_authorisation_batch_id"),
        "signing_authorisation",
        ["batch_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_signing_authorisation_jti"), "signing_authorisation", ["jti"], unique=False
    )
    op.create_table(
        "document",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("type_code", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column(
            "number_mode",
            sa.Enum(
                "reserved",
                "stamp",
                "none",
                name="numbermode",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("number_id", sa.Uuid(), nullable=True),
        sa.Column("dated", sa.Date(), nullable=True),
        sa.Column("classification", sa.String(), nullable=False),
        sa.Column(
            "secrecy",
            sa.Enum(
                "biasa",
                "terbatas",
                "rahasia",
                "sangat-rahasia",
                name="secrecy",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "urgency",
            sa.Enum(
                "biasa",
                "segera",
                "amat-segera",
                name="urgency",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "under-review",
                "ready-to-sign",
                "processing",
                "unknown",
                "needs-revision",
                "signed",
                "sent",
                "archived",
                "rejected",
                "revoked",
                "superseded",
                "cancelled",
                name="documentstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("current_version_id", sa.Uuid(), nullable=True),
        sa.Column("public_code", sa.String(), nullable=False),
        sa.Column("superseded_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revocation_note", sa.String(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("signed_sha256", sa.String(), nullable=True),
        sa.Column("validated_sha256", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["person.id"], name=op.f("fk_document_created_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["current_version_id"],
            ["version.id"],
            name=op.f("fk_document_current_version_id_version"),
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(
            ["number_id"],
            ["reference_number.id"],
            name=op.f("fk_document_number_id_reference_number"),
        ),
        sa.ForeignKeyConstraint(
            ["superseded_by"], ["document.id"], name=op.f("fk_document_superseded_by_document")
        ),
        sa.ForeignKeyConstraint(
            ["type_code"], ["document_type.code"], name=op.f("fk_document_type_code_document_type")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_document_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("public_code", name=op.f("uq_document_public_code")),
    )
    op.create_index(
        "ix_document_search",
        "document",
        [
            sa.literal_column(
                "to_tsvector('simple'::regconfig, (COALESCE(number, ''::character varying)::text || ' '::text) || subject::text)"
            )
        ],
        unique=False,
        postgresql_using="gin",
    )
    op.create_index(
        op.f("ix_document_unit_id_state_created_at"),
        "document",
        ["unit_id", "state", "created_at"],
        unique=False,
    )
    op.create_table(
        "refresh_token",
        sa.Column("jti", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rotated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("successor", sa.Uuid(), nullable=True),
        sa.Column("successor_used", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sign_in_session.id"],
            name=op.f("fk_refresh_token_session_id_sign_in_session"),
        ),
        sa.PrimaryKeyConstraint("jti", name=op.f("pk_refresh_token")),
    )
    op.create_index(
        op.f("ix_refresh_token_session_id"), "refresh_token", ["session_id"], unique=False
    )
    op.create_table(
        "seal_activation",
        sa.Column("seal_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("agreed_by", sa.Uuid(), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("desk", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("statements", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreed_by"], ["person.id"], name=op.f("fk_seal_activation_agreed_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["person.id"], name=op.f("fk_seal_activation_proposed_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["seal_id"], ["seal.id"], name=op.f("fk_seal_activation_seal_id_seal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal_activation")),
    )
    op.create_table(
        "seal_custodian",
        sa.Column("seal_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("half", sa.LargeBinary(), nullable=True),
        sa.Column("wrong_tries", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_seal_custodian_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["seal_id"], ["seal.id"], name=op.f("fk_seal_custodian_seal_id_seal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal_custodian")),
        sa.UniqueConstraint(
            "seal_id", "person_id", name=op.f("uq_seal_custodian_seal_id_person_id")
        ),
    )
    op.create_index(
        op.f("ix_seal_custodian_person_id"), "seal_custodian", ["person_id"], unique=False
    )
    op.create_table(
        "archive_stamp",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("base_sha256", sa.String(), nullable=False),
        sa.Column("file_sha256", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("algorithm", sa.String(), nullable=False),
        sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("renew_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "made",
                "kept",
                "refused",
                name="archivestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_archive_stamp_document_id_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_stamp")),
    )
    op.create_index(
        op.f("ix_archive_stamp_document_id"), "archive_stamp", ["document_id"], unique=False
    )
    op.create_index(op.f("ix_archive_stamp_renew_at"), "archive_stamp", ["renew_at"], unique=False)
    op.create_table(
        "final_page",
        sa.Column("file_sha256", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("image_sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_final_page_document_id_document")
        ),
        sa.PrimaryKeyConstraint("file_sha256", "ordinal", name=op.f("pk_final_page")),
    )
    op.create_index(op.f("ix_final_page_document_id"), "final_page", ["document_id"], unique=False)
    op.create_table(
        "notice",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "your-turn",
                "due-soon",
                "overdue",
                "late",
                "digest",
                "signed",
                "returned",
                "rejected",
                "refused",
                "not-validated",
                "file-damaged",
                "security",
                "certificate-expires",
                "seal",
                name="noticekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("step_id", sa.Uuid(), nullable=True),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rung_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_notice_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_notice_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("person_id", "cause", name=op.f("uq_notice_person_id_cause")),
    )
    op.create_index(op.f("ix_notice_person_id_id"), "notice", ["person_id", "id"], unique=False)
    op.create_index(
        "ix_notice_unread",
        "notice",
        ["person_id", "id"],
        unique=False,
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_table(
        "placement",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("x", sa.Double(), nullable=False),
        sa.Column("y", sa.Double(), nullable=False),
        sa.Column("width", sa.Double(), nullable=False),
        sa.Column("height", sa.Double(), nullable=False),
        sa.Column("anchor", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_placement_document_id_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement")),
        sa.UniqueConstraint(
            "document_id", "ordinal", name=op.f("uq_placement_document_id_ordinal")
        ),
    )
    op.create_table(
        "status_entry",
        sa.Column("index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("published", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_status_entry_document_id_document")
        ),
        sa.PrimaryKeyConstraint("index", name=op.f("pk_status_entry")),
        sa.UniqueConstraint("document_id", name=op.f("uq_status_entry_document_id")),
    )
    op.create_table(
        "validation_report",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("file_sha256", sa.String(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "valid",
                "untrusted",
                "tampered",
                "invalid",
                "not-signed",
                "unreadable",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("preview_sha256", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_validation_report_document_id_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_validation_report")),
    )
    op.create_index(
        op.f("ix_validation_report_document_id"), "validation_report", ["document_id"], unique=False
    )
    op.create_index(
        op.f("ix_validation_report_file_sha256"), "validation_report", ["file_sha256"], unique=False
    )
    op.create_table(
        "version",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "examining",
                "ready",
                "refused",
                name="versionstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("uploaded_sha256", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("refusal", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("anchors", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_version_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["person.id"], name=op.f("fk_version_uploaded_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version")),
        sa.UniqueConstraint("document_id", "ordinal", name=op.f("uq_version_document_id_ordinal")),
    )
    op.create_index(op.f("ix_version_document_id"), "version", ["document_id"], unique=False)
    op.create_index(op.f("ix_version_sha256"), "version", ["sha256"], unique=False)
    op.create_index(
        op.f("ix_version_uploaded_sha256"), "version", ["uploaded_sha256"], unique=False
    )
    op.create_table(
        "document_seal",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("activation_id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("layout_digest", sa.String(), nullable=False),
        sa.Column("file_sha256", sa.String(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activation_id"],
            ["seal_activation.id"],
            name=op.f("fk_document_seal_activation_id_seal_activation"),
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_document_seal_certificate_id_certificate"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_document_seal_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["version.id"], name=op.f("fk_document_seal_version_id_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_seal")),
    )
    op.create_index(
        op.f("ix_document_seal_document_id"), "document_seal", ["document_id"], unique=False
    )
    op.create_index(
        "uq_document_seal_live",
        "document_seal",
        ["document_id"],
        unique=True,
        postgresql_where=sa.text("voided_at IS NULL"),
    )
    op.create_table(
        "page",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("width", sa.Double(), nullable=False),
        sa.Column("height", sa.Double(), nullable=False),
        sa.Column("image_sha256", sa.String(), nullable=False),
        sa.Column("image_type", sa.String(), nullable=False),
        sa.Column("image_bytes", sa.Integer(), nullable=False),
        sa.Column("large_sha256", sa.String(), nullable=False),
        sa.Column("large_type", sa.String(), nullable=False),
        sa.Column("large_bytes", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("names_citizen", sa.Boolean(), nullable=False),
        sa.Column("boxes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("ink", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["version.id"], name=op.f("fk_page_version_id_version")
        ),
        sa.PrimaryKeyConstraint("version_id", "ordinal", name=op.f("pk_page")),
    )
    op.create_table(
        "partial_upload",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("announced", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_partial_upload_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_partial_upload_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["version.id"], name=op.f("fk_partial_upload_version_id_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partial_upload")),
    )
    op.create_index(
        op.f("ix_partial_upload_touched_at"), "partial_upload", ["touched_at"], unique=False
    )
    op.create_index(
        "uq_partial_upload_open",
        "partial_upload",
        ["person_id", "document_id", "announced"],
        unique=True,
        postgresql_where=sa.text("version_id IS NULL"),
    )
    op.create_table(
        "step",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column(
            "action",
            sa.Enum(
                "initial",
                "sign",
                name="stepaction",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "open",
                "ticked",
                "processing",
                "unknown",
                "done",
                "returned",
                "rejected",
                "withdrawn",
                name="stepstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("desk_rank", sa.SmallInteger(), nullable=False),
        sa.Column("desk_due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("mandate_id", sa.Uuid(), nullable=True),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("replaced", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("announced_to", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_in", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("arrived_in", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_step_device_id_device")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_step_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["mandate_id"], ["mandate.id"], name=op.f("fk_step_mandate_id_mandate")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_step_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["position_id"], ["position.id"], name=op.f("fk_step_position_id_position")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["version.id"], name=op.f("fk_step_version_id_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step")),
        sa.UniqueConstraint(
            "document_id", "round", "ordinal", name=op.f("uq_step_document_id_round_ordinal")
        ),
    )
    op.create_index(
        "ix_step_acted",
        "step",
        ["person_id", "finished_at"],
        unique=False,
        postgresql_where=sa.text("person_id IS NOT NULL"),
    )
    op.create_index("ix_step_changed", "step", ["position_id", "changed_in"], unique=False)
    op.create_index(op.f("ix_step_document_id"), "step", ["document_id"], unique=False)
    op.create_index(
        "ix_step_waiting",
        "step",
        ["position_id", "desk_rank", "desk_due", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('open', 'ticked', 'processing', 'unknown')"),
    )
    op.create_table(
        "prepared",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("mandate_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("blob_sha256", sa.String(), nullable=False),
        sa.Column("block_sha256", sa.String(), nullable=True),
        sa.Column("layout", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "B-T",
                "B-LT",
                "B-LTA",
                name="signaturelevel",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("first", sa.Boolean(), nullable=False),
        sa.Column("plan_digest", sa.String(), nullable=False),
        sa.Column("signers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("picture_sha256", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_prepared_certificate_id_certificate"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_prepared_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["mandate_id"], ["mandate.id"], name=op.f("fk_prepared_mandate_id_mandate")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_prepared_person_id_person")
        ),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_prepared_step_id_step")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["version.id"], name=op.f("fk_prepared_version_id_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prepared")),
    )
    op.create_index(op.f("ix_prepared_document_id"), "prepared", ["document_id"], unique=False)
    op.create_index(
        "uq_prepared_live",
        "prepared",
        ["step_id"],
        unique=True,
        postgresql_where=sa.text("voided_at IS NULL"),
    )
    op.create_table(
        "tick",
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("version_sha256", sa.String(), nullable=False),
        sa.Column("page_sha256", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("mandate_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("device_signature", sa.String(), nullable=False),
        sa.Column("ticked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_tick_device_id_device")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_tick_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["mandate_id"], ["mandate.id"], name=op.f("fk_tick_mandate_id_mandate")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_tick_person_id_person")
        ),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_tick_step_id_step")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["version.id"], name=op.f("fk_tick_version_id_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tick")),
    )
    op.create_index(op.f("ix_tick_document_id"), "tick", ["document_id"], unique=False)
    op.create_index(
        "uq_tick_live",
        "tick",
        ["step_id"],
        unique=True,
        postgresql_where=sa.text("voided_at IS NULL"),
    )
    op.create_table(
        "timeline_event",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("step_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "uploaded",
                "examined",
                "refused",
                "queued",
                "delivered",
                "opened",
                "ticked",
                "initialled",
                "authorised",
                "sealed",
                "signed",
                "returned",
                "rejected",
                "withdrawn",
                "handed-over",
                "voided",
                "validated",
                "revoked",
                "superseded",
                "sent",
                "failed",
                "unsure",
                name="eventkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("person_name", sa.String(), nullable=True),
        sa.Column("capacity", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_timeline_event_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_timeline_event_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["step_id"], ["step.id"], name=op.f("fk_timeline_event_step_id_step")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["version.id"], name=op.f("fk_timeline_event_version_id_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timeline_event")),
    )
    op.create_index(
        op.f("ix_timeline_event_document_id_id"),
        "timeline_event",
        ["document_id", "id"],
        unique=False,
    )
    op.create_table(
        "signing_attempt",
        sa.Column("authorisation_id", sa.Uuid(), nullable=False),
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("prepared_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "B-T",
                "B-LT",
                "B-LTA",
                name="signaturelevel",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "accepted",
                "finished",
                "failed",
                "unknown",
                name="attemptstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("failure", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authorisation_id"],
            ["signing_authorisation.id"],
            name=op.f("fk_signing_attempt_authorisation_id_signing_authorisation"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_signing_attempt_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_signing_attempt_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["prepared_id"], ["prepared.id"], name=op.f("fk_signing_attempt_prepared_id_prepared")
        ),
        sa.ForeignKeyConstraint(
            ["step_id"], ["step.id"], name=op.f("fk_signing_attempt_step_id_step")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_attempt")),
    )
    op.create_index(
        op.f("ix_signing_attempt_authorisation_id"),
        "signing_attempt",
        ["authorisation_id"],
        unique=False,
    )
    op.create_index(
        "uq_signing_attempt_live",
        "signing_attempt",
        ["step_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('accepted', 'unknown', 'finished')"),
    )
    op.create_table(
        "batch_item",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=True),
        sa.Column("failure", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["signing_attempt.id"],
            name=op.f("fk_batch_item_attempt_id_signing_attempt"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["signing_batch.id"], name=op.f("fk_batch_item_batch_id_signing_batch")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_batch_item_document_id_document")
        ),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_batch_item_step_id_step")),
        sa.PrimaryKeyConstraint("batch_id", "ordinal", name=op.f("pk_batch_item")),
        sa.UniqueConstraint("batch_id", "step_id", name=op.f("uq_batch_item_batch_id_step_id")),
    )
    op.create_table(
        "service_call",
        sa.Column("attempt_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("call", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("result_digest", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["signing_attempt.id"],
            name=op.f("fk_service_call_attempt_id_signing_attempt"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_service_call_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_call")),
    )
    op.create_index(
        op.f("ix_service_call_attempt_id"), "service_call", ["attempt_id"], unique=False
    )
    op.create_table(
        "signature",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("file_sha256", sa.String(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "B-T",
                "B-LT",
                "B-LTA",
                name="signaturelevel",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signer_name", sa.String(), nullable=False),
        sa.Column("capacity", sa.String(), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["signing_attempt.id"],
            name=op.f("fk_signature_attempt_id_signing_attempt"),
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_signature_certificate_id_certificate"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_signature_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_signature_person_id_person")
        ),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_signature_step_id_step")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["version.id"], name=op.f("fk_signature_version_id_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
        sa.UniqueConstraint("step_id", name=op.f("uq_signature_step_id")),
    )
    op.create_index(op.f("ix_signature_document_id"), "signature", ["document_id"], unique=False)
    # Documents and versions point at each other.
    op.create_foreign_key(
        op.f("fk_document_current_version_id_version"),
        "document",
        "version",
        ["current_version_id"],
        ["id"],
    )


def downgrade() -> None:
    op.drop_constraint(
        op.f("fk_document_current_version_id_version"), "document", type_="foreignkey"
    )
    op.drop_index(op.f("ix_signature_document_id"), table_name="signature")
    op.drop_table("signature")
    op.drop_index(op.f("ix_service_call_attempt_id"), table_name="service_call")
    op.drop_table("service_call")
    op.drop_table("batch_item")
    op.drop_index(
        "uq_signing_attempt_live",
        table_name="signing_attempt",
        postgresql_where=sa.text("state IN ('accepted', 'unknown', 'finished')"),
    )
    op.drop_index(op.f("ix_signing_attempt_authorisation_id"), table_name="signing_attempt")
    op.drop_table("signing_attempt")
    op.drop_index(op.f("ix_timeline_event_document_id_id"), table_name="timeline_event")
    op.drop_table("timeline_event")
    op.drop_index("uq_tick_live", table_name="tick", postgresql_where=sa.text("voided_at IS NULL"))
    op.drop_index(op.f("ix_tick_document_id"), table_name="tick")
    op.drop_table("tick")
    op.drop_index(
        "uq_prepared_live", table_name="prepared", postgresql_where=sa.text("voided_at IS NULL")
    )
    op.drop_index(op.f("ix_prepared_document_id"), table_name="prepared")
    op.drop_table("prepared")
    op.drop_index(
        "ix_step_waiting",
        table_name="step",
        postgresql_where=sa.text("state IN ('open', 'ticked', 'processing', 'unknown')"),
    )
    op.drop_index(op.f("ix_step_document_id"), table_name="step")
    op.drop_index("ix_step_changed", table_name="step")
    op.drop_index(
        "ix_step_acted", table_name="step", postgresql_where=sa.text("person_id IS NOT NULL")
    )
    op.drop_table("step")
    op.drop_index(
        "uq_partial_upload_open",
        table_name="partial_upload",
        postgresql_where=sa.text("version_id IS NULL"),
    )
    op.drop_index(op.f("ix_partial_upload_touched_at"), table_name="partial_upload")
    op.drop_table("partial_upload")
    op.drop_table("page")
    op.drop_index(
        "uq_document_seal_live",
        table_name="document_seal",
        postgresql_where=sa.text("voided_at IS NULL"),
    )
    op.drop_index(op.f("ix_document_seal_document_id"), table_name="document_seal")
    op.drop_table("document_seal")
    op.drop_index(op.f("ix_version_uploaded_sha256"), table_name="version")
    op.drop_index(op.f("ix_version_sha256"), table_name="version")
    op.drop_index(op.f("ix_version_document_id"), table_name="version")
    op.drop_table("version")
    op.drop_index(op.f("ix_validation_report_file_sha256"), table_name="validation_report")
    op.drop_index(op.f("ix_validation_report_document_id"), table_name="validation_report")
    op.drop_table("validation_report")
    op.drop_table("status_entry")
    op.drop_table("placement")
    op.drop_index(
        "ix_notice_unread", table_name="notice", postgresql_where=sa.text("read_at IS NULL")
    )
    op.drop_index(op.f("ix_notice_person_id_id"), table_name="notice")
    op.drop_table("notice")
    op.drop_index(op.f("ix_final_page_document_id"), table_name="final_page")
    op.drop_table("final_page")
    op.drop_index(op.f("ix_archive_stamp_renew_at"), table_name="archive_stamp")
    op.drop_index(op.f("ix_archive_stamp_document_id"), table_name="archive_stamp")
    op.drop_table("archive_stamp")
    op.drop_index(op.f("ix_seal_custodian_person_id"), table_name="seal_custodian")
    op.drop_table("seal_custodian")
    op.drop_table("seal_activation")
    op.drop_index(op.f("ix_refresh_token_session_id"), table_name="refresh_token")
    op.drop_table("refresh_token")
    op.drop_index(op.f("ix_document_unit_id_state_created_at"), table_name="document")
    op.drop_index("ix_document_search", table_name="document", postgresql_using="gin")
    op.drop_table("document")
    op.drop_index(op.f("ix_signing_authorisation_jti"), table_name="signing_authorisation")
    op.drop_index(op.f("ix_signing_authorisation_batch_id"), table_name="signing_authorisation")
    op.drop_table("signing_authorisation")
    op.drop_index(op.f("ix_sign_in_session_person_id"), table_name="sign_in_session")
    op.drop_table("sign_in_session")
    op.drop_index("uq_seal_live", table_name="seal", postgresql_where=sa.text("retired_at IS NULL"))
    op.drop_table("seal")
    op.drop_table("reference_number")
    op.drop_index(op.f("ix_quarantined_person_id_state"), table_name="quarantined")
    op.drop_table("quarantined")
    op.drop_index(op.f("ix_push_subscription_person_id"), table_name="push_subscription")
    op.drop_index("ix_push_subscription_endpoint", table_name="push_subscription")
    op.drop_table("push_subscription")
    op.drop_index(
        "uq_passkey_live", table_name="passkey", postgresql_where=sa.text("removed_at IS NULL")
    )
    op.drop_index(op.f("ix_passkey_person_id"), table_name="passkey")
    op.drop_table("passkey")
    op.drop_index(op.f("ix_offline_minting_expires_at"), table_name="offline_minting")
    op.drop_table("offline_minting")
    op.drop_index("uq_offline_envelope_jti", table_name="offline_envelope")
    op.drop_index(op.f("ix_offline_envelope_device_id_arrived_at"), table_name="offline_envelope")
    op.drop_table("offline_envelope")
    op.drop_index(op.f("ix_mandate_position_id"), table_name="mandate")
    op.drop_index(op.f("ix_mandate_person_id_position_id"), table_name="mandate")
    op.drop_table("mandate")
    op.drop_index(
        "uq_key_credential_live",
        table_name="key_credential",
        postgresql_where=sa.text("retired_at IS NULL"),
    )
    op.drop_table("key_credential")
    op.drop_table("used_totp_step")
    op.drop_index(
        "uq_two_officer_decision_proposed",
        table_name="two_officer_decision",
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.drop_index(
        op.f("ix_two_officer_decision_state_created_at"), table_name="two_officer_decision"
    )
    op.drop_table("two_officer_decision")
    op.drop_index(
        "ix_signing_batch_running",
        table_name="signing_batch",
        postgresql_where=sa.text("state = 'running'"),
    )
    op.drop_index(op.f("ix_signing_batch_person_id_id"), table_name="signing_batch")
    op.drop_table("signing_batch")
    op.drop_index(op.f("ix_security_event_person_id"), table_name="security_event")
    op.drop_table("security_event")
    op.drop_index(
        "uq_role_grant_open",
        table_name="role_grant",
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.drop_index(op.f("ix_role_grant_person_id"), table_name="role_grant")
    op.drop_table("role_grant")
    op.drop_table("revocation_list")
    op.drop_index(op.f("ix_recovery_code_person_id"), table_name="recovery_code")
    op.drop_table("recovery_code")
    op.drop_index(op.f("ix_position_unit_id"), table_name="position")
    op.drop_table("position")
    op.drop_table("notification_preference")
    op.drop_index(op.f("ix_invitation_person_id"), table_name="invitation")
    op.drop_table("invitation")
    op.drop_index(op.f("ix_device_person_id"), table_name="device")
    op.drop_table("device")
    op.drop_index(
        "ix_certificate_valid",
        table_name="certificate",
        postgresql_where=sa.text("status = 'valid'"),
    )
    op.drop_index(op.f("ix_certificate_person_id"), table_name="certificate")
    op.drop_table("certificate")
    op.drop_table("agenda_series")
    op.drop_table("account")
    op.drop_table("unit")
    op.drop_table("trust_anchor")
    op.drop_table("status_publication")
    op.drop_table("rate_counter")
    op.drop_index(op.f("ix_public_change_at"), table_name="public_change")
    op.drop_table("public_change")
    op.drop_table("person")
    op.drop_table("installation_fact")
    op.drop_index(op.f("ix_idempotency_record_created_at"), table_name="idempotency_record")
    op.drop_table("idempotency_record")
    op.drop_table("file_damage")
    op.drop_table("failure_counter")
    op.drop_table("document_type")
    op.drop_index(op.f("ix_consumed_once_expires_at"), table_name="consumed_once")
    op.drop_table("consumed_once")
    op.drop_table("clock_reading")
    op.drop_index(op.f("ix_authority_kind"), table_name="authority")
    op.drop_table("authority")
    op.drop_index(op.f("ix_audit_entry_subject_type_subject_id"), table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_at"), table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_actor_person_id"), table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_table("agency")
    op.drop_table("activation_key")
