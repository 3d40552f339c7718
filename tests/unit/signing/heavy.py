"""One step with a large file in a process of its own; prints the most memory it ever held, in KiB.

python -m tests.unit.signing.heavy prepare|sign FOLDER
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from backend.signing.pdf import pades, selfcheck
from backend.signing.pdf.appearance import Wording
from backend.signing.pdf.foot import Foot, issuer_sentence
from backend.signing.pdf.geometry import Rect
from backend.signing.pdf.placeholder import Block, Placeholder, Slots, first_placeholder
from tests.factories.authority import AT, Authority

URL = "https://centang.contoh.go.id/v/7K2QF9XW3M4TBNE8HJ2C"
WORDS = Wording("Sekretaris Daerah", "Ratna Contoh, M.Si.", None, URL, URL[-20:])


def pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(1024 * 1024):
            yield piece


def prepare(folder: Path) -> None:
    base = (folder / "base.pdf").read_bytes()
    block = Block("TTE1", 1, Rect(40, 120, 176, 124), WORDS)
    foot = Foot(issuer_sentence(["Penerbit Contoh"], bsre=False), URL)
    made = first_placeholder(base, [block], foot, lambda *_: True, 6000)
    (folder / "prepared.pdf").write_bytes(made.data)
    (folder / "slots.json").write_text(json.dumps(made.slots.as_json()))


def sign(folder: Path) -> None:
    authority = Authority()
    signer = authority.signer()
    slots = Slots.from_json(json.loads((folder / "slots.json").read_text()))
    prepared = Placeholder((folder / "prepared.pdf").read_bytes(), slots)
    made = pades.sign(
        prepared,
        AT,
        key=signer.key,
        identity=signer.identity,
        stamper=authority,
        revocation=authority,
    )
    expected = selfcheck.Expected(
        base=pieces(folder / "base.pdf"),
        before=prepared.data,
        field=slots.field,
        certificate=signer.identity.certificate,
        at=AT,
        first=True,
    )
    selfcheck.check(made.data, expected)


def peak() -> int:
    """The most memory held, in KiB. `ru_maxrss` would count the parent's too, before its exec."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


if __name__ == "__main__":
    {"prepare": prepare, "sign": sign}[sys.argv[1]](Path(sys.argv[2]))
    print(peak())
