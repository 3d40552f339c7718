"""Whatever acts, hides other files, or fetches its content from elsewhere, wherever it stands.

Every object of the file is looked at, reachable or not: a list of the known places (Names,
OpenAction, AA, annotations, fields) would miss the next one.
"""

import re
from collections.abc import Iterator

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from backend.documents.pdf.refusals import Refused

_BY_KEY = {
    "/JS": "documents/javascript",
    "/JavaScript": "documents/javascript",
    "/XFA": "documents/xfa",
    "/EF": "documents/embedded-files",
    "/EmbeddedFiles": "documents/embedded-files",
    "/Collection": "documents/embedded-files",
    "/RichMediaContent": "documents/multimedia",
}
_BY_VALUE = {  # of /S, /Subtype or /Type
    "/JavaScript": "documents/javascript",
    "/Launch": "documents/launch-action",
    "/GoToR": "documents/outward-action",
    "/GoToE": "documents/outward-action",
    "/SubmitForm": "documents/outward-action",
    "/ImportData": "documents/outward-action",
    "/EmbeddedFile": "documents/embedded-files",
    "/FileAttachment": "documents/embedded-files",
    "/RichMedia": "documents/multimedia",
    "/RichMediaExecute": "documents/multimedia",
    "/3D": "documents/multimedia",
    "/Movie": "documents/multimedia",
    "/Sound": "documents/multimedia",
    "/Screen": "documents/multimedia",
    "/Rendition": "documents/multimedia",
    "/GoTo3DView": "documents/multimedia",
    "/PS": "documents/external-content",
}
_SPEAKING_KEYS = ("/S", "/Subtype", "/Type", "/Subtype2")
# qpdf writes names without escapes, so one search over an object's text decides who is looked into.
_SUSPECT = re.compile(
    b"(?:%s)(?![^\\s/()<>\\[\\]{}%%])"
    % b"|".join(n.encode() for n in {*_BY_KEY, *_BY_VALUE, "/Ref"})
)


def check_activity(pdf: Pdf) -> None:
    """Refuses JavaScript, launch and outward actions, XFA, embedded files, multimedia and content
    that is fetched from outside.
    """
    for item in pdf.objects:
        holder = item.stream_dict if isinstance(item, Stream) else item
        if isinstance(item, Stream) and "/F" in holder:
            raise Refused("documents/external-content")
        if _SUSPECT.search(holder.unparse(resolved=True)):
            _look_into(holder)
    named = pdf.Root.get("/Names")
    if isinstance(named, Dictionary):
        _look_into(named)


def _look_into(holder: Object) -> None:
    if isinstance(holder, Name) and str(holder) in _BY_VALUE:
        # A lone name, to which some dictionary's /S points.
        raise Refused(_BY_VALUE[str(holder)])
    for dictionary in _dictionaries(holder):
        for key, value in dictionary.items():
            if key in _BY_KEY:
                raise Refused(_BY_KEY[key])
            if key == "/Ref" and isinstance(value, Dictionary):
                raise Refused("documents/external-content")  # a structure element's is a list
        for speaking in _SPEAKING_KEYS:
            code = _BY_VALUE.get(str(dictionary.get(speaking, "")))
            if code and not (code == "documents/external-content" and speaking == "/S"):
                raise Refused(code)


def _dictionaries(holder: Object) -> Iterator[Dictionary]:
    """The direct dictionaries within one indirect object."""
    pending: list[Object] = [holder]
    while pending:
        item = pending.pop()
        if isinstance(item, Dictionary):
            yield item
            children = [value for _, value in item.items()]
        elif isinstance(item, Array):
            children = list(item)
        else:
            continue
        pending += [c for c in children if isinstance(c, Dictionary | Array) and not c.is_indirect]
