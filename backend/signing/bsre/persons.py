"""Whether a certificate names the person that was meant."""

import re
import unicodedata

from cryptography import x509
from cryptography.x509.oid import NameOID

from backend.organisation.titles import without_titles

_NIK = re.compile(r"(?<!\d)\d{16}(?!\d)")


def is_person(certificate: bytes, nik: str, name: str) -> bool:
    """By NIK where the certificate's subject carries one, and by name where it does not.

    Certificates print names without titles and in capitals; appearances print them with titles.
    """
    subject = x509.load_der_x509_certificate(certificate).subject
    numbers = {n for attribute in subject for n in _NIK.findall(str(attribute.value))}
    if numbers:
        return numbers == {nik}
    names = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return len(names) == 1 and _plain(str(names[0].value)) == _plain(name)


def _plain(name: str) -> list[str]:
    """Letters only, without marks: «Mu’awanah» and «MUAWANAH» are one person's name."""
    decomposed = unicodedata.normalize("NFKD", without_titles(name)).casefold()
    return ["".join(c for c in word if c.isalnum()) for word in decomposed.split()]
