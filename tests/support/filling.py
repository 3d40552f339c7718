"""A quick way to fill the database, for measurements and plans."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.core.db import make_engine
from backend.core.postgres import ADMIN
from tests.support.database import Cluster


@pytest.fixture
def filling(cluster: Cluster, database_url: str) -> Iterator[Session]:
    """A session for filling the database quickly: foreign keys and triggers are not asked."""
    engine = make_engine(cluster.server.url(ADMIN, cluster.main))
    with Session(engine, expire_on_commit=False) as session:
        session.execute(text("SET session_replication_role = replica"))
        yield session
    engine.dispose()
