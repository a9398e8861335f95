"""Residents' doors of the front: the front page, search, my page, help, and how the pages are shown."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from civic.accounts.http import SignedIn
from civic.core import access
from civic.core.pages import page
from civic.home import samples, services

YEAR = 365 * 24 * 3600
PREFERENCES = {
    ("elder", "on"): ("elder", "1"),
    ("elder", "off"): ("elder", "0"),
    ("contrast", "on"): ("contrast", "1"),
    ("contrast", "off"): ("contrast", "0"),
    ("keys", "on"): ("keys", "1"),
    ("keys", "off"): ("keys", "0"),
    ("language", "zh"): (settings.LANGUAGE_COOKIE_NAME, "zh-hans"),
    ("language", "en"): (settings.LANGUAGE_COOKIE_NAME, "en"),
}
MINE = [
    ("/my/cases/", _("我的办件"), _("进度、补正、草稿")),
    ("/my/requests/", _("我的诉求"), _("反映的问题、答复、催办")),
    ("/my/proposals/", _("我的提案和附议"), _("参与式预算：进展、共同提案")),
    ("/my/opinions/", _("我的意见"), _("对草案提的意见、支持人数、申诉")),
    ("/my/licences/", _("我的证照"), _("出示、下载、使用记录")),
    ("/my/letters/", _("我的来信"), _("站内信和通知")),
    ("/my/offers/", _("可以领取的服务"), _("符合条件的，不用填表就能办")),
    ("/my/credit/", _("我的承诺信用"), _("核查为不属实的承诺，怎样修复")),
    ("/my/exchange/", _("谁查了我的数据"), _("部门查询的记录，有错可以提出")),
    ("/my/ratings/", _("我的评价"), _("待评价和已评价")),
    ("/my/account/", _("我的账户"), _("姓名、手机号、实名等级")),
    ("/my/mandates/", _("我的委托"), _("替家人或单位办事")),
    ("/my/sessions/", _("登录记录"), _("在哪里登录过")),
]


@access.public
@require_GET
def front(request: HttpRequest) -> HttpResponse:
    """Show the front page: search first, then the ways into the services."""
    return page(request, "home/portal/front.html", {"guide": services.guide()})


@access.public
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Show what answers the question, and why."""
    query = request.GET.get("q", "")[:100].strip()
    found = services.find_services(query) if query else []
    return page(request, "home/portal/search.html", {"query": query, "found": found, "guide": services.guide()})


@access.signed_in
@require_GET
def my(request: SignedIn) -> HttpResponse:
    """Show everything that is this person's: cases, drafts, letters, data, and who read it."""
    tiles = [tile for tile in MINE if _is_open(tile[0])]
    at = timezone.now()
    shown = {"account": request.user, "tiles": tiles, "readings": services.readings_of(request.user, at=at)}
    shown["told"] = services.told_to(request.user, most=services.FEW)
    shown["overview"] = services.overview_of(request.user, at=at)
    return page(request, "home/portal/my.html", shown)


@access.public
@require_http_methods(["GET", "POST"])
def preference(request: HttpRequest, what: str, value: str) -> HttpResponse:
    """Keep how this visitor wants the pages shown, in a cookie, and go back to the page they were on."""
    if (what, value) not in PREFERENCES:
        raise Http404
    given = request.GET.get("next", "")
    back = given if url_has_allowed_host_and_scheme(given, None) and given.startswith("/") else "/"
    name, kept = PREFERENCES[what, value]
    response = HttpResponseRedirect(back)
    response.set_cookie(name, kept, max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True)
    return response


@access.public
@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    return page(request, "home/portal/help.html")


@access.public
@require_GET
def stuck(request: HttpRequest) -> HttpResponse:
    return page(request, "home/portal/stuck.html")


@access.public
@require_GET
def mistake(request: HttpRequest) -> HttpResponse:
    return page(request, "home/portal/mistake.html")


@access.public
@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    return page(request, "home/portal/accessibility.html")


@access.public
@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    return page(request, "home/portal/privacy.html")


@access.public
@require_GET
def components(request: HttpRequest) -> HttpResponse:
    """Show every component in each of its states; only in a demonstration."""
    if not settings.DEMONSTRATION:
        raise Http404
    shown: dict[str, Any] = samples.context(timezone.now())
    return page(request, "home/portal/components.html", shown)


def _is_open(address: str) -> bool:
    """Whether this role of the image has a door at `address`."""
    try:
        resolve(address)
    except Resolver404:
        return False
    return True
