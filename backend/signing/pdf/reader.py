"""Reading a file that is about to grow: as pyHanko does, but packed objects in linear time."""

import io

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.misc import PdfStrictReadError
from pyhanko.pdf_utils.reader import PdfFileReader


class Reader(PdfFileReader):
    """Reads the index of packed objects once, and not anew for each of them."""

    def __init__(self, data: bytes) -> None:
        self._packs: dict[int, tuple[io.BytesIO, list[tuple[int, int]]]] = {}
        super().__init__(io.BytesIO(data))

    def _get_object_from_stream(self, idnum: int, stmnum: int, idx: int) -> generic.PdfObject:
        """ISO 32000-1 §7.5.7."""
        if stmnum not in self._packs:
            self._packs[stmnum] = self._pack(generic.Reference(stmnum, 0, self).get_object())
        data, places = self._packs[stmnum]
        if idx >= len(places) or places[idx][0] != idnum:
            raise PdfStrictReadError("another object is packed there")
        data.seek(places[idx][1])
        found = generic.read_object(data, generic.Reference(idnum, 0, self))
        if isinstance(found, generic.StreamObject | generic.IndirectObject):
            raise PdfStrictReadError("an object that must not be packed")
        return found

    @staticmethod
    def _pack(stream: generic.PdfObject) -> tuple[io.BytesIO, list[tuple[int, int]]]:
        if not isinstance(stream, generic.StreamObject) or stream["/Type"] != "/ObjStm":
            raise PdfStrictReadError("no packed objects there")
        data, first = stream.read_data(DecodePurpose.OBJECT_STREAM), int(stream["/First"])
        try:
            numbers = [int(word) for word in data[:first].split()]
        except ValueError as error:
            raise PdfStrictReadError("the index of packed objects is broken") from error
        offsets = [first + offset for offset in numbers[1::2]]
        places = list(zip(numbers[::2], offsets, strict=False))
        return io.BytesIO(data), places[: int(stream["/N"])]
