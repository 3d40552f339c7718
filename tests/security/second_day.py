"""The canary's second day: a seal of two custodians, a key in a hardware module, and a batch."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from backend.core.masterkey import MasterKey
from backend.signing.seal import seal_activation, seals
from backend.signing.vaults import pkcs11_vault
from backend.signing.vaults.vault import PKCS11, KeyAlgorithm, KeyOwner, Secret
from backend.signing.vaults.wrapping import Wrapping
from tests.support.remote import Remote

HALVES = ("merpati putih di atap lumbung", "gelatik jawa di tepi sawah")
WRONG_HALF = "gelatik batu di tepi jurang"
BATCH_PASSPHRASE = "jalak suren di punggung kerbau"
WRONG_BATCH_PASSPHRASE = "jalak uret di punggung bukit"
CHANGED_PASSPHRASE = "jalak bali di pucuk kelapa"


class SecondDay:
    """`person(username)` makes a browser; `paper(signer)` a paper ticked by them: its step."""

    def __init__(self, person: Any, paper: Any) -> None:
        self.officers = [person("verifikator1"), person("verifikator2")]
        self.custodians = [person("kepala.dinkes"), person("kepala.bkad")]
        self.administrator, self.signer = person("pengelola"), person("sekretaris.disdik")
        self.everybody: list[Remote] = [
            *self.officers,
            *self.custodians,
            self.administrator,
            self.signer,
        ]
        self._paper = paper

    def work(self) -> None:
        for one in self.everybody:
            one.sign_in(device=True)
        self._make_a_seal()
        self._sign_a_batch()

    def _make_a_seal(self) -> None:
        """Named by two officers, opened by two custodians; one first errs."""
        first, second = self.custodians
        payload = {"decree": "SK Contoh 7/2026", "second_custodian_id": second.person_id}
        wanted = {"kind": "make-seal", "person_id": first.person_id, "payload": payload}
        proposed = self.officers[0].call("POST", "/decisions", wanted, expect=201)
        self.officers[1].call("POST", f"/decisions/{proposed['id']}/agree", {})
        for custodian, passphrase in zip(self.custodians, HALVES, strict=True):
            self._consent(custodian, "join", passphrase, purpose="join")
        ends_at = int((datetime.now(UTC) + timedelta(hours=1)).timestamp())
        terms = {"purpose": "activate", "ends_at": ends_at, "documents": 5}
        self._consent(first, "activations", HALVES[0], expect=204, activation=None, **terms)
        terms["activation"] = second.call("GET", "/seal")["activation"]["id"]
        self._consent(second, "activations", WRONG_HALF, expect=422, **terms)
        self._consent(second, "activations", HALVES[1], expect=204, **terms)
        kind = {"name": "Surat Edaran", "sealed": True}
        self.administrator.call("PUT", "/document-types/SE", kind)

    def _consent(
        self, custodian: Remote, what: str, passphrase: str, *, expect: int = 200, **claims: Any
    ) -> None:
        typed = {"passphrase": passphrase, "code": custodian.code()}
        statement, sealed = custodian.envelope("seal+jwt", typed, **claims)
        body = {"statement": statement, "secrets": sealed}
        custodian.call("POST", f"/seal/{what}", body, expect=expect)

    def _sign_a_batch(self) -> None:
        """Two sealed papers under one activation, with a key that lives in the module."""
        signer = self.signer
        self._credential("", BATCH_PASSPHRASE, expect=201, purpose="create")
        steps = [self._paper(signer) for _ in range(2)]
        facts = [
            signer.await_answer(f"/steps/{step}/signing", lambda answer: answer["ready"])
            for step in steps
        ]
        documents = [
            {
                "id": each["document_id"],
                "step": step,
                "version_sha256": each["version_sha256"],
                "prepared_sha256": each["prepared_sha256"],
                "action": "sign",
            }
            for step, each in zip(steps, facts, strict=True)
        ]
        named = {name: facts[0][name] for name in ("provider", "level")}
        for passphrase, expect in ((WRONG_BATCH_PASSPHRASE, 422), (BATCH_PASSPHRASE, 202)):
            sad, sealed = signer.envelope(
                "sad+jwt",
                {"passphrase": passphrase, "code": signer.code()},
                grant=None,
                credential=facts[0]["credential"]["thumbprint"],
                documents=documents,
                **named,
            )
            body = {"sad": sad, "secrets": sealed}
            answer = signer.call("POST", "/signing/authorisations", body, expect=expect)
        path = f"/signing/batches/{answer['batch']['id']}"
        done = signer.await_answer(path, lambda batch: batch["state"] == "finished")
        assert done["done"] == len(steps), done
        typed = {"purpose": "change-passphrase"}
        self._credential("/passphrase", CHANGED_PASSPHRASE, BATCH_PASSPHRASE, expect=204, **typed)

    def _credential(
        self, path: str, passphrase: str, old: str | None = None, *, expect: int, **claims: Any
    ) -> None:
        typed = {"passphrase": passphrase, "code": self.signer.code()}
        typed |= {"old_passphrase": old} if old else {}
        statement, sealed = self.signer.envelope("credential+jwt", typed, **claims)
        body = {"statement": statement, "secrets": sealed}
        self.signer.call("POST", f"/credential{path}", body, expect=expect)

    # -- what must not be found --------------------------------------------------------------

    def secrets(self, connection: psycopg.Connection, keys: MasterKey) -> dict[str, bytes]:
        """By name; what nobody typed is opened as only its passphrases and the master key can."""
        typed = {
            "custodian's passphrase 0": HALVES[0],
            "custodian's passphrase 1": HALVES[1],
            "wrong passphrase of a custodian": WRONG_HALF,
            "passphrase of the batch": BATCH_PASSPHRASE,
            "wrong passphrase of the batch": WRONG_BATCH_PASSPHRASE,
            "changed passphrase of the hardware key": CHANGED_PASSPHRASE,
        }
        named = {name: value.encode() for name, value in typed.items()}
        halves = self._halves(connection, keys)
        together = seal_activation._together(*halves).reveal()
        named |= {f"half of the seal {n}": half for n, half in enumerate(halves)}
        named["the seal's halves together"] = together
        named["the same as bytes"] = bytes.fromhex(together.decode())
        pins = Wrapping(keys, pkcs11_vault.PURPOSE)
        rows = connection.execute(
            "SELECT agency.id, seal.id, seal.algorithm, seal.wrapped FROM seal, agency"
        )
        opened = [(row, together.decode()) for row in rows.fetchall()]
        rows = connection.execute(
            "SELECT person_id, id, algorithm, wrapped FROM key_credential WHERE vault = %s",
            [PKCS11],
        )
        opened += [(row, CHANGED_PASSPHRASE) for row in rows.fetchall()]
        assert len(opened) == 2
        for (owner, key, algorithm, wrapped), passphrase in opened:
            whose = KeyOwner(owner, key, KeyAlgorithm(algorithm), PKCS11)
            access = json.loads(pins.unwrap(whose, wrapped, Secret(passphrase)))
            for name in ("pin", "older"):
                if access[name]:
                    named[f"{name} of {key}"] = access[name].encode()
                    named[f"{name} of {key} as bytes"] = bytes.fromhex(access[name])
        assert sum(name.startswith("older of") for name in named) == 2, "the changed PIN's as well"
        return named

    def _halves(self, connection: psycopg.Connection, keys: MasterKey) -> list[bytes]:
        wrapping, found = Wrapping(keys, seals.PURPOSE), []
        for custodian, passphrase in zip(self.custodians, HALVES, strict=True):
            row = connection.execute(
                "SELECT person_id, seal_id, half FROM seal_custodian WHERE person_id = %s",
                [UUID(custodian.person_id)],
            ).fetchone()
            assert row is not None
            owner = KeyOwner(row[0], row[1], KeyAlgorithm.ECDSA_P256)
            found.append(bytes(wrapping.unwrap(owner, row[2], Secret(passphrase))))
        return found
