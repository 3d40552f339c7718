"""Putting ASN.1 together from parts that are DER already (ITU-T X.690).

Nothing is parsed or described here: a structure that is the same each time but for a digest and a
signature is quicker, and easier to compare with its standard, as bytes around these two.
"""

BOOLEAN, INTEGER, BIT_STRING, OCTETS, NULL, OID = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06
UTF8, TIME, SEQUENCE, SET = 0x0C, 0x18, 0x30, 0x31


def tlv(tag: int, *parts: bytes) -> bytes:
    """One value of a one-byte tag: tag, length, then the parts."""
    body = b"".join(parts)
    length = len(body)
    if length < 0x80:
        return bytes((tag, length)) + body
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(size))) + size + body


def sequence(*parts: bytes) -> bytes:
    return tlv(SEQUENCE, *parts)


def set_of(*parts: bytes) -> bytes:
    """A SET OF: its members in ascending order (X.690 §11.6)."""
    return tlv(SET, *sorted(parts))


def tagged(number: int, *parts: bytes) -> bytes:
    """A constructed value under a context tag: `EXPLICIT [number]`, or `IMPLICIT` of its contents."""
    return tlv(0xA0 | number, *parts)


def octets(value: bytes) -> bytes:
    return tlv(OCTETS, value)


def integer(value: int) -> bytes:
    """An INTEGER that is not negative."""
    return tlv(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    return tlv(OID, *map(_arc, (40 * first + second, *rest)))


def _arc(value: int) -> bytes:
    """Seven bits a byte, the highest bit set on all but the last (X.690 §8.19.2)."""
    out = [value & 0x7F]
    while value := value >> 7:
        out.append(0x80 | value & 0x7F)
    return bytes(reversed(out))


SHA256 = sequence(oid("2.16.840.1.101.3.4.2.1"), tlv(NULL))
"""With the NULL that old readers expect and all must accept (RFC 5754 §2)."""
ECDSA_SHA256 = sequence(oid("1.2.840.10045.4.3.2"))
RSA_SHA256 = sequence(oid("1.2.840.113549.1.1.11"), tlv(NULL))
"""RSASSA-PKCS1-v1_5 with SHA-256."""
