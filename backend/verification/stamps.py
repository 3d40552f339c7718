"""Time stamps: whether one lends its time. An untrusted one never does."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.verification import chain, cms_check
from backend.verification.cms_check import Checked, MalformedError, Structure
from backend.verification.report import Reason, TimeStampFacts
from backend.verification.scene import Scene

SKEW = timedelta(minutes=10)
"""Clocks of services were seen to differ by nearly six minutes."""


@dataclass(frozen=True)
class Stamp:
    facts: TimeStampFacts | None
    problem: tuple[str, str] | None
    """(reason code, sub-indication) when it lends no time."""
    checked: Checked | None = None
    evidence_in_file: bool = False

    @property
    def proves(self) -> datetime | None:
        return self.facts.at if self.facts and self.problem is None else None


def judge_stamp(token: Structure, stamped: bytes | None, scene: Scene) -> Stamp:
    """Judges a time-stamp token.

    `stamped` are the bytes it should be about; None when the caller compares the imprint.
    """
    try:
        info, content = cms_check.token_info(token)
        digest = cms_check.hashed(token.digest_algorithm, content)
        checked = cms_check.check(token, digest, "tst_info", scene.shelf)
        imprint_algorithm, imprint = cms_check.imprint(info)
        matches = stamped is None or cms_check.hashed(imprint_algorithm, stamped) == imprint
    except (MalformedError, ValueError):
        return Stamp(None, ("time-stamp-malformed", "FORMAT_FAILURE"))
    moment = cms_check.generated_at(info)
    problem = checked.problem
    if problem is None and not matches:
        problem = ("time-stamp-of-something-else", "HASH_FAILURE")
    in_file = False
    if problem is None:
        weak = checked.weak or not cms_check.strong(imprint_algorithm)
        problem, in_file = _trusted(checked, moment, scene, weak=weak)
    facts = TimeStampFacts(
        at=moment,
        authority=chain.name(checked.signer),
        trusted=problem is None,
        reasons=(Reason(code=problem[0]),) if problem else (),
    )
    return Stamp(facts, problem, checked, in_file)


def _trusted(
    checked: Checked, moment: datetime, scene: Scene, *, weak: bool
) -> tuple[tuple[str, str] | None, bool]:
    if weak:
        return ("weak-algorithm", "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"), False
    if moment > scene.at + SKEW:
        return ("time-stamp-from-the-future", "TIMESTAMP_ORDER_FAILURE"), False
    signer = checked.signer
    begins, ends = signer.lives
    if not begins <= moment <= ends:
        return ("time-stamp-outside-validity", "SIG_CONSTRAINTS_FAILURE"), False
    # Judged as of the scene and not at the time it states: an authority that lost its key could state any.
    result = chain.judge_chain(signer, checked.others, "tsa", scene)
    return result.problem, result.evidence_in_file
