"""Answers where no door answered: not found, bad request, forbidden, and a bug; nothing inside leaks out."""

from html import escape

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from civic.config.problems import answer_refusal, problem, wants_json
from civic.core.errors import NotAllowed, Refusal

# A bug may have broken templates, sessions or the database: this page needs none of them.
BUG_PAGE = """<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>系统出错了</title>
<link rel="stylesheet" href="/static/core/civic.css">
<body class="c-bug">
<main>
<h1>系统出错了</h1>
<p>本次操作没有完成，我们已经记录。您可以：</p>
<ul>
<li><a href="">再试一次</a></li>
<li><a href="/">回到首页</a></li>
<li>拨打 <a href="tel:12345">12345</a>，并报上编号 <code>{id}</code></li>
<li>到<a href="/help/stuck/">办不成事反映窗口</a></li>
</ul>
<p lang="en">Something went wrong on our side. Try again, go to the <a href="/">front page</a>, or call 12345
and quote <code>{id}</code>.</p>
</main>
</html>
"""


class NotFound(Refusal):
    """There is no such page or thing, or the visitor may not know of it."""

    status = 404
    code = "not-found"


class BadRequest(Refusal):
    """The request itself cannot be read."""

    status = 400
    code = "bad-request"


class NotOffered(Refusal):
    """The address is there, but not for this method."""

    status = 405
    code = "method-not-allowed"


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer_refusal(request, NotFound(_("没有找到这个页面或内容，请核对地址，或用首页的搜索查找。")))


def not_offered(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Return `answer`, a bare 405, as a problem or a page; it still names the methods that there are."""
    methods = answer.headers.get("Allow", "")
    words = _("这个地址不支持这种操作，请返回上一页，从页面上的按钮或链接进入。")
    refusal = NotOffered(words, allowed=methods.split(", ") if methods else ())
    response = answer_refusal(request, refusal)
    response["Allow"] = methods
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, DisallowedHost):  # our pages ask for the host's name again
        return HttpResponse("This site does not go by that name.\n", status=400, content_type="text/plain")
    return answer_refusal(request, BadRequest(_("请求的内容无法识别，请返回上一页重新填写。")))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer_refusal(request, NotAllowed(_("您没有权限打开这一页，请换一个账号登录或返回首页。")))


def forgery(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open too long, or the form did not come from our own page."""
    return answer_refusal(request, NotAllowed(_("页面已过期或来源无法确认，请返回上一页，刷新后再提交。")))


def bug(request: HttpRequest) -> HttpResponse:
    if wants_json(request):
        return problem(request, 500, "internal", _("系统出错了，本次操作没有完成，请稍后再试。"))
    number = escape(getattr(request, "id", ""))
    return HttpResponse(BUG_PAGE.format(id=number), status=500)
