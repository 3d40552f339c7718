"""Official letters of an office that does not exist, printed as an office prints them."""

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

TEMPLATE = Path(__file__).with_name("letter.html")


@dataclass(frozen=True)
class Letter:
    """What differs from letter to letter; the last page bears the anchor «^» for a signature."""

    kind: str
    heading: str
    subject: str
    urgency: str = "biasa"
    due_in_hours: int | None = None
    number: str = "300.2/117/DISDIK"
    date: str = "2 Maret 2026"

    def printed(self, browser: Browser, path: Path) -> Path:
        """Writes the letter as a PDF (F4) to `path`."""
        given = {
            "heading": self.heading,
            "subject": self.subject,
            "title": self.subject.upper(),
            "urgency": self.urgency.replace("-", " ").capitalize(),
            "number": self.number,
            "date": self.date,
        }
        text = TEMPLATE.read_text()
        for name, value in given.items():
            text = text.replace(f"{{{name}}}", value)
        page = browser.new_page()
        page.set_content(text)
        page.pdf(path=path, prefer_css_page_size=True, print_background=True)
        page.close()
        return path


MAIN = Letter(
    "SE", "SURAT EDARAN", "Kesiapsiagaan menghadapi musim hujan", "segera", due_in_hours=5
)
OTHERS = (
    Letter("ST", "SURAT TUGAS", "Pendampingan asesmen sekolah", "biasa", due_in_hours=30),
    Letter("SK", "KEPUTUSAN", "Panitia hari pendidikan daerah", "biasa", due_in_hours=75),
    Letter("SE", "SURAT EDARAN", "Jadwal penerimaan murid baru", "amat-segera", due_in_hours=3),
)
