"""No attack passes, no honest file is refused."""

from datetime import timedelta

import pytest

from backend.verification.judge import judge
from backend.verification.trust import Trust
from backend.verification.verdicts import Verdict
from tests.factories.authorities import YEAR, rsa_key
from tests.factories.signed import BOXES, archive_stamp, sign, stamper_of
from tests.security.attacks import ALL
from tests.security.attacks.cases import (
    NOW,
    certified,
    house,
    letter,
    long_term,
    revision,
    second,
    signed,
    signer,
    stamper,
)
from tests.support.pyhanko_alone import pyhanko_alone

BOMBS = {f"hurting.decompression_bomb_in_the_{place}" for place in ("table", "form")}
"""Judged in confinement (test_hurting_uploads); without it they take their time."""


@pytest.mark.parametrize("name", [name for name in ALL if name not in BOMBS])
def test_no_attack_is_judged_valid(name):
    case = ALL[name]()
    report = judge(case.data, case.trust or house().trust(), case.now)
    assert report.verdict is not Verdict.VALID
    assert report.verdict.value in case.expect.split("|"), report.reasons
    assert report.reasons
    for reason in report.reasons:
        assert all(reason.text.values())
    assert not report.certified
    with pyhanko_alone():
        assert judge(case.data, case.trust or house().trust(), case.now) == report


def test_there_are_enough_of_them():
    assert len(ALL) >= 120


def _lt(data: bytes, holder, field: str = "ttd1", **how) -> bytes:
    return sign(
        data, holder, field=field, stamp=stamper(), house=house(), crls=house().crls(), **how
    )


def _archived() -> bytes:
    return _lt(letter(), signer(), archive=True)


def _archived_twice() -> bytes:
    later = stamper_of(house().stamper(), NOW + YEAR)
    return archive_stamp(_archived(), later, house(), house().crls(at=NOW + YEAR))


def _three() -> bytes:
    data = _lt(letter(3), signer())
    data = _lt(data, second(), "ttd2")
    return _lt(data, house().issue("Contoh Tiga"), "ttd3")


def _with_a_spare_number() -> bytes:
    """As iText does: a number stays free that nobody used, in the update that carries a signature."""
    return sign(revision(signed(2), {}, free=(90,)), second(), field="ttd2")


def _as_poppler_writes() -> bytes:
    """Objects of a later generation than any before, which the standard does not foresee."""
    return sign(revision(letter(), {60: b"(contoh)"}, generation=1), signer(), strict=False)


def _and_signed_again(data: bytes) -> bytes:
    return sign(data, second(), field="baru", box=BOXES[1], strict=False)


HONEST = {
    "signed twice, as poppler writes": (
        lambda: _and_signed_again(_as_poppler_writes()),
        "B-B",
        2,
    ),
    "b-b": (signed, "B-B", 1),
    "b-t": (lambda: sign(letter(), signer(), stamp=stamper()), "B-T", 1),
    "b-lt": (long_term, "B-LT", 1),
    "b-lta": (_archived, "B-LTA", 1),
    "archived again": (_archived_twice, "B-LTA", 1),
    "rsa 3072": (
        lambda: sign(letter(), house().issue("RSA", key=rsa_key(3072)), stamp=stamper()),
        "B-T",
        1,
    ),
    "not pades": (lambda: sign(letter(), signer(), pades=False), "PKCS7-B", 1),
    "two signers": (lambda: _lt(_lt(letter(2), signer()), second(), "ttd2"), "B-LT", 2),
    "three signers": (_three, "B-LT", 3),
    "certified, then signed": (lambda: sign(certified(2), second(), field="ttd2"), "B-B", 2),
    "certified, no change allowed": (lambda: certified(1, 1), "B-B", 1),
    "certified, archived": (
        lambda: _lt(letter(), signer(), certify=1, archive=True),
        "B-LTA",
        1,
    ),
    "a spare number": (_with_a_spare_number, "B-B", 2),
    "read forgivingly": (_as_poppler_writes, "B-B", 1),
    "a field of one's own": (
        lambda: sign(signed(), second(), field="baru", box=BOXES[1]),
        "B-B",
        2,
    ),
}


@pytest.mark.parametrize("name", HONEST)
def test_no_honest_file_is_refused(name):
    make, level, count = HONEST[name]
    data = make()
    report = judge(data, house().trust(), NOW + timedelta(hours=1))
    with pyhanko_alone():
        assert judge(data, house().trust(), NOW + timedelta(hours=1)) == report
    assert report.verdict is Verdict.VALID, report.reasons
    people = [s for s in report.signatures if s.kind == "signature"]
    assert len(people) == count
    assert {s.level for s in people} == {level}
    assert report.certified is False


def test_only_an_indonesian_anchor_makes_it_certified():
    assert judge(long_term(), house().trust(psre=True), NOW).certified


def test_a_long_term_signature_outlives_its_certificate():
    report = judge(long_term(), house().trust(), NOW + 4 * YEAR)
    assert report.verdict is Verdict.VALID
    assert report.signatures[0].proven_at == NOW


def test_an_archived_signature_outlives_its_time_stamping_authority():
    short = stamper_of(house().stamper(end=NOW + YEAR), NOW)
    data = sign(letter(), signer(), stamp=short, house=house(), crls=house().crls())
    late = NOW + 3 * YEAR
    assert judge(data, house().trust(), late).verdict is Verdict.INVALID
    archive = stamper_of(house().stamper(), NOW + timedelta(days=200))
    kept = archive_stamp(data, archive, house(), house().crls(at=NOW + timedelta(days=200)))
    assert judge(kept, house().trust(), late).verdict is Verdict.VALID


def test_a_certificate_revoked_later_leaves_the_signature_valid():
    holder = house().issue("Contoh")
    data = sign(letter(), holder, stamp=stamper(), house=house(), crls=house().crls())
    crl = house().crl((holder, NOW + timedelta(days=30)), at=NOW + timedelta(days=31))
    trust = Trust.model_construct(anchors=house().trust().anchors, crls=(crl,))
    later = NOW + timedelta(days=40)
    stands = judge(data, trust, later)
    assert stands.verdict is Verdict.VALID
    assert "certificate-revoked-later" in codes(stands)
    falls = judge(sign(letter(), holder), trust, later)
    assert falls.verdict is Verdict.INVALID
    assert codes(falls) == ["certificate-revoked-unproven"]


def codes(report):
    return [reason.code for signature in report.signatures for reason in signature.reasons]


def test_where_readers_may_differ_only_a_signature_over_every_byte_counts():
    born = revision(letter(), {60: b"(contoh)"}, generation=1)
    twice = revision(born, {60: b"(lain)"}, generation=2)
    data = _and_signed_again(sign(twice, signer(), strict=False))
    report = judge(data, house().trust(), NOW)
    assert report.verdict is Verdict.UNREADABLE
    assert [s.verdict for s in report.signatures] == [Verdict.UNREADABLE, Verdict.VALID]
