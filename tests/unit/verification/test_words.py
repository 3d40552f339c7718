"""Every finding has its sentences, and every sentence its finding."""

import re
from pathlib import Path

import backend.verification
from backend.verification.words import REASONS

SOURCES = [p for p in Path(backend.verification.__file__).parent.glob("*.py") if p.stem != "words"]
COMMAND = Path(__file__).parents[3] / "mobile_api" / "cli" / "verify.py"
CODE = re.compile(
    r'code(?:=| = )"([a-z-]+)"'
    r'|\("([a-z-]+)", "[A-Z_]+"\)'
    r'|_failed\([^)]*?"([a-z-]+)", Verdict'
    r'|unreadable(?:_report)?\("([a-z-]+)"'
    r'|MalformedError\("([a-z-]+)"'
)


def test_findings_and_sentences_agree():
    text = "\n".join(p.read_text() for p in [*SOURCES, COMMAND])
    used = {code for groups in CODE.findall(text) for code in groups if code}
    assert used == set(REASONS)


def test_no_sentence_blames_shouts_or_names_a_code():
    for languages in REASONS.values():
        for sentence in languages:
            assert sentence.endswith(".")
            assert "!" not in sentence
            assert "error" not in sentence.lower()
