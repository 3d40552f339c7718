"""Migrations make exactly the models' tables, and can be undone."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from backend.core.db import make_engine
from backend.tables import metadata


def _config(url: str) -> Config:
    config = Config(toml_file="pyproject.toml")
    config.attributes["url"] = url
    return config


def test_the_migrations_make_what_the_models_say(empty_database: str) -> None:
    command.upgrade(_config(empty_database), "head")
    engine = make_engine(empty_database)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, kind, _: kind != "table" or name in metadata.tables,
            },
        )
        differences = compare_metadata(context, metadata)
    engine.dispose()
    assert differences == []


def test_the_migrations_can_be_undone_and_done_again(empty_database: str) -> None:
    config = _config(empty_database)
    command.upgrade(config, "head")
    command.downgrade(config, "base")
    engine = make_engine(empty_database)
    assert inspect(engine).get_table_names() == ["alembic_version"]
    command.upgrade(config, "head")
    assert set(metadata.tables) < set(inspect(engine).get_table_names())
    engine.dispose()
