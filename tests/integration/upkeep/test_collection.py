"""Files that no row names are collected, and a writer at the same moment loses nothing."""

import hashlib
import os
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backend.bootstrap import Services
from backend.core.blobs import BlobStore
from backend.core.errors import DomainError
from backend.organisation.models import Agency
from backend.upkeep import Collected, collect
from tests.factories import people
from tests.support.clock import SettableClock

LONG_AGO = timedelta(days=3)
Collect = Callable[..., Collected]


@pytest.fixture(autouse=True)
def today(clock: SettableClock) -> None:
    """The store dates files by the machine's own clock."""
    clock.set(datetime.now(UTC))


@pytest.fixture
def everything(services: Services) -> Collect:
    """A whole day's collection at once."""

    def run(**options: object) -> Collected:
        shares = [collect(services.work, services.blobs, hour=h, **options) for h in range(24)]
        return Collected(
            *(sum(getattr(s, k) for s in shares) for k in ("retired", "restored", "deleted"))
        )

    return run


def path(services: Services, digest: str, *, retired: bool = False) -> Path:
    folder = services.settings.blobs_dir
    return folder / "retired" / digest if retired else folder / digest[:2] / digest[2:4] / digest


def aged(services: Services, digest: str, age: timedelta, *, retired: bool = False) -> None:
    moment = (services.clock.now() - age).timestamp()
    os.utime(path(services, digest, retired=retired), (moment, moment))


def stored(services: Services, text: str, age: timedelta = LONG_AGO) -> str:
    digest = services.blobs.put(text.encode())
    aged(services, digest, age)
    return digest


def name(services: Services, digest: str) -> None:
    """A row that names the file."""
    with services.work() as work:
        people.agency(work.session, logo_sha256=digest)


def test_what_no_row_names_is_retired_and_a_day_later_deleted(
    services: Services, everything: Collect
) -> None:
    lost, kept, young = (stored(services, text) for text in ("lost", "kept", "young"))
    aged(services, young, timedelta(hours=23))
    name(services, kept)

    assert everything() == Collected(retired=1, restored=0, deleted=0)
    assert not services.blobs.exists(lost)
    assert services.blobs.get(lost) == b"lost"
    assert set(services.blobs.digests()) == {kept, young}

    aged(services, lost, timedelta(hours=23), retired=True)
    aged(services, young, timedelta(hours=1))
    assert everything() == Collected(0, 0, 0)
    aged(services, lost, timedelta(hours=25), retired=True)
    assert everything() == Collected(retired=0, restored=0, deleted=1)
    with pytest.raises(DomainError):
        services.blobs.get(lost)
    assert services.blobs.get(kept) == b"kept"


def test_each_hour_looks_at_its_share_and_a_day_at_all(services: Services) -> None:
    digests = {stored(services, f"file {n}") for n in range(60)}
    for hour in range(24):
        collect(services.work, services.blobs, hour=hour)
    assert {digest for digest, _ in services.blobs.retired()} == digests
    assert list(services.blobs.digests()) == []


def test_a_writer_about_to_name_an_old_file_loses_nothing(
    services: Services, everything: Collect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer finds the bytes stored, then the collector comes, then the writer's row."""
    digest = stored(services, "the same bytes")
    seen, collected = threading.Event(), threading.Event()
    exists = BlobStore.exists

    def slow(self: BlobStore, wanted: str) -> bool:
        found = exists(self, wanted)
        seen.set()
        assert collected.wait(10)
        return found

    monkeypatch.setattr(BlobStore, "exists", slow)
    with ThreadPoolExecutor(1) as pool:
        writer = pool.submit(services.blobs.put, b"the same bytes")
        assert seen.wait(10)
        assert everything().retired == 1
        collected.set()
        assert writer.result() == digest
    monkeypatch.undo()
    assert services.blobs.get(digest) == b"the same bytes"
    name(services, digest)
    aged(services, digest, LONG_AGO, retired=True)

    assert everything() == Collected(retired=0, restored=1, deleted=0)
    assert services.blobs.exists(digest)
    assert services.blobs.get(digest) == b"the same bytes"


def test_who_stores_a_retired_file_again_has_it_stored(
    services: Services, everything: Collect
) -> None:
    digest = stored(services, "again")
    everything()
    assert services.blobs.put(b"again") == digest
    assert services.blobs.exists(digest)
    name(services, digest)
    everything()
    assert b"".join(services.blobs.stream(digest)) == b"again"
    assert list(services.blobs.retired()) == []


def test_writers_and_collectors_at_random_never_lose_a_named_file(
    services: Services, everything: Collect
) -> None:
    """The age of files that are retired is nothing here, so that every moment is the worst."""
    texts = [f"shared {n}" for n in range(12)]
    with services.work() as work:
        people.agency(work.session)
    stop = threading.Event()

    def write(seed: int) -> None:
        dice = random.Random(seed)
        for _ in range(40):
            text = dice.choice(texts)
            digest = services.blobs.put(text.encode())
            with services.work() as work:
                agency = work.session.query(Agency).with_for_update().one()
                agency.policy = {**agency.policy, digest: True}
                agency.logo_sha256 = digest
            assert services.blobs.get(digest) == text.encode()

    def sweep() -> None:
        while not stop.is_set():
            everything(age=timedelta(days=-9999))

    with ThreadPoolExecutor(4) as pool:
        sweepers = [pool.submit(sweep)]
        writers = [pool.submit(write, seed) for seed in range(3)]
        for writer in writers:
            writer.result()
        stop.set()
        for sweeper in sweepers:
            sweeper.result()
    with services.work() as work:
        digest = work.session.query(Agency).one().logo_sha256
    assert hashlib.sha256(services.blobs.get(digest)).hexdigest() == digest
