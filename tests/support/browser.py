"""A signed-in browser: a test client with its cookies, its CSRF token and its device key."""

from dataclasses import dataclass
from typing import Any

import pyotp
from argon2 import PasswordHasher
from flask import Response
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.bootstrap import Services
from backend.core.db import Work
from backend.identity import sessions, totp
from backend.identity.models import Account, Device
from backend.organisation.models import Person
from mobile_api.app import Application
from mobile_api.authentication import CSRF_HEADER, set_cookies
from tests.factories import people
from tests.factories.people import DeviceKey

PASSWORD = "perahu kertas di muara"
_HASHED = PasswordHasher(1, 64, 1).hash(PASSWORD)  # little memory: tests sign in often


@dataclass
class Browser:
    """What one person's phone sends; `secret` is in their authenticator."""

    client: FlaskClient
    services: Services
    person_id: Any
    username: str
    csrf: str
    key: DeviceKey | None = None
    device_id: Any = None
    secret: str = ""

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> TestResponse:
        headers = {CSRF_HEADER: self.csrf} | options.pop("headers", {})
        if body is None and method != "GET" and "data" not in options:
            body = {}
        return self.client.open(
            f"/api/v1{path}", method=method, json=body, headers=headers, **options
        )

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.call("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        return self.call("POST", path, body, **options)

    def put(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        return self.call("PUT", path, body, **options)

    def patch(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        return self.call("PATCH", path, body, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        return self.call("DELETE", path, **options)

    def code(self, steps: int = 0) -> str:
        """The one-time code now, or that many steps later."""
        return pyotp.TOTP(self.secret).at(self.services.clock.now(), counter_offset=steps)

    def state(self, typ: str, **claims: Any) -> str:
        """A statement of this browser's device about its person."""
        now, aud = self.services.clock.now(), self.services.settings.origin
        assert self.key is not None
        return self.key.sign(typ, people.statement(self.person_id, now, aud=aud) | claims)


def give_account(
    work: Work, services: Services, person: Person, *, confirmed: bool = True
) -> tuple[Account, str]:
    """An account that opens with PASSWORD, and the secret of its authenticator."""
    account = people.account(work.session, person, password_hash=_HASHED)
    secret = pyotp.random_base32(32)
    if confirmed:
        totp.set_confirmed(work, account, secret, keys=services.master_key)
    return account, secret


def signed_in(
    app: Application, services: Services, person: Person, *, device: bool | Device = True
) -> Browser:
    """A browser of this person, whose account (made here, if need be) is ready to work.

    With a device that the person has already, the browser is that one; its key is the caller's.

    The device was enrolled long ago, so it may sign. The sign-in itself is skipped.
    """
    client = app.test_client()
    with services.work() as work:
        account, secret = work.session.get(Account, person.id), ""
        if account is None:
            account, secret = give_account(work, services, person)
        elif account.totp_confirmed_at and account.totp_sealed is None:  # made by a factory
            secret = pyotp.random_base32(32)
            totp.set_confirmed(work, account, secret, keys=services.master_key)
        row: Device | None = None
        key = None
        if isinstance(device, Device):
            row = device
        elif device:
            row, key = people.device(work.session, person.id)
        session, refresh = sessions.open_session(work, person.id, row, user_agent="Contoh")
        with app.test_request_context():
            response = Response()
            set_cookies(response, session, refresh)
        for cookie in response.headers.getlist("Set-Cookie"):
            name, _, value = cookie.split(";", 1)[0].partition("=")
            client.set_cookie(name, value)
        return Browser(
            client,
            services,
            person.id,
            account.username,
            session.csrf,
            key,
            row.id if row else None,
            secret,
        )
