"""After two whole days' work, nothing secret is left anywhere but in `secrets/`.

A real installation is driven over HTTP with passphrases, passwords, codes and keys that this test
knows: first a signature with a key in the software vault, then, after a restart, a seal and a batch
with keys in a hardware module, and signatures of the national service's stand-in. Then every byte
it keeps is searched: database files, write-ahead log, blobs, job tables, logs, what its processes
printed, and every table once more as text.
"""

import base64
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_private_key
from psycopg import sql

from backend.core.masterkey import MasterKey
from backend.core.postgres import ADMIN, EmbeddedPostgres
from backend.signing.vaults.software_vault import PURPOSE
from backend.signing.vaults.vault import PKCS11, KeyAlgorithm, KeyOwner, Secret
from backend.signing.vaults.wrapping import Wrapping
from tests.e2e.live import Live
from tests.factories.national import settings
from tests.fakes.bsre import BsreServer
from tests.security.second_day import SecondDay
from tests.support.needles import files, leaks
from tests.support.remote import Remote
from tests.support.remote_papers import authorise, ticked_paper
from tests.support.softhsm import SoftHsm

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("canary")]

PASSPHRASE = "kenari kuning di dahan jambu"
NEW_PASSPHRASE = "kenari hijau di ranting duku"
WRONG_PASSPHRASE = "kenari merah di pucuk randu"
NEW_PASSWORD = "sepeda ontel menyeberang jembatan"
WRONG_PASSWORD = "sepeda motor menyeberang lapangan"
PLANTED = "burung yang sengaja dilepaskan"


