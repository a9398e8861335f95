"""One error language: RFC 9457 problem+json for machines, a helpful page or partial for people."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse

from civic.core.errors import Refusal, TooMany
from civic.core.pages import page_or_fragment

TITLES = {
    400: "填写的内容有误",
    401: "请先登录",
    403: "您没有这项权限",
    404: "没有找到",
    405: "不支持这种操作",
    409: "现在不能进行这一步",
    412: "内容已有变化",
    413: "内容太大",
    415: "不支持这种格式",
    422: "内容格式不正确",
    428: "请求缺少必要的条件",
    429: "操作太频繁",
    500: "系统出错了",
    503: "系统暂时不可用",
}


def wants_json(request: HttpRequest) -> bool:
    """Whether the answer goes to a machine."""
    return request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", "")


def problem(request: HttpRequest, status: int, code: str, detail: str, **more: Any) -> HttpResponse:
    """Return problem+json with a stable `type`, the request id and optional members."""
    body = {
        "type": f"/problems/{code}",
        "title": TITLES.get(status, ""),
        "status": status,
        "detail": detail,
        "instance": request.path,
        "request_id": getattr(request, "id", ""),
        **{name: value for name, value in more.items() if value},
    }
    text = json.dumps(body, ensure_ascii=False)
    return HttpResponse(text, status=status, content_type="application/problem+json; charset=utf-8")


def answer_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Return the refusal in the language of who asked."""
    errors = [{"pointer": e.pointer, "code": e.code, "message": e.message} for e in refusal.errors]
    if wants_json(request):
        allowed = list(refusal.allowed)
        response = problem(request, refusal.status, refusal.code, refusal.message, errors=errors, allowed=allowed)
    else:
        context = {"refusal": refusal, "title": TITLES.get(refusal.status, ""), "status": refusal.status}
        response = page_or_fragment(request, "core/refusal.html", "refusal", context, status=refusal.status)
    if isinstance(refusal, TooMany):
        response["Retry-After"] = str(refusal.retry_after)
    return response
