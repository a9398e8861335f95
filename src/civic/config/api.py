"""The API: one router per room, one error language, one schema, docs that need no other site."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser

from civic.config.problems import answer_refusal, problem
from civic.core.errors import Refusal
from civic.core.keepable import read_json, refuse_unkeepable

PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details; `detail` says what to do.",
    "required": ["type", "title", "status", "detail", "instance", "request_id"],
    "properties": {
        "type": {"type": "string", "examples": ["/problems/form-incomplete"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "message"],
                "properties": {name: {"type": "string"} for name in ("pointer", "code", "message")},
            },
        },
        "allowed": {"type": "array", "items": {"type": "string"}},
    },
}
REFUSED = {
    "description": "Refused",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
KEYED = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "8 to 128 visible characters, the same on every retry. A repeat gets the stored answer.",
    "schema": {"type": "string", "minLength": 8, "maxLength": 128, "pattern": "^[!-~]+$"},
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag that was read; an outdated one is refused with 412.",
    "schema": {"type": "string"},
}


class CivicAPI(NinjaAPI):
    """The API with what every operation has in common written into its schema."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        schema["components"].setdefault("schemas", {})["Problem"] = PROBLEM
        for path, methods in schema["paths"].items():
            for method, operation in methods.items():
                operation["responses"] = {str(code): answer for code, answer in operation["responses"].items()}
                operation["responses"]["default"] = REFUSED
                headers = operation.setdefault("parameters", [])
                if method == "post" and operation["operationId"] in KEYED_OPERATIONS:
                    headers.append({**KEYED, "required": KEYED_OPERATIONS[operation["operationId"]]})
                elif method == "post" and "/cases/" in path:
                    headers.append(IF_MATCH)
        return schema


class KeepableParser(Parser):
    """Reads payloads and forms, and refuses what the database cannot keep."""

    def parse_body(self, request: HttpRequest) -> Any:
        return read_json(request.body)

    def parse_querydict(self, data: Any, list_fields: list[str], request: HttpRequest) -> Any:
        refuse_unkeepable(dict(data.lists()))
        return super().parse_querydict(data, list_fields, request)


# whether the key must be sent
KEYED_OPERATIONS = {"apply": True, "report": True, "speak": True, "createDocument": False, "rate": False}

api = CivicAPI(
    title="Civic",
    version="1.0.0",
    description="One city, one interface: services, applications, cases, documents, ratings, and the public ledger.",
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
    parser=KeepableParser(),
)


@api.exception_handler(AuthenticationError)
def unknown_caller(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    response = problem(request, 401, "unknown-caller", _("请在请求头 Authorization 中给出有效的 Bearer 令牌。"))
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(request, 404, "not-found", _("没有找到，或您无权查看。请核对编号。"))


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error.__cause__, Refusal):  # the library wraps whatever its parser raises
        return answer_refusal(request, error.__cause__)
    return problem(request, error.status_code, "unreadable", _("请求无法读取，请检查内容是否为有效的 JSON 或表单。"))


@api.exception_handler(ValidationError)
def misshapen(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Name every place of the payload that does not have the published shape; what was sent is not repeated."""
    errors = [
        {
            "pointer": "/" + "/".join(str(part) for part in found["loc"] if part not in ("body", "payload")),
            "code": str(found["type"]),
            "message": str(found["msg"]),
        }
        for found in error.errors
    ]
    return problem(request, 422, "unprocessable", _("请求内容的格式不符合接口说明，请逐项改正。"), errors=errors)


for room in reversed(settings.CIVIC_APPS):  # routes are tried in turn: those that are asked most often come first
    if find_spec(f"{room}.api") is not None:
        api.add_router("", import_module(f"{room}.api").router)
