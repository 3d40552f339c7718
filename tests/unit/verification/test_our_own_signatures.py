"""What the signing engine makes passes the judge, which shares no code with it."""

import pytest

from backend.verification import judge as judging
from backend.verification.judge import judge
from backend.verification.trust import BOTH, Trust, anchor_of
from backend.verification.verdicts import Verdict
from tests.factories.authority import Authority, der
from tests.unit.signing.conftest import sign_paper


@pytest.fixture(scope="module")
def house() -> Authority:
    return Authority()


def trust(house: Authority) -> Trust:
    root = anchor_of("Contoh", der(house.root), BOTH, psre=False)
    return Trust.model_construct(anchors=(root,), crls=())


@pytest.mark.parametrize("count", [1, 2, 3])
def test_each_stage_is_valid_long_term_and_nothing_is_amiss(house, count):
    signed = sign_paper(house, [house.signer(f"Orang Contoh {n}") for n in range(count)])
    report = judge(signed.data, trust(house), house.now)
    assert report.verdict is Verdict.VALID, report.reasons
    assert not report.reasons
    people = [s for s in report.signatures if s.kind == "signature"]
    assert [s.signer for s in people] == [f"Orang Contoh {n}" for n in range(count)]
    assert {s.level for s in people} == {"B-LT"}
    assert people[0].certification == 2


def test_a_byte_added_to_it_is_noticed(house):
    signed = sign_paper(house, [house.signer()])
    assert judge(signed.data + b"x", trust(house), house.now).verdict is Verdict.TAMPERED


def test_what_warms_the_judge_up_is_a_long_term_signature_that_holds(monkeypatch):
    said = []
    monkeypatch.setattr(judging, "judge", lambda *order: said.append(judge(*order)))
    judging.warm_up()
    assert said[0].verdict is Verdict.VALID
    assert said[0].signatures[0].level == "B-LT"
