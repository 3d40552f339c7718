"""Puts a public page together: band, language, one inline stylesheet, its own content policy."""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import brotli
from flask import Response, make_response, render_template, request
from markupsafe import Markup
from sqlalchemy import select

from backend.core.db import Work
from backend.organisation.models import Agency
from backend.verification.moments import day, when
from mobile_api.context import current_services, current_work
from mobile_api.public.words import BANDS, label

_SOURCE = (Path(__file__).parent / "style.css").read_text()
STYLE = re.sub(r"\s*([{};:,])\s+", r"\1", re.sub(r"/\*.*?\*/|\n", "", _SOURCE))
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
# No font, no frame; but for what is said about one code, no script: a page that only shows.
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)

CHECKING = f"{POLICY}; script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'"
"""Where the claim that came with a code is checked in the browser; the page needs no script."""


@dataclass(frozen=True)
class Band:
    emblem: str
    field: str


@dataclass(frozen=True)
class PageFrame:
    lang: str
    title: str
    sentence: str
    band: Band
    agency: str
    host: str
    now: str
    switch: str | None
    """Address of the same page in the other language; None for answers to an upload."""
    query: str
    checks: bool
    """Whether it looks at the claim that it was opened with."""
    style: Markup


@dataclass(frozen=True)
class House:
    """The agency as the page's head and clock show it."""

    name: str
    zone: str


def house_of(work: Work) -> House:
    agency = work.session.scalar(select(Agency).limit(1))
    return House(agency.name, agency.zone) if agency else House("Centang", "WIB")


def language() -> str:
    return "en" if request.args.get("lang") == "en" else "id"


def show(
    template: str,
    band: str,
    *,
    status: int = 200,
    checks: bool = False,
    moment: datetime | None = None,
    words: Mapping[str, str | int] | None = None,
    pictures: bool = False,
    **facts: Any,
) -> Response:
    """A page under one of the verdict bands. `moment` and `words` fill the band's sentence.

    With `pictures`, the page carries some in itself: those of a file that is not kept.
    """
    work = current_work()
    house, lang = house_of(work), language()
    emblem, field, title, sentence = BANDS[band]
    english = lang == "en"
    filled = dict(words or {})
    if moment is not None:
        filled["date"] = day(moment, house.zone, lang)
    frame = PageFrame(
        lang=lang,
        title=title[english],
        sentence=sentence[english].format_map(filled),
        band=Band(emblem, field),
        agency=house.name,
        host=urlsplit(current_services().settings.origin).netloc,
        now=when(work.now, house.zone, lang),
        switch=_switch(english) if request.method == "GET" else None,
        query="?lang=en" if english else "",
        checks=checks,
        style=Markup(STYLE),  # noqa: S704 (our own file)
    )
    html = render_template(
        f"public/{template}.html",
        page=frame,
        t=lambda key, **params: label(key, lang, **params),
        when=partial(_when, zone=house.zone, lang=lang),
        day=partial(_day, zone=house.zone, lang=lang),
        **facts,
    )
    policy = CHECKING if checks else POLICY
    if pictures:
        policy = policy.replace("img-src 'self'", "img-src 'self' data:")
    return _answer(html, status, policy)


def _switch(english: bool) -> str:
    return request.path if english else f"{request.path}?lang=en"


def _when(moment: datetime | str, *, zone: str, lang: str) -> str:
    return when(_moment(moment), zone, lang)


def _day(moment: datetime | str, *, zone: str, lang: str) -> str:
    return day(_moment(moment), zone, lang)


def _moment(moment: datetime | str) -> datetime:
    return datetime.fromisoformat(moment) if isinstance(moment, str) else moment


def _answer(html: str, status: int, policy: str) -> Response:
    data = html.encode()
    response = make_response(data, status)
    response.content_type = "text/html; charset=utf-8"
    if request.accept_encodings["br"] > 0:
        response.set_data(brotli.compress(data, quality=5))
        response.headers["Content-Encoding"] = "br"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Content-Security-Policy"] = policy
    response.headers["Cache-Control"] = "no-store"
    return response
