"""Moments as Indonesians say them, in the agency's zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core.clock import ZONES
from backend.organisation.models import Agency

MONTHS = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
]


def agency_zone(session: Session) -> ZoneInfo:
    """The zone in which the agency keeps its papers; WIB before it is set up."""
    return ZONES[session.scalar(select(Agency.zone).limit(1)) or "WIB"]


def day(at: datetime, zone: ZoneInfo) -> str:
    """A day, such as «30 November 2026»."""
    local = at.astimezone(zone)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"


def moment(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """«pukul 08.40» today, «29 November 2026 pukul 08.40» on other days."""
    local = at.astimezone(zone)
    clock = f"pukul {local:%H.%M}"
    if local.date() == now.astimezone(zone).date():
        return clock
    return f"{day(at, zone)} {clock}"
