"""Signature activation: what is accepted, and every way it is refused."""

import base64
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from backend.audit.models import AuditEntry
from backend.bootstrap import Services
from backend.certificates.models import Certificate, CertificateStatus
from backend.core.db import Actor
from backend.core.errors import DomainError
from backend.identity import statements
from backend.identity.models import Account, Device
from backend.signing import activation, activation_keys
from backend.signing.envelope import LONGEST
from backend.signing.models import ActivationKey, KeyCredential
from backend.signing.provider import Provider
from backend.signing.sad import MOST_DOCUMENTS, TYPE, SadClaims
from mobile_api.v1 import signing
from tests.factories import people
from tests.factories.people import DeviceKey
from tests.factories.phones import Phone, a_document, signer
from tests.support.clock import SettableClock


@pytest.fixture
def phone(services: Services, clock: SettableClock) -> Phone:
    made = signer(services)
    clock.advance(seconds=60)
    return made


def local(services: Services) -> Provider[Any]:
    with services.work() as work:
        return services.signing.provider(work)


def use(
    phone: Phone, envelope: tuple[str, str], *, actor: Actor | None = None, **expected: str
) -> SadClaims:
    """Opens and unlocks as the signing desk does; returns what was consented to."""
    services = phone.services
    policy = {"provider": local(services)} | expected
    with (
        services.work(actor or phone.actor) as work,
        activation.open_envelope(
            work,
            *envelope,
            audience=services.settings.origin,
            keys=services.master_key,
            **policy,
        ) as opened,
    ):
        assert "kuda" not in repr(opened)
        provider = local(services)
        opening = activation.unlock(work, opened, keys=services.master_key, provider=provider)
        with opening as able:
            key = able.key
            public = x509.load_der_x509_certificate(opened.credential.certificate.der).public_key()
            assert isinstance(public, ec.EllipticCurvePublicKey)
            public.verify(key.sign(b"naskah"), b"naskah", ec.ECDSA(SHA256()))
        return opened.claims


def refusal(phone: Phone, envelope: tuple[str, str], **options: Any) -> str:
    with pytest.raises(DomainError) as refused:
        use(phone, envelope, **options)
    assert refused.value.detail  # fits its parameters
    return refused.value.code


def read(phone: Phone, table: type, **where: Any) -> Any:
    with phone.services.work() as work:
        return work.session.query(table).filter_by(**where).one()


def credential(phone: Phone) -> KeyCredential:
    return read(phone, KeyCredential, person_id=phone.person.id, retired_at=None)


def test_it_unlocks_the_key_for_what_was_consented_to(phone: Phone) -> None:
    documents = [a_document(), a_document()]
    claims = use(phone, phone.sad(documents))

    assert [str(d.id) for d in claims.documents] == [d["id"] for d in documents]
    assert read(phone, Device, id=phone.device.id).last_seq == claims.seq


Misuse = Callable[[Phone], tuple[str, str]]

