"""What an answer of the service means: only a refusal lets anybody sign again."""

import json
from typing import Any

import pytest

from backend.signing.bsre.service import RefusedError, require_dispatched
from backend.signing.bsre.transport import Answer


def answer(said: dict[str, Any]) -> Answer:
    return Answer(200, {}, json.dumps(said).encode())


@pytest.mark.parametrize(
    "said",
    [
        {"file": ["JVBERi0="], "error": None},
        {"file": ["JVBERi0="], "error": "", "status_code": 200},
        {"file": ["JVBERi0="], "message": "Selesai dalam 2031"},
        {"error": None},
    ],
)
def test_an_answer_that_may_hold_a_signature_is_no_refusal(said: dict[str, Any]) -> None:
    require_dispatched(answer(said))


@pytest.mark.parametrize(
    "said", [{"error": "Passphrase anda salah 2031"}, {"message": "Gagal 2011", "file": []}]
)
def test_words_without_a_file_refuse(said: dict[str, Any]) -> None:
    with pytest.raises(RefusedError):
        require_dispatched(answer(said))
