"""Judging without the plain ways: every structure and path goes through pyHanko's own machinery."""

import contextlib
from collections.abc import Iterator
from unittest import mock

from backend.verification import chain, cms_check


@contextlib.contextmanager
def pyhanko_alone() -> Iterator[None]:
    """While this lasts, nothing is plain."""
    with (
        mock.patch.object(chain, "plain_path", return_value=None),
        mock.patch.object(cms_check.plain_cms, "read", return_value=None),
    ):
        yield
