"""The signed files before three judges who never saw our code."""

from pathlib import Path

import pytest

from tests.factories.authority import Authority
from tests.factories.judges import Verdict, pdfsig, pyhanko, qpdf_complains, trust_in_nss
from tests.unit.signing.conftest import Signed


@pytest.fixture(scope="module")
def nss(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return trust_in_nss(tmp_path_factory.mktemp("nss") / "db", authority.root, authority.issuing)


def accepted(data: bytes, signers: int, authority: Authority, nss: Path, folder: Path) -> None:
    """The one assertion that good files pass and tampered twins must fail."""
    path = folder / "signed.pdf"
    path.write_bytes(data)
    verdicts: dict[str, list[Verdict]] = {
        "pyHanko": pyhanko(data, authority.root),
        "pdfsig": [v for v in pdfsig(path, nss) if "not signed" not in v.detail],
    }
    for judge, given in verdicts.items():
        assert len(given) == signers, judge
        for verdict in given:
            assert verdict.intact, (judge, verdict.detail)
            assert verdict.trusted, (judge, verdict.detail)
    assert qpdf_complains(path) is None


@pytest.mark.parametrize("count", [1, 2, 3])
def test_one_two_and_three_signatures_are_accepted(
    count: int, three: Signed, authority: Authority, nss: Path, tmp_path: Path
) -> None:
    accepted(three.stages[count - 1], count, authority, nss, tmp_path)


@pytest.mark.parametrize("count", [1, 3])
def test_a_tampered_twin_fails_the_same_assertion(
    count: int, three: Signed, authority: Authority, nss: Path, tmp_path: Path
) -> None:
    twin = bytearray(three.stages[count - 1])
    place = twin.index(b"/TU")  # within the first signature's range
    twin[place + 5] ^= 1
    with pytest.raises(AssertionError, match=r"intact"):
        accepted(bytes(twin), count, authority, nss, tmp_path)
