"""A signed paper or two, made once: each costs a preparation and a signature."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from backend.signing.pdf import pades
from backend.signing.pdf.appearance import Wording
from backend.signing.pdf.foot import Foot, issuer_sentence
from backend.signing.pdf.geometry import Rect
from backend.signing.pdf.placeholder import Block, Placeholder, first_placeholder, next_placeholder
from tests.factories.authority import AT, Authority, Signer
from tests.factories.sheets import paper

CODE = "7K2QF9XW3M4TBNE8HJ2C"
URL = f"https://centang.contoh.go.id/v/{CODE}"
FOOT = Foot(issuer_sentence(["Penerbit Contoh"], bsre=False), URL)
RATNA = Wording(
    "Plt. Sekretaris Daerah", "Dra. Hj. Ratna Contoh, M.Si.", "197003121995032001", URL, CODE
)


def everywhere(page: int, rect: Rect) -> bool:
    return True


def block(number: int, page: int = 1, words: Wording = RATNA, x: float | None = None) -> Block:
    left = 40 + (number - 1) * 180 if x is None else x
    return Block(f"TTE{number}", page, Rect(left, 120, 176, 124), words)


@dataclass
class Signed:
    """A paper signed by one or more, with every stage kept."""

    base: bytes
    signers: list[Signer]
    stages: list[bytes] = field(default_factory=list)
    prepared: list[Placeholder] = field(default_factory=list)

    @property
    def data(self) -> bytes:
        return self.stages[-1]


def sign_paper(
    authority: Authority,
    signers: Sequence[Signer],
    base: bytes | None = None,
    blocks: Sequence[Block] | None = None,
) -> Signed:
    done = Signed(base or paper(), list(signers))
    blocks = blocks or [block(i + 1) for i in range(len(signers))]
    for index, signer in enumerate(signers):
        reserve = pades.reserve(signer.identity, authority)
        prepared = (
            next_placeholder(done.data, blocks[index].field, reserve)
            if index
            else first_placeholder(done.base, blocks, FOOT, everywhere, reserve)
        )
        done.prepared.append(prepared)
        made = pades.sign(
            prepared,
            AT,
            key=signer.key,
            identity=signer.identity,
            stamper=authority,
            revocation=authority,
        )
        assert made.signed_at == authority.now
        done.stages.append(made.data)
    return done


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="session")
def three(authority: Authority) -> Signed:
    """Three signers, one of them with an RSA key."""
    return sign_paper(
        authority,
        [
            authority.signer("Ratna Contoh"),
            authority.signer("Mu’awanah Contoh", kind="rsa"),
            authority.signer("Bupati Contoh"),
        ],
    )
