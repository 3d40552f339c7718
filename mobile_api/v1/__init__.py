"""Version 1 of the API: one module a resource, each with its schemas beside its views."""

from flask import Blueprint

from mobile_api.v1 import (
    agency,
    audit,
    credentials,
    decisions,
    devices,
    documents,
    inbox,
    invitations,
    notices,
    numbers,
    organisation,
    people,
    public,
    push,
    routes,
    second_factor,
    session,
    setup,
    steps,
    versions,
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
    credentials.bp,
    inbox.bp,
    steps.bp,
    documents.bp,
    versions.bp,
    numbers.bp,
    routes.bp,
    notices.bp,
    push.bp,
    public.bp,
)
