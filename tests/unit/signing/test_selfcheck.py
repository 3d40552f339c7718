"""The independent check passes what the engine makes and nothing else."""

import dataclasses
import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from backend.signing.pdf import evidence, pades
from backend.signing.pdf.selfcheck import Expected, SelfCheckError, check
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


Twins = tuple[bytes, bytes]


def both(old: bytes, new: bytes) -> Callable[[Signed], Twins]:
    """The same change in the finished file and in the prepared one, so that only a check tells."""

    def changed(signed: Signed) -> Twins:
        assert len(old) == len(new)
        assert old in signed.prepared[0].data
        return signed.stages[0].replace(old, new), signed.prepared[0].data.replace(old, new)

    return changed


def ranges(change: Callable[[tuple[int, int, int, int]], tuple[int, ...]]) -> Callable[..., Twins]:
    """Another /ByteRange in both."""

    def changed(signed: Signed) -> Twins:
        found = re.search(rb"/ByteRange \[(.*?)\]", signed.prepared[0].data)
        assert found
        numbers = b" ".join(b"%d" % n for n in change(signed.prepared[0].slots.byte_range))
        return both(found[1], numbers.ljust(len(found[1])))(signed)

    return changed


def referring(key: bytes) -> Callable[[Signed], Twins]:
    """An entry that refers to another object in both."""

    def changed(signed: Signed) -> Twins:
        found = re.search(key + rb" (\d+) 0 R", signed.prepared[0].data)
        assert found
        return both(found[0], found[0].replace(found[1], b"1".zfill(len(found[1]))))(signed)

    return changed


TWINS: dict[str, tuple[str, Callable[[Signed], Twins]]] = {
    "another kind of signature": (
        "not a PAdES",
        both(b"/ETSI.CAdES.detached", b"/ETSI.CAdES.DETACHED"),
    ),
    "no certification": ("not certified", both(b"/DocMDP\n/Trans", b"/UR3   \n/Trans")),
    "all changes allowed": ("other changes", both(b"/P 2\n", b"/P 3\n")),
    "another signature certifies": ("names another", referring(rb"/DocMDP")),
    "a range that starts late": ("first byte", ranges(lambda r: (1, r[1] - 1, *r[2:]))),
    "a range that ends early": ("does not end", ranges(lambda r: (*r[:3], r[3] - 1))),
    "a gap that is too wide": ("leaves out more", ranges(lambda r: (0, r[1] - 1, *r[2:]))),
    "no slot for the time": ("no slot for the time", both(b"(D:0000", b"(D:0001")),
}


@pytest.mark.parametrize("name", TWINS)
def test_it_refuses_what_was_prepared_wrongly(three: Signed, name: str) -> None:
    message, change = TWINS[name]
    data, before = change(three)
    wanted = dataclasses.replace(expected(three, 0), before=before)
    with pytest.raises(SelfCheckError, match=message):
        check(data, wanted)


def test_it_refuses_a_range_around_another_signature(three: Signed) -> None:
    """The second field's range leaves out the first one's value."""
    first, second = (p.slots.byte_range for p in three.prepared[:2])
    size = len(three.prepared[1].data)
    old = re.findall(rb"/ByteRange (\[.*?\] *)", three.prepared[1].data)[-1]
    new = b"[0 %d %d %d]" % (first[1], first[2], size - first[2])
    wrong, before = (
        data[: second[2]] + data[second[2] :].replace(old, new.ljust(len(old)))
        for data in (three.stages[1], three.prepared[1].data)
    )
    wanted = dataclasses.replace(expected(three, 1), before=before)
    with pytest.raises(SelfCheckError, match="another signature"):
        check(wrong, wanted)


def test_it_refuses_evidence_that_does_more(three: Signed, authority: Authority) -> None:
    """The same store in a revision with another catalog, of another object, or after another."""
    size, tail = len(three.prepared[0].data), three.prepared[0].slots.tail
    bare = three.stages[0][:size]
    proof = authority.evidence([three.signers[0].chain[0]])
    catalog = re.sub(r"/Root \d+", "/Root 1", tail.trailer)
    other = dataclasses.replace(tail, trailer=catalog)
    with pytest.raises(SelfCheckError, match="another catalog"):
        check(bare + evidence.revision(size, other, proof), expected(three, 0))
    page = dataclasses.replace(tail, store=1)
    with pytest.raises(SelfCheckError, match="changes the document"):
        check(bare + evidence.revision(size, page, proof), expected(three, 0))
    once = bare + evidence.revision(size, tail, proof)
    xref = int(once.split()[-2])
    after = dataclasses.replace(tail, xref=xref, size=tail.size + 20)
    with pytest.raises(SelfCheckError, match="stands between"):
        check(once + evidence.revision(len(once), after, proof), expected(three, 0))


def test_the_version_may_come_in_pieces(three: Signed, authority: Authority) -> None:
    pieces = [three.base[:100], three.base[100:]]
    whole = dataclasses.replace(expected(three, 0), base=iter(pieces))
    assert check(three.stages[0], whole) == authority.now
    for wrong in ([three.base[:100], b"lain"], []):
        with pytest.raises(SelfCheckError, match="prefix"):
            check(three.stages[0], dataclasses.replace(expected(three, 0), base=iter(wrong)))


def test_it_refuses_a_file_without_the_expected_time_stamp(
    three: Signed, authority: Authority
) -> None:
    signer = three.signers[0]
    at_b_b = pades.sign(
        three.prepared[0],
        AT,
        key=signer.key,
        identity=signer.identity,
        stamper=None,
        revocation=None,
    ).data
    without = dataclasses.replace(expected(three, 0), evidence=False)
    assert check(at_b_b, dataclasses.replace(without, stamped=False)) == AT
    with pytest.raises(SelfCheckError, match="one time stamp"):
        check(at_b_b, without)
    stamped = three.stages[0][: len(three.prepared[0].data)]
    with pytest.raises(SelfCheckError, match="one time stamp"):
        check(stamped, dataclasses.replace(without, stamped=False))


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
