"""Makes the file say one thing to everybody: what is drawn on its pages, and nothing besides.

Flattens forms and annotations, merges layers, keeps an allow-list of the catalog's and the pages'
entries, and lays every page upright with its visible corner at the origin. Each function answers
findings: what an operator should know was changed.
"""

from typing import Any

from pikepdf import Array, Dictionary, Name, Page, Pdf, Stream

from backend.documents.pdf.refusals import Refused

Finding = dict[str, Any]

_CATALOG = {
    *("/Type", "/Pages", "/Metadata", "/StructTreeRoot", "/MarkInfo", "/Lang", "/Outlines"),
    *("/PageLabels", "/Dests", "/Names", "/ViewerPreferences", "/PageMode", "/PageLayout"),
    *("/OutputIntents",),
}
_PAGE = {
    *("/Type", "/Parent", "/Resources", "/MediaBox", "/Contents", "/Annots", "/StructParents"),
    *("/Tabs", "/Group"),
}
_LINK = ("/Type", "/Subtype", "/Rect", "/QuadPoints", "/Dest", "/H", "/F", "/StructParent")
# Entries that show something else in print, on another machine, or to another program.
_TWO_FACED = ("/OC", "/Alternates", "/OPI", "/PieceInfo", "/Metadata", "/TR", "/TR2", "/HTP")
_HIDDEN, _NO_VIEW = 2, 32
_LINK_SCHEMES = ("http://", "https://", "mailto:")
MIN_SIDE, MAX_SIDE, MAX_ASPECT = 72.0, 3456.0, 6.0
"""Points: an inch, A0 and a bit; a ten-pixel strip drawn to phone width would never end."""


def merge_layers(pdf: Pdf) -> list[Finding]:
    """Turns layers that everybody sees into plain content; refuses any that someone would not."""
    layers = pdf.Root.get("/OCProperties")
    if not isinstance(layers, Dictionary):
        return []
    default = layers.get("/D", Dictionary())
    switched = default.get("/BaseState", Name.ON) != Name.ON or len(default.get("/OFF", []))
    if switched or len(default.get("/AS", [])) or len(layers.get("/Configs", [])):
        raise Refused("documents/hidden-layers")
    for item in pdf.objects:
        if isinstance(item, Dictionary) and item.get("/Type") == Name.OCMD:
            raise Refused("documents/hidden-layers")
    for group in layers.get("/OCGs", []):
        for key in list(group.keys()):
            del group[key]
    del pdf.Root["/OCProperties"]
    return [{"code": "layers-merged", "params": {}}]


def flatten(pdf: Pdf) -> list[Finding]:
    """Draws form fields and visible annotations into the page; keeps only plain links."""
    form = pdf.Root.get("/AcroForm")
    if isinstance(form, Dictionary) and form.get("/NeedAppearances", False):
        pdf.generate_appearance_streams()
    counts = {"forms-flattened": 0, "annotations-flattened": 0, "annotations-removed": 0}
    kept: list[list[Dictionary]] = []
    for page in pdf.pages:
        links, drawn = [], []
        annotations = page.obj.get("/Annots", Array())
        for note in annotations if isinstance(annotations, Array) else ():
            if not isinstance(note, Dictionary):
                continue
            verdict = _judge(note)
            if verdict == "link":
                links.append(_plain_link(note))
            elif verdict:
                counts[verdict] += 1
                if verdict != "annotations-removed":
                    drawn.append(note)
        if drawn:
            page.obj.Annots = Array(drawn)
        elif "/Annots" in page.obj:
            del page.obj["/Annots"]
        kept.append(links)
    if any(counts.values()):
        pdf.flatten_annotations("all")
    for page, links in zip(pdf.pages, kept, strict=True):
        if links:
            page.obj.Annots = Array([pdf.make_indirect(link) for link in links])
        elif "/Annots" in page.obj:
            del page.obj["/Annots"]
    return [{"code": code, "params": {"count": n}} for code, n in counts.items() if n]


def _judge(note: Dictionary) -> str | None:
    """Which count an annotation adds to; «link» is kept, None is nothing worth a word."""
    kind = note.get("/Subtype")
    if kind == Name.Popup:
        return None
    if kind == Name.Link:
        return "link"
    invisible = int(note.get("/F", 0)) & (_HIDDEN | _NO_VIEW)
    appearance = note.get("/AP", Dictionary()).get("/N")
    if kind == Name.Widget:
        # A field without a face draws nothing: an unsigned signature box, a button's outline.
        return "forms-flattened" if appearance is not None and not invisible else None
    if invisible or appearance is None or kind == Name.Text:
        return "annotations-removed"
    return "annotations-flattened"


