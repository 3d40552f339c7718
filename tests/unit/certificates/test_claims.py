"""Claims on paper: for ever readable, and worth nothing once touched or moved."""

import base64
import dataclasses
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from backend.certificates import claims, status_list
from backend.certificates.claims import Claim
from backend.certificates.cose import CoseError, PublicKey
from backend.certificates.status_list import Status

GOLDEN = sorted((Path(__file__).parent / "golden").glob("claim-*.json"))
ADDRESS = "https://naskah.contoh.example/v/7Q2M4XK9TB1V8W3ZC6HD"
LIST = "https://naskah.contoh.example/.well-known/status/1"
NOW = datetime(2026, 11, 23, 2, 16, tzinfo=UTC)
CLAIM = Claim(
    number="300.2/0412/SETDA/2026",
    subject="Kesiapsiagaan menghadapi musim hujan",
    signer="Dra. Hj. Ratna Contoh, M.Si.",
    position="Plt. Sekretaris Daerah",
    dated=date(2026, 11, 23),
    length=48_211,
    digest=bytes(range(32)),
    index=70_123,
)
KEY = ec.generate_private_key(ec.SECP256R1())


def keys(*made: ec.EllipticCurvePrivateKey) -> dict[bytes, PublicKey]:
    public = [PublicKey.of(one.public_key()) for one in made]
    return {one.kid: one for one in public}


def printed(claim: Claim = CLAIM, address: str = ADDRESS) -> str:
    return f"{address}#{claims.pack(claims.sign(claim, address, KEY, NOW))}"


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_claim_of_every_version_that_was_ever_printed_is_read(path: Path) -> None:
    """Never change what is in that folder; add to it."""
    kept: dict[str, Any] = json.loads(path.read_text())
    key = PublicKey(decoded(kept["key"]["x"]), decoded(kept["key"]["y"]))
    assert key.kid == decoded(kept["key"]["kid"])

    found = claims.read(kept["address"], {key.kid: key})

    said = dataclasses.asdict(found.claim)
    said |= {"digest": found.claim.digest.hex(), "dated": str(found.claim.dated)}
    assert said == kept["claim"]
    assert found.at == datetime.fromisoformat(kept["issued_at"])


def test_there_is_a_golden_claim_of_the_version_made_now() -> None:
    assert f"claim-{claims.FIELDS}" in {path.stem for path in GOLDEN}


def test_it_says_what_was_claimed_and_when() -> None:
    found = claims.read(printed(), keys(KEY))
    assert (found.claim, found.at) == (CLAIM, NOW)


def test_a_claim_without_number_subject_and_date_is_one_too() -> None:
    bare = dataclasses.replace(CLAIM, number=None, subject=None, dated=None)
    assert claims.read(printed(bare), keys(KEY)).claim == bare


def test_a_key_that_was_rotated_away_still_vouches() -> None:
    newer = ec.generate_private_key(ec.SECP256R1())
    assert claims.read(printed(), keys(newer, KEY)).claim == CLAIM
    with pytest.raises(CoseError):
        claims.read(printed(), keys(newer))


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://naskah.contoh.example/v/7Q2M4XK9TB1V8W3ZC6HE",
        "https://naskah-contoh.example/v/7Q2M4XK9TB1V8W3ZC6HD",
        "http://naskah.contoh.example/v/7Q2M4XK9TB1V8W3ZC6HD",
        "https://naskah.contoh.example:8443/v/7Q2M4XK9TB1V8W3ZC6HD",
        "https://naskah.contoh.example/x/v/7Q2M4XK9TB1V8W3ZC6HD",
    ],
)
def test_a_claim_moved_to_another_code_or_house_is_refused(elsewhere: str) -> None:
    with pytest.raises(CoseError):
        claims.read(f"{elsewhere}#{printed().partition('#')[2]}", keys(KEY))


def test_how_the_address_is_spelt_does_not_matter_where_browsers_say_so() -> None:
    place, _, digits = printed().partition("#")
    spelt = place.replace("https://naskah.contoh.example", "HTTPS://Naskah.Contoh.Example:443")
    assert claims.read(f"{spelt}#{digits}", keys(KEY)).claim == CLAIM


