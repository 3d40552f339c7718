"""Archive time stamps over papers of several signers, and the check that each must pass."""

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from backend.certificates.revocation import Evidence
from backend.signing.pdf import archive_stamp
from backend.signing.pdf.archive_check import check
from backend.signing.pdf.archive_stamp import Archived
from backend.signing.pdf.proofs import SelfCheckError
from backend.verification.judge import judge
from backend.verification.trust import BOTH, Trust, anchor_of
from backend.verification.verdicts import Verdict
from tests.factories.authority import Authority, der
from tests.factories.judges import pdfsig, pyhanko, pyhanko_lta, qpdf_complains, trust_in_nss
from tests.unit.signing.conftest import Signed


class Lists:
    """The authority's evidence about any of its certificates."""

    def __init__(self, authority: Authority) -> None:
        self.authority = authority

    def evidence(self, certificates: Sequence[bytes]) -> Evidence:
        return self.authority.evidence([*certificates, der(self.authority.issuing)])


@pytest.fixture(scope="module")
def once(three: Signed, authority: Authority) -> Archived:
    return archive_stamp.add(three.data, authority, Lists(authority))


@pytest.fixture(scope="module")
def twice(once: Archived, authority: Authority) -> Archived:
    return archive_stamp.add(once.data, authority, Lists(authority))


def test_each_stamp_preserves_every_signature(
    three: Signed, once: Archived, twice: Archived, authority: Authority
) -> None:
    assert (once.field, twice.field) == ("StempelArsip1", "StempelArsip2")
    assert check(once.data, three.data, once.field, authority.now) == once.stamped_at
    assert check(twice.data, once.data, twice.field, authority.now) == twice.stamped_at
    trust = Trust.model_construct(
        anchors=(anchor_of("Contoh", der(authority.root), BOTH, psre=False),), crls=()
    )
    for archived in (once, twice):
        report = judge(archived.data, trust, authority.now)
        assert report.verdict is Verdict.VALID
        people = [s.level for s in report.signatures if s.kind == "signature"]
        assert people == ["B-LTA"] * 3


def test_other_judges_accept_it(
    once: Archived, twice: Archived, authority: Authority, tmp_path: Path
) -> None:
    nss = trust_in_nss(tmp_path / "nss", authority.root, authority.issuing)
    for archived in (once, twice):
        path = tmp_path / "archived.pdf"
        path.write_bytes(archived.data)
        assert qpdf_complains(path) is None
        people = [v for v in pdfsig(path, nss) if v.field.startswith("TTE")]
        for verdict in [*people, *pyhanko(archived.data, authority.root)]:
            assert verdict.intact, verdict.detail
            assert verdict.trusted, verdict.detail
        assert len(people) == 3
    for archived in (once, twice):
        verdicts = pyhanko_lta(archived.data, authority.root)
        assert [v.intact and v.trusted for v in verdicts] == [True] * 3, verdicts


BREAKS: dict[str, Callable[[bytes, bytes], bytes]] = {
    "a byte of the file before": lambda data, _: data[:100] + b"\1" + data[101:],
    "cut off": lambda data, _: data[:-20],
    "no stamp": lambda _, before: before,
    "a digit of the stamp": lambda data, _: _flipped(data, _contents_of(data) + 801),
    "the padding": lambda data, _: _flipped(data, data.index(b">", _contents_of(data)) - 1),
    "the byte range": lambda data, _: _flipped(data, data.rindex(b"/ByteRange") + 14),
    "another kind": lambda data, _: data.replace(b"/DocTimeStamp", b"/DocTimeStanp"),
    "evidence": lambda data, before: _flipped(data, data.index(b"/Certs", len(before)) + 3),
}


def _contents_of(data: bytes) -> int:
    return [m.start() for m in re.finditer(rb"/Contents\s*<", data)][-1]


def _flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


@pytest.mark.parametrize("break_", BREAKS.values(), ids=BREAKS)
def test_the_check_refuses_a_file_with(
    break_: Callable[[bytes, bytes], bytes],
    three: Signed,
    once: Archived,
    authority: Authority,
) -> None:
    with pytest.raises(SelfCheckError):
        check(break_(once.data, three.data), three.data, once.field, authority.now)


def test_the_check_refuses_another_time_and_another_field(
    three: Signed, once: Archived, authority: Authority
) -> None:
    for field, at in (
        (once.field, authority.now + timedelta(hours=1)),
        ("StempelArsip2", authority.now),
    ):
        with pytest.raises(SelfCheckError):
            check(once.data, three.data, field, at)
