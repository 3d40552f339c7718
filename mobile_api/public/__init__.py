"""The citizen's pages: no session, no script, any phone."""

from mobile_api.public.views import pages

__all__ = ["pages"]
