"""Signing one paper of 100 KB: the engine alone, and the whole request from phone to answer."""

import itertools

import pytest

from backend.signing.pdf import pades, selfcheck
from backend.signing.pdf.placeholder import first_placeholder
from tests.factories.authority import AT, Authority
from tests.factories.sheets import paper
from tests.factories.signings import case, further_case
from tests.support.browser import signed_in
from tests.unit.signing.conftest import FOOT, block, everywhere

PADDING = 100 * 1024


@pytest.mark.parametrize("kind", ["ecdsa", "rsa"])
def test_sign_100_kb_in_process(benchmark, kind):
    """CMS, time stamp, evidence and the independent check; the file was prepared when queued."""
    authority = Authority()
    signer = authority.signer(kind=kind)
    base = paper(padding=PADDING)
    room = pades.reserve(signer.identity, authority)
    prepared = first_placeholder(base, [block(1)], FOOT, everywhere, room)
    expected = selfcheck.Expected(
        base=base,
        before=prepared.data,
        field=prepared.slots.field,
        certificate=signer.identity.certificate,
        at=AT,
        first=True,
    )

    def sign():
        made = pades.sign(
            prepared,
            AT,
            key=signer.key,
            identity=signer.identity,
            stamper=authority,
            revocation=authority,
        )
        return selfcheck.check(made.data, expected)

    assert benchmark(sign) == authority.now


def test_prepare_100_kb(benchmark):
    """Fields, appearance, feet and placeholder, once a paper."""
    base = paper(padding=PADDING)
    made = benchmark(lambda: first_placeholder(base, [block(1)], FOOT, everywhere, 4096))
    assert made.data.startswith(base)


@pytest.mark.timeout(600)
def test_whole_request_to_sign(benchmark, app, services):
    """From the envelope's arrival to the final state: code, passphrase (Argon2id), signature."""
    first = case(services, base=paper(padding=PADDING))
    ratna = first.signatories[0]
    phone = signed_in(app, services, ratna.person, device=ratna.phone.device)
    papers = itertools.chain([first], iter(lambda: further_case(first), None))

    def queued():
        one = next(papers)
        one.tick(ratna)
        sad, secrets = one.sad(ratna)
        return ({"sad": sad, "secrets": secrets},), {}

    def request(envelope):
        return phone.post("/signing/authorisations", envelope)

    answer = benchmark.pedantic(request, setup=queued, rounds=20)
    assert answer.json["attempts"][0]["state"] == "finished"
