"""Version 1 of the API: one module a resource, each with its schemas beside its views."""

from flask import Blueprint

from mobile_api.v1 import (
    agency,
    audit,
    decisions,
    devices,
    inbox,
    invitations,
    notices,
    organisation,
    people,
    public,
    push,
    routes,
    second_factor,
    session,
    setup,
    steps,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    session.bp,
    second_factor.bp,
    invitations.bp,
    devices.bp,
    decisions.bp,
    people.bp,
    organisation.bp,
    agency.bp,
    setup.bp,
    audit.bp,
    inbox.bp,
    steps.bp,
    routes.bp,
    notices.bp,
    push.bp,
    public.bp,
)
