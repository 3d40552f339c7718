"""The canary's second day: a seal of two custodians, a key in a hardware module, and a batch; then
the agency signs with the national service.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from cryptography.hazmat.primitives.serialization import Encoding

from backend.core.masterkey import MasterKey
from backend.signing.seal import seal_activation, seals
from backend.signing.vaults import pkcs11_vault
from backend.signing.vaults.vault import PKCS11, KeyAlgorithm, KeyOwner, Secret
from backend.signing.vaults.wrapping import Wrapping
from tests.factories.national import plain
from tests.fakes.bsre import CREDENTIALS, BsreServer
from tests.support.remote import Remote
from tests.support.remote_papers import authorise

HALVES = ("merpati putih di atap lumbung", "gelatik jawa di tepi sawah")
WRONG_HALF = "gelatik batu di tepi jurang"
BATCH_PASSPHRASE = "jalak suren di punggung kerbau"
WRONG_BATCH_PASSPHRASE = "jalak uret di punggung bukit"
CHANGED_PASSPHRASE = "jalak bali di pucuk kelapa"
NIK = "3371082604850007"
SERVICE_PASSPHRASE = "cendrawasih di hutan sagu"
WRONG_SERVICE_PASSPHRASE = "cendrawasih di hutan bakau"


class SecondDay:
    """`person(username)` makes a browser; `paper(signer)` a paper ticked by them: its step."""

    def __init__(self, person: Any, paper: Any, service: BsreServer) -> None:
        self.officers = [person("verifikator1"), person("verifikator2")]
        self.custodians = [person("kepala.dinkes"), person("kepala.bkad")]
        self.administrator, self.signer = person("pengelola"), person("sekretaris.disdik")
        self.everybody: list[Remote] = [
            *self.officers,
            *self.custodians,
            self.administrator,
            self.signer,
        ]
        self._paper, self._service = paper, service

    def work(self) -> None:
        for one in self.everybody:
            one.sign_in(device=True)
        self._make_a_seal()
        self._sign_a_batch()
        self._sign_with_the_service()

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
        for passphrase, expect in ((WRONG_BATCH_PASSPHRASE, 422), (BATCH_PASSPHRASE, 202)):
            typed = {"passphrase": passphrase, "code": signer.code()}
            answer = authorise(signer, steps, typed, expect=expect)
        path = f"/signing/batches/{answer['batch']['id']}"
        done = signer.await_answer(path, lambda batch: batch["state"] == "finished")
        assert done["done"] == len(steps), done
        typed = {"purpose": "change-passphrase"}
        self._credential("/passphrase", CHANGED_PASSPHRASE, BATCH_PASSPHRASE, expect=204, **typed)

    def _sign_with_the_service(self) -> None:
        """With a passphrase in both of its versions, a wrong one first, and with a code of its own."""
        signer, service = self.signer, self._service
        # A certificate that says who somebody is by number would show it in every signed file.
        name = plain(signer.account.name)
        service.house.enrol(NIK, name, SERVICE_PASSPHRASE, identified=False)
        root = service.house.pki.root.public_bytes(Encoding.PEM)
        (pem := signer.live.home.parent / "psre.pem").write_bytes(root)
        signer.live.command("trust", "add", "--psre", str(pem))
        officer = self.officers[0]
        officer.call("PUT", f"/people/{signer.person_id}/nik", {"nik": NIK}, expect=204)
        self.administrator.call(
            "PUT", "/document-types/SE", {"name": "Surat Edaran", "sealed": False}
        )
        self._choose(version="v1")
        step = self._paper(signer)
        self._ask(step, WRONG_SERVICE_PASSPHRASE, "failed")
        self._ask(step, SERVICE_PASSPHRASE, "finished")
        self._choose(version="v2")
        self._ask(self._paper(signer), SERVICE_PASSPHRASE, "finished")
        self._choose(version="v2", activation="code")
        step = self._paper(signer)
        signer.call("POST", "/signing/service-codes", {"documents": 1}, expect=201)
        code, _ = service.house.sent[NIK]
        signer.codes.add(code)
        self._ask(step, code, "finished")

    def _choose(self, **terms: Any) -> None:
        chosen = {"provider": "bsre", "service": terms}
        self.administrator.call("PUT", "/agency/provider", chosen)

    def _ask(self, step: str, secret: str, state: str) -> None:
        typed = {"passphrase": secret, "code": self.signer.code()}
        (attempt,) = authorise(self.signer, [step], typed, expect=200)["attempts"]
        assert attempt["state"] == state, attempt

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
            "passphrase at the service": SERVICE_PASSPHRASE,
            "wrong passphrase at the service": WRONG_SERVICE_PASSPHRASE,
            "password of the service's account": CREDENTIALS[1],
            "citizen's number": NIK,
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
