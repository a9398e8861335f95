"""Readable documentation of the API, made from its own schema on the server: no other site is asked for anything."""

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from civic.config.api import api
from civic.core import access
from civic.core.pages import page


@access.public
@require_GET
def docs(request: HttpRequest) -> HttpResponse:
    """Show every operation with its parameters, body and answers."""
    return page(request, "config/api_docs.html", {"operations": operations(), "schemas": schemas()})


@lru_cache(maxsize=1)
def schemas() -> dict[str, Any]:
    found: dict[str, Any] = api.get_openapi_schema()["components"]["schemas"]
    return found


@lru_cache(maxsize=1)
def operations() -> list[dict[str, Any]]:
    """Return the operations as rows, services first: method, path, words, parameters, body and answer types."""
    rows = []
    paths = api.get_openapi_schema()["paths"]
    for path, methods in sorted(paths.items(), key=lambda item: _place(item[0])):
        for method, operation in methods.items():
            body = operation.get("requestBody", {}).get("content", {})
            rows.append(
                {
                    "id": operation["operationId"],
                    "method": method.upper(),
                    "path": path,
                    "words": operation.get("description") or operation.get("summary", ""),
                    "needs_token": bool(operation.get("security")),
                    "parameters": operation.get("parameters", []),
                    "body": [_name(content.get("schema", {})) for content in body.values()],
                    "answers": [(code, _answer(answer)) for code, answer in operation["responses"].items()],
                }
            )
    return rows


def _place(path: str) -> tuple[bool, bool]:
    """What programs ask for first stands first, the proofs of the ledger last; the rest as the schema has it."""
    return not path.startswith("/api/services"), path.startswith("/api/transparency")


def _answer(answer: dict[str, Any]) -> str:
    return " ".join(_name(content.get("schema", {})) for content in answer.get("content", {}).values())


def _name(schema: dict[str, Any]) -> str:
    """Return the name of a schema as people read it."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if schema.get("type") == "array":
        return f"[{_name(schema.get('items', {}))}]"
    return str(schema.get("title") or schema.get("type") or "")
