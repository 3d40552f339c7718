"""The API's description (OpenAPI 3.1), out of the code.

`python -m mobile_api.openapi` prints it; `docs/openapi.json` is the committed copy.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from backend.bootstrap import build
from backend.core.errors import Problem
from backend.core.settings import Settings
from mobile_api.access import rule_of
from mobile_api.app import Application, create_app

COMMITTED = Path(__file__).resolve().parents[1] / "docs" / "openapi.json"


FILES = {
    ("PUT", "/api/v1/agency/logo"): "image/png",
    ("POST", "/api/v1/documents/{document_id}/versions"): "application/pdf",
    ("PUT", "/api/v1/signing/unknown/{attempt_id}/file"): "application/pdf",
    ("PATCH", "/api/v1/uploads/{upload_id}"): "application/octet-stream",
    ("POST", "/api/v1/public/verifications"): "application/pdf",
}
"""Operations whose body is a file as it is."""


def problem_schema() -> dict[str, Any]:
    """RFC 9457's members with every code this API can answer."""
    text = {"type": "string"}
    return {
        "type": "object",
        "required": ["type", "code", "title", "status", "detail", "params", "request_id"],
        "properties": {
            "type": text,
            "code": {"type": "string", "enum": sorted(Problem.registry)},
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "params": {"type": "object"},
            "request_id": text,
            "fields": {
                "type": "array",
                "items": {"type": "object", "properties": {"path": text, "code": text}},
            },
        },
    }


def describe(app: Application) -> dict[str, Any]:
    """The whole description: APIFlask's, with problems and the access rule of each operation."""
    with app.test_request_context():
        document: dict[str, Any] = json.loads(json.dumps(app.spec))
    components = document.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = problem_schema()
    components["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": "__Host-access"}
    }
    refusal = {
        "description": "A refusal that says what to do next.",
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }
    access = _access_by_operation(app)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            rule = access[(path, method.upper())]
            if media_type := FILES.get((method.upper(), path)):
                operation["requestBody"] = {"required": True, "content": {media_type: {}}}
            operation["responses"]["default"] = refusal
            operation["security"] = [{"session": []}] if rule.signed_in else []
            if rule.roles:
                operation["x-roles"] = sorted(rule.roles)
    return document


def _access_by_operation(app: Application) -> dict[tuple[str, str], Any]:
    found = {}
    for rule in app.url_map.iter_rules():
        path = "".join(part if literal else "{" + part + "}" for literal, part in _parts(rule.rule))
        for method in rule.methods or ():
            found[(path, method)] = rule_of(app.view_functions[rule.endpoint])
    return found


def _parts(rule: str) -> list[tuple[bool, str]]:
    parts: list[tuple[bool, str]] = []
    for piece in rule.replace(">", "<").split("<"):
        literal = len(parts) % 2 == 0
        parts.append((literal, piece if literal else piece.rsplit(":", 1)[-1]))
    return parts


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home))
        app = create_app(build(settings, "postgresql://nobody@localhost/none"))
        json.dump(describe(app), sys.stdout, indent=1, sort_keys=True)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
