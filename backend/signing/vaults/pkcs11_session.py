"""One session on one token, in a process of its own.

    python -m backend.signing.vaults.pkcs11_session SOCKET MODULE

A PKCS#11 module knows per process who is logged in: whoever shares a process with a logged-in
session signs without a PIN. Here the process is the session, and it ends with the socket. It also
sees tokens that other processes made since, and a module that crashes or hangs takes nobody along.

Messages are CBOR: [method, arguments] in, ["value", value] or ["error", kind] out.
"""

import ctypes
import socket
import sys
from collections.abc import Callable
from typing import Any

import cbor2
import pkcs11
from pkcs11 import Attribute, KeyType, MechanismFlag, TokenFlag, exceptions
from pkcs11.util.ec import encode_named_curve_parameters

LABEL_BYTES = 32
WRONG_PIN, LOCKED, FULL, GONE = "wrong-pin", "locked", "full", "gone"
KINDS: dict[type[Exception], str] = {
    exceptions.PinIncorrect: WRONG_PIN,
    exceptions.PinLenRange: WRONG_PIN,
    exceptions.PinInvalid: WRONG_PIN,
    exceptions.PinLocked: LOCKED,
    exceptions.PinExpired: LOCKED,
}
"""Whatever else a module says means that the token cannot be used now."""

_PRIVATE = {
    Attribute.PRIVATE: True,
    Attribute.SENSITIVE: True,
    Attribute.EXTRACTABLE: False,
    Attribute.SIGN: True,
    Attribute.DECRYPT: False,
    Attribute.UNWRAP: False,
    Attribute.DERIVE: False,
}


class NoFreeSlotError(Exception):
    """Every slot holds a token."""


class _Token:
    """What a caller may ask of the module."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._library = pkcs11.lib(module)
        self._session: Any = None
        self._key: Any = None

    def slots(self) -> list[Any]:
        """[label, whether it is initialised] of every token."""
        return [
            [token.label, bool(token.flags & TokenFlag.TOKEN_INITIALIZED)]
            for token in self._library.get_tokens()
        ]

    def create(self, label: str, key_id: bytes, kind: str, pin: str, so_pin: str) -> list[Any]:
        """A token of its own with one key pair in it: [serial, *public numbers]."""
        self._initialise(label, so_pin)
        token = self._library.get_token(token_label=label)
        with token.open(rw=True, so_pin=so_pin) as session:
            session.init_pin(pin)
        with token.open(rw=True, user_pin=pin) as session:
            public, private = _generate(session, label, key_id, kind)
            if not private[Attribute.NEVER_EXTRACTABLE] or not private[Attribute.ALWAYS_SENSITIVE]:
                private.destroy()
                raise exceptions.FunctionFailed
            if kind == "rsa-3072":
                return [token.serial, public[Attribute.MODULUS], public[Attribute.PUBLIC_EXPONENT]]
            return [token.serial, public[Attribute.EC_POINT]]

    def open(self, label: str, serial: bytes, key_id: bytes, pin: str, older: str | None) -> None:
        """Logs in and finds the key. A PIN that was to be changed is changed now."""
        token = self._library.get_token(token_label=label, token_serial=serial)
        try:
            self._session = token.open(user_pin=pin)
        except exceptions.PinIncorrect:
            if older is None:
                raise
            with token.open(rw=True, user_pin=older) as session:
                session.set_pin(older, pin)
            self._session = token.open(user_pin=pin)
        self._key = self._session.get_key(
            object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=label, id=key_id
        )

    def sign(self, mechanism: str, data: bytes) -> bytes:
        return bytes(self._key.sign(data, mechanism=pkcs11.Mechanism[mechanism]))

    def _initialise(self, label: str, so_pin: str) -> None:
        """Makes a token in a free slot; the binding has no C_InitToken."""
        initialise = ctypes.CDLL(self._module).C_InitToken
        for slot in self._library.get_slots(token_present=True):
            if slot.get_token().flags & TokenFlag.TOKEN_INITIALIZED:
                continue
            secret, name = so_pin.encode(), label.encode().ljust(LABEL_BYTES)
            result = initialise(
                ctypes.c_ulong(slot.slot_id), secret, ctypes.c_ulong(len(secret)), name
            )
            # Another signer may have taken the slot since it was looked at.
            if result == 0:
                return
        raise NoFreeSlotError


def _generate(session: Any, label: str, key_id: bytes, kind: str) -> tuple[Any, Any]:
    common = {
        "id": key_id,
        "label": label,
        "store": True,
        "capabilities": MechanismFlag.SIGN | MechanismFlag.VERIFY,
        "private_template": _PRIVATE,
    }
    if kind == "rsa-3072":
        pair = session.generate_keypair(KeyType.RSA, 3072, **common)
    else:
        curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
        parameters = session.create_domain_parameters(KeyType.EC, curve, local=True)
        pair = parameters.generate_keypair(**common)
    public, private = pair
    return public, private


def _answer(call: Callable[..., Any], arguments: list[Any]) -> list[Any]:
    try:
        return ["value", call(*arguments)]
    except NoFreeSlotError:
        return ["error", FULL, ""]
    except pkcs11.PKCS11Error as error:
        return ["error", KINDS.get(type(error), GONE), type(error).__name__]


def main() -> None:
    channel: Any = socket.socket(fileno=int(sys.argv[1])).makefile("rwb")
    token: _Token | None = None
    while True:
        try:
            method, arguments = cbor2.load(channel)
        except cbor2.CBORDecodeEOF:
            return
        try:
            token = token or _Token(sys.argv[2])
        except pkcs11.PKCS11Error as error:
            answer = ["error", GONE, type(error).__name__]
        else:
            calls = {f.__name__: f for f in (token.slots, token.create, token.open, token.sign)}
            answer = _answer(calls[method], arguments)
        cbor2.dump(answer, channel)
        channel.flush()


if __name__ == "__main__":
    main()
