"""Papers put on somebody's desk in no time: by an operator's browser, without its screens."""

import time
from typing import Any

from playwright.sync_api import APIResponse

from tests.e2e.pages import Desk

EXAMINED = 120
"""Seconds until the worker has looked at every file, on a busy machine."""


class Filler:
    """The API as the signed-in operator's browser would call it."""

    def __init__(self, operator: Desk) -> None:
        self._page, self._base = operator.page, f"{operator.origin}/api/v1"
        self._csrf = self.get("/session")["csrf"]

    def get(self, path: str) -> Any:
        answer = self._page.request.get(self._base + path)
        assert answer.ok, answer.text()
        return answer.json()

    def send(self, method: str, path: str, **body: Any) -> Any:
        answer = self._send(method, path, **body)
        assert answer.ok, answer.text()
        return answer.json()

    def _send(self, method: str, path: str, **body: Any) -> APIResponse:
        headers = {"X-CSRF-Token": self._csrf} | body.pop("headers", {})
        return self._page.request.fetch(
            self._base + path, method=method, headers=headers, **({"data": {}} | body)
        )

    def queue(self, papers: dict[str, bytes], *route: tuple[str, str]) -> dict[str, str]:
        """Each subject's file to these (position title, "initial" or "sign"); ids by subject."""
        positions = {one["title"]: one["id"] for one in self.get("/positions")["items"]}
        unit = next(r for r in self.get("/session")["roles"] if r["role"] == "operator")["unit_id"]
        facts = {"unit_id": unit, "type_code": "SE", "classification": "300.2"}
        steps = [{"position_id": positions[title], "action": act} for title, act in route]
        ids = {}
        for subject, file in papers.items():
            made = self.send("POST", "/documents", data=facts | {"subject": subject})
            ids[subject] = made["id"]
            pdf = {"Content-Type": "application/pdf"}
            self.send("POST", f"/documents/{made['id']}/versions", data=file, headers=pdf)
        for document in ids.values():
            self.send("PUT", f"/documents/{document}/route", data={"steps": steps})
            self._queue_once_examined(document)
        return ids

    def marks(self, document: str) -> list[str]:
        """What the timeline says happened, in order."""
        return [one["kind"] for one in self.get(f"/documents/{document}/timeline")["items"]]

    def _queue_once_examined(self, document: str) -> None:
        deadline = time.monotonic() + EXAMINED
        while not (answer := self._send("POST", f"/documents/{document}/queue")).ok:
            assert answer.json()["code"] == "routing/version-not-ready", answer.text()
            assert time.monotonic() < deadline, "the file was not examined"
            self._page.wait_for_timeout(100)
