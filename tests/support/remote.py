"""A person's browser against a running installation, over HTTP: what the app sends, no app."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyotp
import requests
from joserfc import jwe
from joserfc.jwk import ECKey

from backend.signing.envelope import _JWE
from tests.e2e.live import Account, Live
from tests.factories import people
from tests.factories.people import DeviceKey

Answer = dict[str, Any]


@dataclass
class Remote:
    """Signed in by `sign_in`; keeps what was typed and sealed in `typed`, `codes` and `sealed`."""

    live: Live
    account: Account
    forget_used_codes: Callable[[], None]
    """A one-time code is good once in thirty seconds; a test does not wait."""
    http: requests.Session = field(default_factory=requests.Session)
    key: DeviceKey = field(default_factory=DeviceKey)
    person_id: str = ""
    secret: str = ""
    password: str = ""
    typed: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)
    sealed: set[str] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)
    _seq: int = 0

    def __post_init__(self) -> None:
        self.secret, self.password = self.account.totp_secret, self.account.password

    def call(self, method: str, path: str, body: Any = None, *, expect: int = 200) -> Any:
        """The answer's JSON. Fails unless it is answered with `expect`."""
        answer = self.http.request(
            method, f"{self.live.origin}/api/v1{path}", json=body, timeout=60
        )
        assert answer.status_code == expect, f"{method} {path}: {answer.text}"
        self.tokens |= {cookie.value for cookie in self.http.cookies if cookie.value}
        return answer.json() if answer.content else None

    def code(self) -> str:
        self.forget_used_codes()
        code = pyotp.TOTP(self.secret).now()
        self.codes.add(code)
        return code

    def state(self, typ: str, **claims: Any) -> str:
        now = datetime.now(UTC)
        return self.key.sign(
            typ, people.statement(self.person_id, now, aud=self.live.origin) | claims
        )

    def envelope(self, typ: str, secrets: Answer, **claims: Any) -> tuple[str, str]:
        """A statement and, sealed to the installation's activation key, what was typed."""
        self._seq += 1
        usual = people.statement(self.person_id, datetime.now(UTC), aud=self.live.origin)
        given = self.call("GET", "/signing/activation-key")
        protected = {
            "alg": "ECDH-ES+A256KW",
            "enc": "A256GCM",
            "kid": given["kid"],
            "sad_jti": usual["jti"],
            "typ": "centang-secrets+json",
        }
        public = {name: given["jwk"][name] for name in ("kty", "crv", "x", "y")}
        plain = json.dumps(secrets).encode()
        sealed = jwe.encrypt_compact(protected, plain, ECKey.import_key(public), registry=_JWE)
        self.typed.add(plain.decode())
        self.sealed.add(sealed)
        digest = hashlib.sha256(sealed.encode()).hexdigest()
        return self.key.sign(typ, usual | claims | {"seq": self._seq, "jwe_sha256": digest}), sealed

    def sign_in(self, *, device: bool = False) -> None:
        given = {"username": self.account.username, "password": self.password, "code": self.code()}
        session = self.call("POST", "/sign-in", given)
        self.person_id = session["person"]["id"]
        self.http.headers["X-CSRF-Token"] = session["csrf"]
        if device:
            self.call(
                "POST",
                "/devices",
                {
                    "name": "Ponsel Contoh",
                    "public_jwk": self.key.public_jwk,
                    "proof": self.state("device-proof+jwt"),
                },
                expect=201,
            )

    def await_answer(self, path: str, holds: Callable[[Answer], bool], seconds: float = 60) -> Any:
        """Asks until the worker has done its part."""
        deadline = time.monotonic() + seconds
        while not holds(answer := self.call("GET", path)):
            assert time.monotonic() < deadline, answer
            time.sleep(0.2)
        return answer
