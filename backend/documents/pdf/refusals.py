"""How the sandboxed part says no: a problem's code and its parameters."""

from typing import Any


class Refused(Exception):  # noqa: N818 (an answer, not a failure)
    """The file is refused. `code` is one of documents/problems.py."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def as_answer(self) -> dict[str, Any]:
        return {"refused": {"code": self.code, "params": self.params}}
