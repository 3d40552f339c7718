"""One PostgreSQL for a test session, with databases that are emptied between tests."""

from pathlib import Path

import psycopg
from alembic import command
from procrastinate.schema import SchemaManager
from psycopg import sql
from sqlalchemy import create_engine

from backend.core.postgres import ADMIN, APP, OWNER, EmbeddedPostgres
from backend.tables import metadata
from mobile_api.cli.migrate import alembic_config

GUARDS = Path(__file__).parents[2] / "migrations" / "guards.sql"

# Nothing here outlives the session: durability only costs time.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

GROWN = 256 * 1024
"""Bytes of a table from which on it is truncated."""
RESTART = "SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence"


class Cluster:
    """The session's server; `main` is the database that most tests share, one after another."""

    main = "main"

    def __init__(self, home: Path, *, durable: bool = False) -> None:
        """`durable`: commits wait for the disk, as an installation's do."""
        self.server = EmbeddedPostgres(home, options={} if durable else FAST)

    def start(self) -> None:
        self.server.start()
        self.create(self.main)
        build_schema(self.url(self.main, OWNER))
        self._admin = psycopg.connect(self.server.url(ADMIN, self.main), autocommit=True)
        # Foreign keys and append-only guards hold for the tests, not for cleaning up after them.
        self._admin.execute("SET session_replication_role = replica; SET lock_timeout = '5s'")
        tables = self._admin.execute(
            "SELECT tablename FROM pg_tables"
            " WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        ).fetchall()
        self._filled = sql.SQL(" UNION ALL ").join(
            sql.SQL(
                "SELECT {0}, pg_relation_size({0}) > {1} WHERE EXISTS (SELECT FROM {2})"
            ).format(sql.Literal(name), sql.Literal(GROWN), sql.Identifier(name))
            for (name,) in tables
        )

    def stop(self) -> None:
        self._admin.close()
        self.server.stop()

    def url(self, database: str, role: str = APP) -> str:
        return self.server.url(role, database)

    def create(self, database: str) -> None:
        """An empty database of the owner role."""
        with psycopg.connect(self.server.admin_url, autocommit=True) as connection:
            self.server.create_database(connection, database)

    def drop(self, database: str) -> None:
        with psycopg.connect(self.server.admin_url, autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database))
            )

    def clean(self) -> None:
        """Empties every table that holds something."""
        filled = self._admin.execute(self._filled).fetchall()
        if not filled:
            return
        try:
            self._empty(filled)
        except psycopg.errors.LockNotAvailable:
            # A failed test may have left a transaction open.
            self._admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            self._empty(filled)

    def _empty(self, filled: list[tuple[str, bool]]) -> None:
        """TRUNCATE makes new files for a table and its indexes: deleting a few rows is far quicker."""
        names = [sql.Identifier(name) for name, _ in filled]
        with self._admin.transaction():
            self._admin.execute(sql.SQL("LOCK {}").format(sql.SQL(", ").join(names)))
            for name, (_, grown) in zip(names, filled, strict=True):
                remove = "TRUNCATE {} CASCADE" if grown else "DELETE FROM {}"
                self._admin.execute(sql.SQL(remove).format(name))
            self._admin.execute(RESTART)


def build_schema(owner_url: str) -> None:
    """Tables from the models, the job queue's schema and the guards, without migrations."""
    engine = create_engine(owner_url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.begin() as connection:
        metadata.create_all(connection)
    engine.dispose()
    command.stamp(alembic_config(owner_url), "head")
    with psycopg.connect(owner_url) as connection:
        connection.execute(SchemaManager.get_schema())
        connection.execute(GUARDS.read_bytes())
