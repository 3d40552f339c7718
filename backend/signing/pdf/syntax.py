"""Objects that are PDF syntax already, for pyHanko's writer to place."""

from typing import Any

from pyhanko.pdf_utils import generic


class Raw(generic.PdfObject):
    """An object as its bytes: a dictionary, or a dictionary with its stream."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def write_to_stream(self, stream: Any, handler: Any = None, container_ref: Any = None) -> None:
        del handler, container_ref
        stream.write(self._data)


def stream(entries: str, data: bytes) -> Raw:
    """A stream with its entries but for /Length."""
    head = f"<<{entries} /Length {len(data)}>>\nstream\n".encode()
    return Raw(b"%b%b\nendstream" % (head, data))


def text(reference: generic.IndirectObject) -> str:
    return f"{reference.idnum} {reference.generation} R"
