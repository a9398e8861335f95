"""The door that WeChat knocks at: closed until the city has set the token it shares with WeChat."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods

from civic.core import access
from civic.hotline.wechat import wire
from civic.hotline.wechat.talk import reply_to


@access.public
@require_http_methods(["GET", "POST"])
def wechat(request: HttpRequest) -> HttpResponse:
    """Prove to WeChat that this is the city's door (GET), or answer a message (POST)."""
    if not settings.WECHAT_TOKEN:
        raise Http404
    at = now()
    asked = {name: request.GET.get(name, "") for name in ("signature", "timestamp", "nonce")}
    if not wire.is_signed(**asked, token=settings.WECHAT_TOKEN, now=at.timestamp()):
        return HttpResponseForbidden()
    if request.method == "GET":
        return HttpResponse(request.GET.get("echostr", "")[:200], content_type="text/plain; charset=utf-8")
    message = wire.read(request.body)
    words = reply_to(message, site=request.build_absolute_uri("/").rstrip("/"), at=at)
    return HttpResponse(wire.answer(message, words, now=at.timestamp()), content_type="text/xml; charset=utf-8")