class House:
    """The installation after a day's work, and what must not be found in it."""

    def __init__(self, live: Live, connection: psycopg.Connection, service: BsreServer) -> None:
        self.live, self.connection = live, connection
        accounts = live.accounts()

        def person(username: str) -> Remote:
            return Remote(live, accounts[username], self.forget_used_codes)

        self.operator, self.head = person("operator1.disdik"), person("kepala.disdik")
        self.recovery_codes: list[str] = []
        self.second_day = SecondDay(person, partial(ticked_paper, self.operator), service)

    @property
    def people(self) -> list[Remote]:
        return [self.head, self.operator, *self.second_day.everybody]

    def forget_used_codes(self) -> None:
        self.connection.execute("DELETE FROM used_totp_step")

    # -- the day's work ----------------------------------------------------------------------

    def work(self) -> None:
        self._move_in()
        self._sign(ticked_paper(self.operator, self.head))
        self._change_secrets()

    def _move_in(self) -> None:
        """Signs in, with a wrong password and a wrong code first; all secrets become our own."""
        self.operator.sign_in()
        head = self.head
        given = {"username": head.account.username, "password": WRONG_PASSWORD, "code": "000000"}
        head.call("POST", "/sign-in", given, expect=401)
        given["password"] = head.password
        head.call("POST", "/sign-in", given, expect=401)
        head.sign_in(device=True)
        replaced = head.call("POST", "/totp", {"code": head.code()})
        head.secret = replaced["secret"]
        confirmed = head.call("POST", "/totp/confirm", {"code": head.code()})
        self.recovery_codes = confirmed["recovery_codes"]
        typed = {"passphrase": PASSPHRASE, "code": head.code()}
        statement, sealed = head.envelope("credential+jwt", typed, purpose="create")
        given = {"statement": statement, "secrets": sealed}
        head.call("POST", "/credential", given, expect=201)

    def _sign(self, step: str) -> None:
        """First with a wrong code, then with a wrong passphrase, then rightly."""
        head = self.head
        wrong_code = f"{(int(head.code()) + 1) % 1_000_000:06d}"
        for passphrase, code, expect in (
            (PASSPHRASE, wrong_code, 401),
            (WRONG_PASSPHRASE, None, 422),
            (PASSPHRASE, None, 200),
        ):
            typed = {"passphrase": passphrase, "code": code or head.code()}
            answer = authorise(head, [step], typed, expect=expect)
        assert answer["attempts"][0]["state"] == "finished"
        # Every envelope went on to the worker, which alone opens them.
        assert (self.live.home / "run" / "desk.sock").is_socket()

    def _change_secrets(self) -> None:
        """Another passphrase, another password, another sign-in; the worker finishes its jobs."""
        head = self.head
        typed = {"passphrase": NEW_PASSPHRASE, "old_passphrase": PASSPHRASE, "code": head.code()}
        statement, sealed = head.envelope("credential+jwt", typed, purpose="change-passphrase")
        given = {"statement": statement, "secrets": sealed}
        head.call("POST", "/credential/passphrase", given, expect=204)
        head.call("POST", "/password", {"old": head.password, "new": NEW_PASSWORD}, expect=204)
        head.password = NEW_PASSWORD
        head.sign_in()
        document = self.operator.call("GET", "/documents?state=finished")["items"][0]["id"]
        self.operator.await_answer(f"/documents/{document}", lambda paper: paper["validated"])

    # -- what must not be found --------------------------------------------------------------

    def private_key(self) -> bytes:
        """The signer's scalar, opened as only passphrase and master key together can."""
        found = self.connection.execute(
            "SELECT id, person_id, algorithm, wrapped FROM key_credential"
            " WHERE person_id = %s AND retired_at IS NULL",
            [self.head.person_id],
        ).fetchone()
        assert found is not None
        key_id, person_id, algorithm, wrapped = found
        wrapping = Wrapping(self.master_key, PURPOSE)
        owner = KeyOwner(person_id, key_id, KeyAlgorithm(algorithm))
        key = load_der_private_key(wrapping.unwrap(owner, wrapped, Secret(NEW_PASSPHRASE)), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key.private_numbers().private_value.to_bytes(32, "big")

    @property
    def master_key(self) -> MasterKey:
        return MasterKey.load(self.live.home / "secrets")

    def secrets(self) -> dict[str, bytes]:
        """By name, for a failure that does not print them."""
        head = self.head
        own = {
            "passphrase": PASSPHRASE,
            "new passphrase": NEW_PASSPHRASE,
            "wrong passphrase": WRONG_PASSPHRASE,
            "new password": NEW_PASSWORD,
            "wrong password": WRONG_PASSWORD,
            "secret of the authenticator": head.secret,
        }
        several = {
            "recovery code": self.recovery_codes,
            "plaintext of the secrets": {text for one in self.people for text in one.typed},
            # Opened by the activation key, which the database keeps (sealed): never stored either.
            "sealed secrets": {
                sealed.split(".")[3] for one in self.people for sealed in one.sealed
            },
            "token of a session": {token for one in self.people for token in one.tokens},
        }
        named = {name: value.encode() for name, value in own.items()}
        for name, values in several.items():
            named |= {f"{name} {n}": value.encode() for n, value in enumerate(sorted(values))}
        named["bytes of the authenticator's secret"] = base64.b32decode(head.secret)
        named["private key"] = self.private_key()
        return named | self.second_day.secrets(self.connection, self.master_key)

    def places(self) -> Iterator[tuple[Path | str, bytes]]:
        yield from files(self.live.home, apart=frozenset({"secrets"}))
        yield from self.tables()

    def tables(self) -> Iterator[tuple[Path | str, bytes]]:
        """Every table as text: whatever the database compresses is readable here."""
        names = self.connection.execute(
            "SELECT schemaname, tablename FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        assert len(names) > 20
        for schema, name in names:
            query = sql.SQL("COPY {}.{} TO STDOUT").format(
                sql.Identifier(schema), sql.Identifier(name)
            )
            with self.connection.cursor().copy(query) as rows:
                yield f"table {name}", b"".join(bytes(row) for row in rows)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("canary")
    with pytest.MonkeyPatch.context() as environment:
        module = SoftHsm(folder / "softhsm", environment).module
        live = Live(folder / "home", CENTANG_PKCS11_MODULE=str(module))
    service = BsreServer(folder)
    live.environment |= settings(service)
    with service.running():
        yield from _worked(live, service)


def _worked(live: Live, service: BsreServer) -> Iterator[House]:
    live.start()
    try:
        with as_administrator(live) as connection:
            house = House(live, connection, service)
            house.work()
        live.stop()
        live.environment["CENTANG_VAULT"] = PKCS11
        live.start()
        with as_administrator(live) as house.connection:
            house.second_day.work()
            yield house
    finally:
        live.stop()


def as_administrator(live: Live) -> psycopg.Connection:
    return psycopg.connect(EmbeddedPostgres(live.home).url(ADMIN), autocommit=True)


def test_the_search_finds_what_was_planted(house: House) -> None:
    log = house.live.home / "log" / "planted.log"
    log.write_bytes(b"\0" + base64.b64encode(b"x" + PLANTED.encode()) + b"\n")
    try:
        house.connection.execute("CREATE TABLE planted (note text)")
        # Long enough to be compressed in the files: only the table as text shows it.
        house.connection.execute(
            "INSERT INTO planted VALUES (repeat('x', 5000) || %s), (%s)", [PLANTED, PLANTED]
        )
        found = {place for _, place in leaks({"planted": PLANTED.encode()}, house.places())}
    finally:
        house.connection.execute("DROP TABLE planted")
        log.unlink()
    assert {str(log), "table planted"} <= found
    assert any("/pg_wal/" in place for place in found)


def test_no_secret_is_left_in_files_log_or_tables(house: House) -> None:
    """Before a checkpoint, while much stands only in the write-ahead log, and after it."""
    secrets = house.secrets()
    assert len(secrets) > 50

    def before_and_after() -> Iterator[tuple[Path | str, bytes]]:
        yield from house.places()
        house.connection.execute("CHECKPOINT")
        yield from house.places()

    assert leaks(secrets, before_and_after()) == []


def test_what_was_printed_for_the_demo_stands_in_nothing_it_keeps(house: House) -> None:
    secrets = {}
    for one in (person.account for person in house.people):
        secrets[f"password of {one.username}"] = one.password.encode()
        secrets[f"authenticator of {one.username}"] = one.totp_secret.encode()
    assert {place for _, place in leaks(secrets, house.places())} == {str(house.live.output)}


def test_no_one_time_code_is_left_as_text(house: House) -> None:
    """Six digits turn up in any binary file; in text a number of their own is no accident."""
    codes = "|".join(sorted({code for one in house.people for code in one.codes}))
    alone = re.compile(rf"(?<![\w.:-])(?:{codes})(?![\w.:-])".encode())
    assert alone.search(b'{"code": "' + codes[:6].encode() + b'"}')
    logs = files(house.live.home, apart=frozenset({"secrets", "blobs", "postgres"}))
    server = house.live.home / "postgres" / "server.log"
    texts = [*logs, (server, server.read_bytes()), *house.tables()]
    assert any(place == house.live.output for place, _ in texts)
    assert [str(place) for place, content in texts if alone.search(content)] == []
