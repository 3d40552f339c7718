"""The WSGI entry: `gunicorn wsgi:app`. `centang serve` starts it with everything around it."""

from backend.bootstrap import build
from backend.core.settings import Settings
from mobile_api.app import Application
from mobile_api.app import create_app as make_app


def create_app() -> Application:
    """The application for the installation that the environment describes."""
    settings = Settings()
    if settings.database_url is None:
        raise SystemExit("DATABASE_URL is not set: start with `centang serve`, or name a database.")
    return make_app(build(settings, settings.database_url))


app = create_app()
