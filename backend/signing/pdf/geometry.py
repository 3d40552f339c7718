"""Places on a page as a person sees it, and where they lie in the PDF's own coordinates."""

from dataclasses import dataclass

MM = 72 / 25.4


@dataclass(frozen=True)
class Rect:
    """A rectangle in points, measured from the bottom left of the page as displayed."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def top(self) -> float:
        return self.y + self.height

    def meets(self, other: "Rect") -> bool:
        """Whether the two share more than an edge."""
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.top
            and other.y < self.top
        )

    def within(self, width: float, height: float) -> bool:
        """Whether it lies on a page of this size (half a point of rounding forgiven)."""
        return (
            self.x >= -0.5
            and self.y >= -0.5
            and self.right <= width + 0.5
            and self.top <= height + 0.5
        )


@dataclass(frozen=True)
class PageBox:
    """The visible part of a page (CropBox, or MediaBox) in the PDF's coordinates, and its turn."""

    left: float
    bottom: float
    right: float
    top: float
    rotate: int = 0
    """Clockwise degrees by which a viewer turns the page: 0, 90, 180 or 270."""

    @property
    def width(self) -> float:
        """As displayed."""
        return self.top - self.bottom if self.rotate in {90, 270} else self.right - self.left

    @property
    def height(self) -> float:
        """As displayed."""
        return self.right - self.left if self.rotate in {90, 270} else self.top - self.bottom

    @property
    def matrix(self) -> tuple[float, float, float, float, float, float]:
        """Takes displayed points to the PDF's coordinates (ISO 32000-1 §8.3.4)."""
        return {
            0: (1, 0, 0, 1, self.left, self.bottom),
            90: (0, 1, -1, 0, self.right, self.bottom),
            180: (-1, 0, 0, -1, self.right, self.top),
            270: (0, -1, 1, 0, self.left, self.top),
        }[self.rotate]

    @property
    def turn(self) -> tuple[float, float, float, float, float, float]:
        """The same without the shift: keeps an annotation upright on a turned page."""
        a, b, c, d, _, _ = self.matrix
        return (a, b, c, d, 0, 0)

    def to_pdf(self, rect: Rect) -> tuple[float, float, float, float]:
        """The annotation rectangle (left, bottom, right, top) of a displayed rectangle."""
        a, b, c, d, e, f = self.matrix
        corners = [
            (a * x + c * y + e, b * x + d * y + f)
            for x, y in ((rect.x, rect.y), (rect.right, rect.top))
        ]
        xs, ys = zip(*corners, strict=True)
        return (min(xs), min(ys), max(xs), max(ys))