MISUSE: dict[str, tuple[Misuse, str]] = {
    "another installation": (
        lambda p: p.sad(aud="https://lain.contoh.test"),
        "identity/statement-invalid",
    ),
    "another person": (
        lambda p: p.sad(sub="00000000-0000-7000-8000-000000000000"),
        "identity/statement-invalid",
    ),
    "too old": (
        lambda p: p.sad(iat=int(p.services.clock.now().timestamp()) - 301),
        "identity/statement-stale",
    ),
    "from the future": (
        lambda p: p.sad(iat=int(p.services.clock.now().timestamp()) + 301),
        "identity/statement-stale",
    ),
    "a number as text": (lambda p: p.sad(seq="7"), "signing/envelope-invalid"),
    "a sequence number of nothing": (lambda p: p.sad(seq=0), "signing/envelope-invalid"),
    "an offline grant": (lambda p: p.sad(grant="x" * 32), "signing/envelope-invalid"),
    "an unknown member": (lambda p: p.sad(extra=True), "signing/envelope-invalid"),
    "too many documents": (
        lambda p: p.sad([a_document() for _ in range(501)]),
        "signing/envelope-invalid",
    ),
    "one step twice": (lambda p: p.sad([a_document()] * 2), "signing/envelope-invalid"),
    "another action": (
        lambda p: p.sad([a_document() | {"action": "seal"}]),
        "signing/envelope-invalid",
    ),
    "a digest that is none": (
        lambda p: p.sad([a_document() | {"prepared_sha256": "ff"}]),
        "signing/envelope-invalid",
    ),
    "secrets it does not name": (
        lambda p: p.sad(jwe_sha256="0" * 64),
        "signing/envelope-unbound",
    ),
    "secrets of another statement": (
        lambda p: p.sad(header={"sad_jti": "another-statement"}),
        "signing/envelope-unbound",
    ),
    "secrets of another kind": (
        lambda p: p.sad(header={"typ": "JWT"}),
        "signing/envelope-invalid",
    ),
    "secrets to an unknown key": (
        lambda p: p.sad(header={"kid": "unknown"}),
        "signing/activation-key-gone",
    ),
    "no passphrase": (lambda p: p.sad(secrets={"passphrase": ""}), "signing/envelope-invalid"),
    "a code that is no text": (lambda p: p.sad(secrets={"code": 1}), "signing/envelope-invalid"),
    "a secret too many": (lambda p: p.sad(secrets={"pin": "1"}), "signing/envelope-invalid"),
    "an endless passphrase": (
        lambda p: p.sad(secrets={"passphrase": "x" * 257}),
        "signing/envelope-invalid",
    ),
    "another credential": (lambda p: p.sad(credential="0" * 64), "signing/other-credential"),
    "another provider": (lambda p: p.sad(provider="bsre"), "signing/other-provider"),
    "another kind of statement": (
        lambda p: p.envelope("tick+jwt"),
        "identity/statement-invalid",
    ),
    "a wrong code": (lambda p: p.sad(secrets={"code": "000000"}), "identity/wrong-code"),
    "a wrong passphrase": (
        lambda p: p.sad(secrets={"passphrase": "bukan ini kuncinya"}),
        "signing/wrong-passphrase",
    ),
}


@pytest.mark.parametrize("name", MISUSE)
def test_it_refuses(phone: Phone, name: str) -> None:
    make, code = MISUSE[name]

    assert refusal(phone, make(phone)) == code


def test_it_refuses_another_devices_signature(phone: Phone) -> None:
    sad, sealed = phone.sad()
    header, payload, _ = sad.split(".")
    stranger = DeviceKey()
    forged = stranger.sign("sad+jwt", {}, kid=phone.key.thumbprint)
    assert refusal(phone, (f"{header}.{payload}.{forged.split('.')[2]}", sealed)) == (
        "identity/statement-invalid"
    )
    assert refusal(phone, (stranger.sign("sad+jwt", {}), sealed)) == "identity/device-unknown"


def test_it_refuses_a_statement_carried_to_another_session(
    phone: Phone, services: Services
) -> None:
    with services.work() as work:
        other, _ = people.device(work.session, phone.person)
        stranger = people.person(work.session)
    for actor in (
        Actor(person_id=phone.person.id, device_id=other.id),
        Actor(person_id=phone.person.id),
        Actor(person_id=stranger.id, device_id=phone.device.id),
    ):
        assert refusal(phone, phone.sad(), actor=actor) == "identity/device-unknown"


def test_it_refuses_a_device_that_may_not_sign(phone: Phone, services: Services) -> None:
    changes: list[tuple[str, dict[str, Any]]] = [
        ("identity/device-waits", {"may_sign_from": services.clock.now() + timedelta(hours=1)}),
        ("identity/device-unknown", {"lost_at": services.clock.now()}),
        ("identity/device-unknown", {"revoked_at": services.clock.now()}),
    ]
    for code, facts in changes:
        with services.work() as work:
            device = work.session.get_one(Device, phone.device.id)
            for name, value in facts.items():
                setattr(device, name, value)
        assert refusal(phone, phone.sad()) == code


def test_it_refuses_while_signing_is_suspended(phone: Phone, services: Services) -> None:
    with services.work() as work:
        account = work.session.get_one(Account, phone.person.id)
        account.signing_suspended_at = work.now

    assert refusal(phone, phone.sad()) == "identity/signing-suspended"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (CertificateStatus.SUSPENDED, "signing/certificate-suspended"),
        (CertificateStatus.REVOKED, "signing/no-credential"),
    ],
)
def test_it_refuses_a_certificate_that_is_not_valid(
    phone: Phone, services: Services, status: CertificateStatus, code: str
) -> None:
    with services.work() as work:
        work.session.get_one(Certificate, phone.certificate.id).status = status

    assert refusal(phone, phone.sad()) == code


def test_it_refuses_an_expired_certificate(phone: Phone, clock: SettableClock) -> None:
    clock.advance(days=2 * 365 + 1)

    assert refusal(phone, phone.sad()) == "signing/certificate-expired"