def test_not_a_bit_of_it_can_be_changed() -> None:
    token = claims.unpack(printed().partition("#")[2])
    for at in range(len(token)):
        touched = token[:at] + bytes([token[at] ^ 1]) + token[at + 1 :]
        with pytest.raises(CoseError):
            claims.read(f"{ADDRESS}#{claims.pack(touched)}", keys(KEY))


@pytest.mark.parametrize(
    "fragment", ["", "1", "2123", "1abc", "199999999999999999", "1٣٤٥", "112", "halaman-2", "1000"]
)
def test_what_is_no_claim_is_refused(fragment: str) -> None:
    with pytest.raises(CoseError):
        claims.read(f"{ADDRESS}#{fragment}", keys(KEY))


def test_a_status_list_is_no_claim() -> None:
    made = status_list.sign(status_list.pack(b"\xaa"), LIST, KEY, NOW)
    with pytest.raises(CoseError):
        claims.read(f"{ADDRESS}#{claims.pack(made)}", keys(KEY))


def test_fields_of_a_later_version_are_refused() -> None:
    with pytest.raises(CoseError):
        Claim.of([claims.FIELDS + 1, *CLAIM.fields[1:]])


@given(st.binary(max_size=400))
def test_packing_loses_nothing(token: bytes) -> None:
    packed = claims.pack(token)
    assert packed.isdigit()
    assert claims.unpack(packed) == token


def test_the_size_is_known_before_the_signature() -> None:
    token = claims.sign(CLAIM, ADDRESS, KEY, NOW)
    assert len(token) == len(claims.sized(CLAIM))


def test_the_list_says_what_became_of_each_paper() -> None:
    statuses = bytearray()
    status_list.put(statuses, 5, Status.VALID)
    status_list.put(statuses, 6, Status.SUPERSEDED)
    status_list.put(statuses, 9, Status.VALID)
    status_list.put(statuses, 9, Status.REVOKED)
    message = status_list.sign(status_list.pack(bytes(statuses)), LIST, KEY, NOW)

    found = status_list.read(message, LIST, keys(KEY))

    assert found.at == NOW
    wanted = {5: Status.VALID, 6: Status.SUPERSEDED, 9: Status.REVOKED}
    for index in range(12):
        assert found[index] is wanted.get(index, Status.NOT_ISSUED)
    assert found[12] is None


def test_the_list_is_a_token_status_list() -> None:
    """draft-ietf-oauth-status-list §5.2: type, subject, and the status list's claim."""
    message = cbor2.loads(status_list.sign(status_list.pack(b"\xaa"), LIST, KEY, NOW))
    header, payload = cbor2.loads(message.value[0]), cbor2.loads(message.value[2])
    assert header[16] == "application/statuslist+cwt"
    assert payload[2] == LIST
    assert payload[65533]["bits"] == 2


def test_another_houses_list_is_refused() -> None:
    message = status_list.sign(status_list.pack(b"\xaa"), LIST, KEY, NOW)
    with pytest.raises(CoseError):
        status_list.read(message, LIST.replace("contoh", "lain"), keys(KEY))
    with pytest.raises(CoseError):
        status_list.read(message, LIST, keys(ec.generate_private_key(ec.SECP256R1())))


def test_a_list_of_a_hundred_thousand_papers_is_small() -> None:
    """One in a thousand revoked or superseded."""
    statuses = bytearray()
    for index in range(100_000):
        status_list.put(statuses, index, Status.REVOKED if index % 1009 == 7 else Status.VALID)
    message = status_list.sign(status_list.pack(bytes(statuses)), LIST, KEY, NOW)
    assert len(message) < 1500


def test_claims_outlive_the_certificate_of_their_key() -> None:
    """Paper is kept for decades: nothing in a claim runs out."""
    token = claims.sign(CLAIM, ADDRESS, KEY, NOW - timedelta(days=40 * 365))
    assert claims.read(f"{ADDRESS}#{claims.pack(token)}", keys(KEY)).claim == CLAIM
