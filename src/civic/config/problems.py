"""One error language: RFC 9457 problem+json for machines, a helpful page or partial for people."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from civic.core.errors import Refusal, TooMany
from civic.core.pages import page_or_fragment

TITLES = {
    400: gettext_lazy("填写的内容有误"),
    401: gettext_lazy("请先登录"),
    403: gettext_lazy("您没有这项权限"),
    404: gettext_lazy("没有找到"),
    405: gettext_lazy("不支持这种操作"),
    409: gettext_lazy("现在不能进行这一步"),
    412: gettext_lazy("内容已有变化"),
    413: gettext_lazy("内容太大"),
    415: gettext_lazy("不支持这种格式"),
    422: gettext_lazy("内容格式不正确"),
    428: gettext_lazy("请求缺少必要的条件"),
    429: gettext_lazy("操作太频繁"),
    500: gettext_lazy("系统出错了"),
    503: gettext_lazy("系统暂时不可用"),
}


def wants_json(request: HttpRequest) -> bool:
    """Whether the answer goes to a machine."""
    return request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", "")


def problem(request: HttpRequest, status: int, code: str, detail: str, **more: Any) -> HttpResponse:
    """Return problem+json with a stable `type`, the request id and optional members."""
    body = {
        "type": f"/problems/{code}",
        "title": str(TITLES.get(status, "")),
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
        context = {"refusal": refusal, "title": str(TITLES.get(refusal.status, "")), "status": refusal.status}
        response = page_or_fragment(request, "core/refusal.html", "refusal", context, status=refusal.status)
    if isinstance(refusal, TooMany):
        response["Retry-After"] = str(refusal.retry_after)
    return response
