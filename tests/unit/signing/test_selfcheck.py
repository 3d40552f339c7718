"""The independent check passes what the engine makes and nothing else."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta

import pytest

from backend.signing import pades
from backend.signing.selfcheck import Expected, SelfCheckError, check
from tests.factories.authority import AT, Authority
from tests.unit.signing.conftest import Signed, sign_paper


def expected(signed: Signed, index: int) -> Expected:
    return Expected(
        base=signed.base if index == 0 else signed.stages[index - 1],
        before=signed.prepared[index].data,
        field=signed.prepared[index].slots.field,
        certificate=signed.signers[index].identity.certificate,
        at=AT,
        first=index == 0,
    )


@pytest.mark.parametrize("index", [0, 1, 2])
def test_it_passes_what_the_engine_made(three: Signed, index: int, authority: Authority) -> None:
    assert check(three.stages[index], expected(three, index)) == authority.now


def flip(place: Callable[[Signed], int]) -> Callable[[Signed], bytes]:
    def flipped(signed: Signed) -> bytes:
        data = bytearray(signed.stages[0])
        data[place(signed)] ^= 1
        return bytes(data)

    return flipped


def _without_store(signed: Signed) -> bytes:
    return signed.stages[0][: len(signed.prepared[0].data)]


def _padded(signed: Signed) -> bytes:
    data = bytearray(signed.stages[0])
    data[signed.prepared[0].slots.contents_end - 2] = ord("7")
    return bytes(data)


BREAKS: dict[str, Callable[[Signed], bytes]] = {
    "a byte of the version": flip(lambda _: 100),
    "a byte of the prepared part": flip(lambda s: s.stages[0].index(b"/TU") + 5),
    "a digit of the time": flip(lambda s: s.prepared[0].slots.m_start),
    "the byte range": flip(lambda s: s.stages[0].index(b"/ByteRange") + 14),
    "a digit of the signature": flip(lambda s: s.prepared[0].slots.contents_start + 2001),
    "the time stamp": flip(lambda s: s.prepared[0].slots.contents_start + 4401),
    "the padding": _padded,
    "no security store": _without_store,
    "cut off": lambda s: s.stages[0][:-200],
    "empty": lambda _: b"",
    "not signed at all": lambda s: s.prepared[0].data,
}


@pytest.mark.parametrize("name", BREAKS)
def test_it_refuses_a_broken_file(three: Signed, name: str) -> None:
    with pytest.raises(SelfCheckError):
        check(BREAKS[name](three), expected(three, 0))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("certificate", "certificate"),
        ("field", "field"),
        ("at", "signing time"),
        ("base", "prefix"),
        ("first", "Reference|certified|unreadable"),
    ],
)
def test_it_refuses_what_was_not_expected(three: Signed, name: str, message: str) -> None:
    index = 1 if name == "first" else 0
    other: dict[str, object] = {
        "certificate": three.signers[2].identity.certificate,
        "field": "TTE3",
        "at": AT + timedelta(seconds=1),
        "base": b"%PDF-1.7 lain",
        "first": True,
    }
    wrong = dataclasses.replace(expected(three, index), **{name: other[name]})
    with pytest.raises(SelfCheckError, match=message):
        check(three.stages[index], wrong)


def test_it_refuses_a_revoked_certificate() -> None:
    authority = Authority()
    signer = authority.signer()
    authority.revoked = [signer.certificate.serial_number]
    signed = sign_paper(authority, [signer])
    with pytest.raises(SelfCheckError, match="revoked"):
        check(signed.data, expected(signed, 0))


def test_it_refuses_a_time_stamp_far_from_acceptance() -> None:
    authority = Authority(now=AT + timedelta(minutes=11))
    signed = sign_paper(authority, [authority.signer()])
    with pytest.raises(SelfCheckError, match="far from"):
        check(signed.data, expected(signed, 0))


def test_it_refuses_a_signature_by_another_key(authority: Authority) -> None:
    thief, owner = authority.signer("Orang Lain"), authority.signer()
    owner.key = thief.key
    signed = sign_paper(authority, [owner])
    with pytest.raises(SelfCheckError, match="does not verify"):
        check(signed.data, expected(signed, 0))


def test_contents_are_reserved_with_little_to_spare(three: Signed) -> None:
    for stage, prepared in zip(three.stages, three.prepared, strict=True):
        slots = prepared.slots
        contents = stage[slots.contents_start + 1 : slots.contents_end - 1]
        used = len(contents.rstrip(b"0")) / 2
        assert slots.room - used < 1500


def test_a_signature_that_does_not_fit_is_not_written(three: Signed, authority: Authority) -> None:
    prepared = three.prepared[0]
    slots = dataclasses.replace(prepared.slots, contents_end=prepared.slots.contents_start + 202)
    signer = three.signers[0]
    with pytest.raises(ValueError, match="does not fit"):
        pades.sign(
            dataclasses.replace(prepared, slots=slots),
            AT,
            key=signer.key,
            identity=signer.identity,
            stamper=authority,
            revocation=authority,
        )


def test_at_b_t_nothing_may_follow_the_signature(three: Signed, authority: Authority) -> None:
    without = dataclasses.replace(expected(three, 0), evidence=False)
    bare = three.stages[0][: len(three.prepared[0].data)]
    assert check(bare, without) == authority.now
    with pytest.raises(SelfCheckError, match="follows"):
        check(three.stages[0], without)
