"""What killed processes left in the scratch folder goes; what is being worked on stays."""

import os
import time

from backend.core.scratch import sweep


def test_only_what_is_old_and_ours_is_removed(tmp_path):
    yesterday = time.time() - 25 * 3600
    for name in ("upload-old", "upload-new", "slots", "sandbox-old"):
        path = tmp_path / name
        if name.startswith("upload"):
            path.write_bytes(b"%PDF")
        else:
            path.mkdir()
            (path / "in.pdf").write_bytes(b"%PDF")
        if not name.endswith("new"):
            os.utime(path, (yesterday, yesterday))
    assert sweep(tmp_path) == 2
    assert sorted(p.name for p in tmp_path.iterdir()) == ["slots", "upload-new"]


def test_a_folder_that_is_not_there_is_empty(tmp_path):
    assert sweep(tmp_path / "none") == 0