def test_it_refuses_a_person_without_credential(phone: Phone, services: Services) -> None:
    with services.work() as work:
        work.session.query(KeyCredential).delete()

    assert refusal(phone, phone.sad()) == "signing/no-credential"


def test_one_envelope_is_used_once(phone: Phone, clock: SettableClock) -> None:
    envelope = phone.sad()
    use(phone, envelope)
    clock.advance(seconds=30)

    assert refusal(phone, envelope) == "identity/statement-replayed"


def test_one_code_signs_once(phone: Phone, clock: SettableClock) -> None:
    use(phone, phone.sad())
    again = phone.sad()
    assert refusal(phone, again) == "identity/code-used"

    clock.advance(seconds=30)
    use(phone, phone.sad())


def test_a_refused_code_leaves_the_envelope_unused(phone: Phone, clock: SettableClock) -> None:
    """A used code is nobody's fault: the sheet waits for the next one and nothing was counted."""
    use(phone, phone.sad())
    before = read(phone, Device, id=phone.device.id).last_seq
    refusal(phone, phone.sad())

    assert read(phone, Device, id=phone.device.id).last_seq == before


def test_sequence_numbers_only_grow(phone: Phone, clock: SettableClock) -> None:
    use(phone, phone.sad(seq=40))
    clock.advance(seconds=30)

    for seq in (40, 39):
        assert refusal(phone, phone.sad(seq=seq)) == "signing/sequence-seen"
    with phone.services.work() as work:
        seen = work.session.scalars(
            select(AuditEntry.data)
            .where(AuditEntry.action == "device.sequence-repeated")
            .order_by(AuditEntry.seq)
        ).all()
    assert [data["seq"] for data in seen] == [40, 39]
    use(phone, phone.sad(seq=41))


def test_refusals_before_the_code_cost_nothing(phone: Phone) -> None:
    for name, (make, code) in MISUSE.items():
        if code not in {"identity/wrong-code", "signing/wrong-passphrase"}:
            assert refusal(phone, make(phone)) == code, name

    assert credential(phone).wrong_tries == 0
    use(phone, phone.sad())


def test_a_wrong_code_never_tries_the_passphrase(phone: Phone) -> None:
    secrets = {"code": "000000", "passphrase": "bukan ini kuncinya"}
    assert refusal(phone, phone.sad(secrets=secrets)) == "identity/wrong-code"

    assert credential(phone).wrong_tries == 0


def test_a_wrong_passphrase_uses_up_code_and_envelope_and_is_counted(phone: Phone) -> None:
    envelope = phone.sad(secrets={"passphrase": "bukan ini kuncinya"})
    assert refusal(phone, envelope) == "signing/wrong-passphrase"

    assert credential(phone).wrong_tries == 1
    assert refusal(phone, envelope) == "identity/statement-replayed"
    assert refusal(phone, phone.sad()) == "identity/code-used"


def test_wrong_passphrases_lock_longer_each_time_and_a_right_one_forgets(
    phone: Phone, clock: SettableClock
) -> None:
    def wrong() -> str:
        clock.advance(seconds=30)
        return refusal(phone, phone.sad(secrets={"passphrase": "bukan ini kuncinya"}))

    for minutes in (15, 30):
        codes = [wrong() for _ in range(5)]
        assert codes == ["signing/wrong-passphrase"] * 4 + ["signing/credential-locked"]
        locked_until = credential(phone).locked_until
        assert locked_until == clock.now() + timedelta(minutes=minutes)
        clock.advance(seconds=30)
        assert refusal(phone, phone.sad()) == "signing/credential-locked"
        clock.advance(minutes=minutes)
    use(phone, phone.sad())
    assert (credential(phone).wrong_tries, credential(phone).locked_until) == (0, None)


def test_the_row_of_another_person_does_not_open(
    phone: Phone, services: Services, clock: SettableClock
) -> None:
    """A database administrator who knows one passphrase cannot lend its key to somebody else."""
    thief = signer(services)
    clock.advance(seconds=60)
    with services.work() as work:
        rows = {c.person_id: c for c in work.session.query(KeyCredential)}
        rows[phone.person.id].wrapped = rows[thief.person.id].wrapped

    assert refusal(phone, phone.sad()) == "signing/wrong-passphrase"


