"""The app's own files, and nothing else of the machine."""

import pytest

from mobile_api import shell


@pytest.mark.parametrize(
    "path", ["/../secrets/master", "/%2e%2e/secrets/master", "/assets/../../secrets/master"]
)
def test_nobody_learns_which_files_exist_elsewhere(client, tmp_path, monkeypatch, path):
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<!doctype html><title>Centang</title>")
    (tmp_path / "secrets").mkdir()
    monkeypatch.setattr(shell, "DIST", dist)
    with client.get(path) as answer:
        before = answer.status_code, answer.data
    (tmp_path / "secrets" / "master").write_text("canary")
    with client.get(path) as answer:
        assert (answer.status_code, answer.data) == before
