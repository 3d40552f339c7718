"""Alembic's environment: the database comes from the caller or from DATABASE_URL."""

from alembic import context
from sqlalchemy import Connection, NullPool, create_engine

from backend.core.settings import Settings
from backend.tables import metadata


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Only our own tables are compared with the models; the job queue brings its own schema."""
    return kind != "table" or name in metadata.tables


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_name=include_name,
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def run() -> None:
    given = context.config.attributes.get("connection")
    if given is not None:
        migrate(given)
        return
    url = context.config.attributes.get("url") or Settings().database_url
    if not url:
        raise SystemExit("DATABASE_URL is not set.")
    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=NullPool
    )
    with engine.connect() as connection:
        migrate(connection)


run()