def test_the_same_envelope_at_the_same_moment_unlocks_exactly_once(phone: Phone) -> None:
    envelope = phone.sad()
    together = Barrier(6)

    def attempt(_: int) -> str:
        together.wait()
        try:
            use(phone, envelope)
        except DomainError as refused:
            return refused.code
        return "unlocked"

    with ThreadPoolExecutor(6) as pool:
        results = sorted(pool.map(attempt, range(6)))
    assert results == ["identity/statement-replayed"] * 5 + ["unlocked"]


def test_two_envelopes_with_one_code_at_the_same_moment_unlock_once(phone: Phone) -> None:
    envelopes = [phone.sad(), phone.sad()]
    together = Barrier(2)

    def attempt(envelope: tuple[str, str]) -> bool:
        together.wait()
        try:
            use(phone, envelope)
        except DomainError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, envelopes)) == [False, True]


def test_an_old_activation_key_opens_until_its_window_ends(
    phone: Phone, services: Services, clock: SettableClock
) -> None:
    first = phone.activation_key()
    clock.advance(hours=25)
    assert phone.activation_key().kid != first.kid

    def rotate() -> ActivationKey:
        with services.work() as work:
            activation_keys.rotate(work, keys=services.master_key, issuer=services.issuer)
        return read(phone, ActivationKey, kid=first.kid)

    assert rotate().sealed is not None
    clock.set(first.destroy_at)
    assert rotate().sealed is None
    with services.work() as work, pytest.raises(DomainError, match="activation-key-gone"):
        activation_keys.private_key(work, first.kid, keys=services.master_key)


def test_the_activation_key_is_certified_and_says_who_vouches(phone: Phone) -> None:
    row = phone.activation_key()
    leaf, certifier = (
        x509.load_der_x509_certificate(base64.b64decode(text)) for text in row.public_jwk["x5c"]
    )
    leaf.verify_directly_issued_by(certifier)
    public = leaf.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    x = int.from_bytes(base64.urlsafe_b64decode(row.public_jwk["x"] + "="))
    assert public.public_numbers().x == x
    assert "d" not in row.public_jwk


def test_the_most_papers_a_batch_may_have_fit_into_one_statement(
    phone: Phone, services: Services
) -> None:
    """In the longest words: each with what the national service draws on it, and its own level."""
    place = {"page": 1450, "x": 320.25, "y": 140.75, "width": 190.25, "height": 124.75, "tag": "#"}
    longest = {
        "input_sha256": "0" * 64,
        "placement": {**place, "picture_sha256": "0" * 64},
        "level": "B-LTA",
    }
    documents = []
    for _ in range(MOST_DOCUMENTS):
        named = a_document() | longest
        named.pop("prepared_sha256")
        documents.append(named)
    sad, secrets = phone.sad(documents)

    assert signing.Authorisation(sad=sad, secrets=secrets).sad == sad
    claims = statements.claims_signed_by(phone.device.public_jwk, sad, TYPE)
    assert len(SadClaims.model_validate(claims).documents) == len(documents)


def test_secrets_are_wiped_whether_it_ends_well_or_not(phone: Phone, services: Services) -> None:
    with services.work(phone.actor) as work:
        opened = activation.open_envelope(
            work,
            *phone.sad(),
            audience=services.settings.origin,
            provider=local(services),
            keys=services.master_key,
        )
        with pytest.raises(RuntimeError), opened:
            raise RuntimeError
        with pytest.raises(ValueError, match="wiped"):
            opened.secrets.passphrase.reveal()


@given(noise=st.binary(max_size=400))
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_sealed_or_sent_is_refused_in_words(phone: Phone, noise: bytes) -> None:
    """No exception of a library ever gets out, whatever strangers send."""
    usual, good = phone.sad()
    jti = "noise-noise-noise"
    sealed = phone.seal(jti, noise)
    parts = good.split(".")
    for text in (
        sealed,
        noise.decode("latin-1"),
        f"{parts[0]}.{parts[1]}.{parts[2]}.{noise.hex()}.{parts[4]}",
        f"{parts[0]}.{noise.hex()}.{parts[2]}.{parts[3]}.{parts[4]}",
        f"{noise.hex()}.{parts[1]}.{parts[2]}.{parts[3]}.{parts[4]}",
        "x" * (LONGEST + 1),
    ):
        digest = hashlib.sha256(text.encode()).hexdigest()
        sad, _ = phone.sad(jti=jti, jwe_sha256=digest)
        assert refusal(phone, (sad, text)).startswith(("signing/", "identity/"))
    assert refusal(phone, (noise.decode("latin-1"), good)) == "identity/statement-invalid"
    del usual
    assert isinstance(phone.person.id, UUID)
