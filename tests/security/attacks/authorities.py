"""Look-alike authorities, and games with expiry, revocation, usage, strength and time stamps."""

from datetime import timedelta

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from backend.verification.trust import Trust
from tests.factories.authorities import YEAR, Holder, House, rsa_key, usage
from tests.factories.signed import archive_stamp, sign, stamper_of
from tests.security.attacks.cases import NOW, Case, attack, house, letter, signer, stamper

DAY = timedelta(days=1)


def _signed_by(holder: Holder, **how) -> bytes:
    return sign(letter(), holder, **how)


@attack
def look_alike_authority() -> Case:
    """The same names, another key."""
    return Case(
        _signed_by(House("Contoh", NOW).issue("Dra. Hj. Ratna Contoh")), "invalid|untrusted"
    )


@attack
def stranger() -> Case:
    return Case(_signed_by(House("Lain", NOW).issue("Orang Lain")), "untrusted")


@attack
def signed_by_oneself() -> Case:
    own = House("Lain", NOW)
    return Case(_signed_by(own.root), "untrusted|invalid")


@attack
def issued_by_somebody_who_may_not() -> Case:
    """A signer's certificate used as an authority's."""
    forged = house().issue("Dra. Hj. Ratna Contoh", issuer=signer())
    return Case(_signed_by(forged), "invalid|untrusted")


@attack
def authority_signs_as_a_person() -> Case:
    return Case(_signed_by(house().issuing), "invalid")


@attack
def web_servers_certificate() -> Case:
    uses = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)
    return Case(_signed_by(house().issue("naskah.contoh.test", uses=uses)), "invalid")


@attack
def key_for_encryption_only() -> Case:
    holder = house().issue("Contoh", usage=usage(key_encipherment=True))
    return Case(_signed_by(holder), "invalid")


@attack
def anchor_trusted_for_time_stamps_only() -> Case:
    return Case(_signed_by(signer()), "untrusted", house().trust(purposes=("tsa",)))


@attack
def expired() -> Case:
    holder = house().issue("Contoh", start=NOW - 2 * YEAR, end=NOW - DAY)
    return Case(_signed_by(holder), "invalid")


@attack
def not_yet_valid() -> Case:
    holder = house().issue("Contoh", start=NOW + DAY, end=NOW + YEAR)
    return Case(_signed_by(holder), "invalid")


@attack
def expired_before_its_time_stamp() -> Case:
    holder = house().issue("Contoh", start=NOW - 2 * YEAR, end=NOW - DAY)
    return Case(_signed_by(holder, stamp=stamper()), "invalid")


@attack
def expired_and_stamped_by_a_stranger() -> Case:
    """An untrusted authority lends no time, so the old date proves nothing."""
    holder = house().issue("Contoh", start=NOW - 2 * YEAR, end=NOW - DAY)
    liar = stamper_of(House("Lain", NOW).stamper(), NOW - YEAR)
    return Case(_signed_by(holder, stamp=liar), "invalid")


@attack
def expired_and_stamped_without_the_purpose() -> Case:
    holder = house().issue("Contoh", start=NOW - 2 * YEAR, end=NOW - DAY)
    liar = stamper_of(house().issue("Bukan TSA", key=rsa_key(2048)), NOW - YEAR)
    return Case(_signed_by(holder, stamp=liar), "invalid")


@attack
def expired_and_stamped_by_an_expired_authority() -> Case:
    holder = house().issue("Contoh", start=NOW - 3 * YEAR, end=NOW - YEAR)
    old = house().stamper(start=NOW - 4 * YEAR, end=NOW - YEAR)
    return Case(_signed_by(holder, stamp=stamper_of(old, NOW - 2 * YEAR)), "invalid")


@attack
def stamped_in_the_future() -> Case:
    holder = house().issue("Contoh", start=NOW + YEAR, end=NOW + 2 * YEAR)
    liar = stamper_of(house().stamper(), NOW + YEAR + DAY)
    return Case(_signed_by(holder, stamp=liar), "invalid")


@attack
def expired_and_archived_by_a_stranger() -> Case:
    holder = house().issue("Contoh", start=NOW - 2 * YEAR, end=NOW - DAY)
    foreign = House("Lain", NOW)
    liar = stamper_of(foreign.stamper(), NOW - YEAR)
    return Case(archive_stamp(_signed_by(holder), liar, foreign, foreign.crls()), "invalid")


@attack
def revoked_by_the_files_own_list() -> Case:
    holder = house().issue("Contoh")
    crls = [house().crl((holder, NOW - DAY)), house().crl(issuer=house().root)]
    honest = sign(letter(), signer(), stamp=stamper(), house=house(), crls=crls)
    both = sign(
        honest, holder, field="baru", box=(320, 120, 510, 200), stamp=stamper(), reason="dicabut"
    )
    return Case(both, "invalid")


@attack
def revoked_by_a_stale_list() -> Case:
    """A list out of date still names the certificate; a check that fails softly forgives it."""
    holder = house().issue("Contoh")
    stale = house().crl((holder, NOW - 60 * DAY), at=NOW - 50 * DAY)
    trust = Trust.model_construct(anchors=house().trust().anchors, crls=(stale,))
    return Case(_signed_by(holder, stamp=stamper()), "invalid", trust)


@attack
def revoked_by_this_houses_list() -> Case:
    holder = house().issue("Contoh")
    crl = house().crl((holder, NOW - DAY))
    trust = Trust.model_construct(anchors=house().trust().anchors, crls=(crl,))
    return Case(_signed_by(holder), "invalid", trust)


@attack
def authority_revoked_by_its_root() -> Case:
    other = House("Contoh Dua", NOW)
    crl = other.crl((other.issuing, NOW - DAY), issuer=other.root)
    trust = Trust.model_construct(anchors=other.trust().anchors, crls=(crl,))
    return Case(_signed_by(other.issue("Contoh")), "invalid", trust)


@attack
def short_key() -> Case:
    return Case(_signed_by(house().issue("Contoh", key=rsa_key(1024))), "invalid")


@attack
def old_digest() -> Case:
    return Case(_signed_by(signer(), digest="sha1"), "invalid")


@attack
def purpose_unknown() -> Case:
    uses = (x509.ObjectIdentifier("1.2.3.4.5"),)
    return Case(_signed_by(house().issue("Contoh", uses=uses)), "invalid")
