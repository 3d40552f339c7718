"""What carries a secret shows nothing of it: not as text, not in an error, not in a pickle."""

import pickle
import traceback
from typing import Any

import pytest

from backend.core.ids import new_id
from backend.core.masterkey import CannotOpenError, MasterKey
from backend.signing.envelope import Opened, Secrets
from backend.signing.vaults.software_vault import SoftwareVault
from backend.signing.vaults.vault import KeyAlgorithm, KeyOwner, Secret, WrongPassphraseError
from backend.signing.vaults.wrapping import Cost
from mobile_api.v1.credentials import Envelope
from mobile_api.v1.second_factor import Code, PasswordChange
from mobile_api.v1.session import SignIn

TEXT = "kenari kuning di dahan jambu"
CODE = "918273"
KEY = bytes(range(32))
SHOWN = (TEXT, CODE, KEY.hex(), repr(KEY)[2:-1])

VAULT = SoftwareVault(MasterKey(KEY), Cost(1, 64, 1))
OWNER = KeyOwner(new_id(), new_id(), KeyAlgorithm.ECDSA_P256)


def carriers() -> list[Any]:
    secrets = Secrets(TEXT, CODE, TEXT)
    wrapped = VAULT.create(OWNER, Secret(TEXT)).wrapped
    return [
        Secret(TEXT),
        secrets,
        MasterKey(KEY),
        VAULT,
        VAULT.unlock(OWNER, wrapped, Secret(TEXT)),
        SignIn(username="contoh", password=TEXT, code=CODE),
        PasswordChange(old=TEXT, new=TEXT),
        Code(code=CODE),
        Envelope(statement="x" * 20, secrets=TEXT),
    ]


@pytest.mark.parametrize("carrier", carriers(), ids=lambda each: type(each).__name__)
def test_it_shows_nothing_as_text(carrier: Any) -> None:
    texts = [str(carrier), repr(carrier), f"{carrier}", repr([carrier])]
    assert not [shown for shown in SHOWN for text in texts if shown in text]


def test_an_opened_envelope_shows_its_claims_only() -> None:
    opened: Opened[Any] = Opened("claims", "device", Secrets(TEXT, CODE))  # type: ignore[arg-type]
    assert "claims" in repr(opened)
    assert TEXT not in repr(opened)


@pytest.mark.parametrize("carrier", [Secret(TEXT), Secrets(TEXT, CODE)])
def test_it_cannot_be_pickled_into_a_job(carrier: Any) -> None:
    with pytest.raises(TypeError):
        pickle.dumps(carrier)


def test_a_wiped_secret_is_gone() -> None:
    secrets = Secrets(TEXT, CODE)
    secrets.wipe()
    with pytest.raises(ValueError, match="wiped"):
        secrets.passphrase.reveal()


def test_a_wrong_passphrase_shows_nothing_in_its_error() -> None:
    wrapped = VAULT.create(OWNER, Secret("lain sama sekali")).wrapped
    with pytest.raises(WrongPassphraseError) as raised:
        VAULT.unlock(OWNER, wrapped, Secret(TEXT))
    _shows_nothing(raised.value)


def test_what_cannot_be_opened_shows_nothing_in_its_error() -> None:
    with pytest.raises(CannotOpenError) as raised:
        MasterKey(KEY).open("contoh", b"\x01" + bytes(40), b"contoh")
    _shows_nothing(raised.value)


def test_a_refused_request_shows_nothing_in_its_error() -> None:
    with pytest.raises(ValueError, match="validation error") as raised:
        SignIn.model_validate({"username": "contoh", "password": TEXT, "code": {"x": CODE}})
    _shows_nothing(raised.value)


def _shows_nothing(error: BaseException) -> None:
    text = "".join(traceback.format_exception(error)) + repr(error)
    assert not [shown for shown in SHOWN if shown in text]
