"""Version 1 of the API: one module a resource, each with its schemas beside its views."""

from flask import Blueprint

BLUEPRINTS: tuple[Blueprint, ...] = ()
