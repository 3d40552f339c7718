"""Days and times as people write them, in the agency's zone."""

from datetime import datetime

from backend.core.clock import ZONES

MONTHS = {
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
    "en": "January February March April May June July August September October November December",
}


def when(moment: datetime, zone: str, lang: str) -> str:
    """Such as «23 November 2026, 09.16 WIB»; in English with a colon."""
    clock = f"{_local(moment, zone):%H.%M}"
    clock = clock.replace(".", ":") if lang == "en" else clock
    return f"{day(moment, zone, lang)}, {clock}\N{NO-BREAK SPACE}{zone}"


def day(moment: datetime, zone: str, lang: str) -> str:
    local = _local(moment, zone)
    return f"{local.day}\N{NO-BREAK SPACE}{MONTHS[lang].split()[local.month - 1]} {local.year}"


def _local(moment: datetime, zone: str) -> datetime:
    try:
        return moment.astimezone(ZONES[zone])
    except OverflowError:
        # 99991231235959Z: no well-defined end (RFC 5280 §4.1.2.5).
        return moment