def _plain_link(note: Dictionary) -> Dictionary:
    link = Dictionary({key: note[key] for key in _LINK if key in note})
    link.Border = Array([0, 0, 0])
    action = note.get("/A")
    if isinstance(action, Dictionary):
        kind = action.get("/S")
        if kind == Name.GoTo and "/D" in action:
            link.A = Dictionary(S=Name.GoTo, D=action.D)
        elif kind == Name.URI:
            address = str(action.get("/URI", ""))
            if address.strip().lower().startswith(("javascript:", "vbscript:", "data:")):
                raise Refused("documents/javascript")
            if address.lower().startswith(_LINK_SCHEMES):
                link.A = Dictionary(S=Name.URI, URI=action.URI)
    return link


def keep_the_known(pdf: Pdf) -> None:
    """Drops every entry of catalog and pages that is not on the list, and what shows two faces."""
    for key in set(pdf.Root.keys()) - _CATALOG:
        del pdf.Root[key]
    names = pdf.Root.get("/Names")
    if isinstance(names, Dictionary):
        for key in set(names.keys()) - {"/Dests"}:
            del names[key]
    for page in pdf.pages:
        for key in set(page.obj.keys()) - _PAGE:
            del page.obj[key]
    for item in pdf.objects:
        holder = item.stream_dict if isinstance(item, Stream) else item
        if isinstance(holder, Dictionary) and item.objgen != pdf.Root.objgen:
            for key in _TWO_FACED:
                if key in holder:
                    del holder[key]


def lay_upright(pdf: Pdf) -> list[Finding]:
    """Makes what is visible the whole page: upright, its lower left corner at the origin.

    A page that is turned or shifted becomes a form drawn once, so that its patterns and links
    follow. Refuses pages too small, too large or too narrow to be read.
    """
    turned = 0
    for number, page in enumerate(pdf.pages, 1):
        media, crop = _box(page.mediabox, number), _box(page.cropbox, number)
        x0, y0 = max(media[0], crop[0]), max(media[1], crop[1])
        width = min(media[2], crop[2]) - x0
        height = min(media[3], crop[3]) - y0
        if float(page.obj.get("/UserUnit", 1)) != 1 or not _readable(width, height):
            raise Refused("documents/odd-page", page=number)
        rotation = page.rotation % 360
        if rotation or abs(x0) > 0.001 or abs(y0) > 0.001:
            turned += rotation != 0
            _wrap(pdf, page, (x0, y0, width, height), rotation)
            if rotation in {90, 270}:
                width, height = height, width
        page.obj.MediaBox = Array([0, 0, round(width, 3), round(height, 3)])
        for key in ("/Rotate", "/CropBox", "/UserUnit"):
            if key in page.obj:
                del page.obj[key]
    return [{"code": "pages-turned", "params": {"count": turned}}] if turned else []


def _box(value: Array, number: int) -> tuple[float, float, float, float]:
    try:
        a, b, c, d = (float(v) for v in value)
    except (TypeError, ValueError) as error:
        raise Refused("documents/odd-page", page=number) from error
    return min(a, c), min(b, d), max(a, c), max(b, d)


def _readable(width: float, height: float) -> bool:
    small, large = sorted((width, height))
    return small >= MIN_SIDE and large <= MAX_SIDE and large <= MAX_ASPECT * small


def _wrap(pdf: Pdf, page: Page, box: tuple[float, float, float, float], rotation: int) -> None:
    x0, y0, width, height = box
    matrix = {
        0: (1, 0, 0, 1, -x0, -y0),
        90: (0, -1, 1, 0, -y0, x0 + width),
        180: (-1, 0, 0, -1, x0 + width, y0 + height),
        270: (0, 1, -1, 0, y0 + height, -x0),
    }[rotation]
    page.contents_coalesce()
    content = page.obj.Contents.read_bytes() if "/Contents" in page.obj else b""
    form = pdf.make_stream(
        content,
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([x0, y0, x0 + width, y0 + height]),
        Matrix=Array([round(v, 5) for v in matrix]),
        Resources=page.resources,
    )
    if "/Group" in page.obj:
        form.Group = page.obj.Group
    page.obj.Resources = Dictionary(XObject=Dictionary(Page=form))
    page.obj.Contents = pdf.make_stream(b"/Page Do")
    for link in page.obj.get("/Annots", ()):
        for key in ("/Rect", "/QuadPoints"):
            if key in link:
                link[key] = _moved([float(v) for v in link[key]], matrix, rect=key == "/Rect")


def _moved(numbers: list[float], matrix: tuple[float, ...], *, rect: bool) -> Array:
    a, b, c, d, e, f = matrix
    pairs = zip(numbers[::2], numbers[1::2], strict=False)
    points = [(a * x + c * y + e, b * x + d * y + f) for x, y in pairs]
    if rect:
        across, down = [p[0] for p in points], [p[1] for p in points]
        points = [(min(across), min(down)), (max(across), max(down))]
    return Array([round(v, 3) for point in points for v in point])
