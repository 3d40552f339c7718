"""What was altered after signing is shown: the page as it was, and as it is, with frames."""

import base64
import io
import time

import pytest
from PIL import Image

from backend.core.settings import Settings
from backend.verification.examination import examine, with_pictures
from backend.verification.report import FileReport
from tests.fakes.sandbox import InProcessSandbox
from tests.security.attacks import appended, byte_ranges, indexes
from tests.security.attacks.cases import NOW, house, signed


@pytest.fixture
def shown(tmp_path):
    def show(data: bytes, began: float | None = None) -> FileReport:
        sandbox = InProcessSandbox(Settings(home=tmp_path, _env_file=None))
        file = tmp_path / "file.pdf"
        file.write_bytes(data)
        report = examine(sandbox, file, house().trust(), NOW)
        return with_pictures(sandbox, file, report, time.monotonic() if began is None else began)

    return show


def picture(encoded: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(encoded))).convert("RGB")


def test_a_replaced_page_is_shown_before_and_after_with_frames(shown):
    (changed,) = shown(appended.new_page_content().data).changed_pages
    assert changed.page == 1
    before, after = picture(changed.before), picture(changed.after)
    assert before.size == after.size
    for left, top, right, bottom in changed.frames:
        assert 0 <= left < right <= 1
        assert 0 <= top < bottom <= 1
        edge = round(left * after.width), round((top + bottom) / 2 * after.height)
        red, green, _ = after.getpixel((max(edge[0] - 2, 0), edge[1]))
        assert red > green + 60


def test_a_page_that_was_added_has_no_picture_of_before(shown):
    pages = shown(appended.page_added().data).changed_pages
    assert [(p.page, p.before is None) for p in pages] == [(2, True)]


@pytest.mark.parametrize(
    "make", [indexes.hidden_object_between_table_and_end, byte_ranges.one_letter_changed]
)
def test_what_looks_the_same_or_was_never_signed_so_has_no_pictures(shown, make):
    assert shown(make().data).changed_pages == ()


def test_an_honest_file_has_none_and_no_time_means_none(shown):
    assert shown(signed()).changed_pages == ()
    late = shown(appended.new_page_content().data, began=time.monotonic() - 60)
    assert late.verdict == "tampered"
    assert late.changed_pages == ()
