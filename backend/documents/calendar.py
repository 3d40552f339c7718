"""Days as the agency counts them: its zone turns the year, Indonesian names the months."""

from datetime import date

from sqlalchemy import select

from backend.core.clock import ZONES
from backend.core.db import Work
from backend.organisation.models import Agency

MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September"),
    *("Oktober", "November", "Desember"),
)
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def today(work: Work) -> date:
    """The date in the agency's zone at this moment."""
    zone = work.session.scalar(select(Agency.zone)) or "WIB"
    return work.now.astimezone(ZONES[zone]).date()


def in_words(day: date) -> str:
    """As printed on papers, such as «31 Desember 2026»."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
