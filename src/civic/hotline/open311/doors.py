"""The methods of GeoReport v2: discovery, services, requests, tokens; and updates."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.timezone import now
from django.utils.translation import gettext as _

from civic.accounts.http import bearer
from civic.accounts.models import Account
from civic.areas.models import Area
from civic.core.coordinates import Point, to_gcj02
from civic.hotline import rules
from civic.hotline.models import Category, Ticket
from civic.hotline.open311 import facts
from civic.hotline.open311.asking import SPAN, page_of, requests_asked, span
from civic.hotline.open311.wire import Answer, Fault, Named, Record, door
from civic.hotline.services.caller import supplement_ticket
from civic.hotline.services.intake import Caller, Intake, count_one_more, is_phone, take_in
from civic.hotline.states import Channel, Kind, Secrecy

HERE = "/api/open311"
CHANGED = datetime.fromisoformat("2026-03-01T00:00:00+08:00")  # when this interface last changed
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
LONGEST_DESCRIPTION = 4000


@door("GET")
def discovery(request: HttpRequest) -> Answer:
    """Say where the interface is, in which version and formats."""
    endpoint = {
        "specification": SPECIFICATION,
        "url": request.build_absolute_uri(f"{HERE}/v2"),
        "changeset": facts.when(CHANGED),
        "type": "test" if settings.DEMONSTRATION else "production",
        "formats": Named("formats", "format", ["text/xml", "application/json"]),
    }
    return Record(
        "discovery",
        {
            "changeset": facts.when(CHANGED),
            "contact": _("请拨打12345，或者写信：%(address)s") % {"address": request.build_absolute_uri("/mailbox/")},
            "key_service": _("api_key 是本平台账户的接口令牌，向热线中心申请。"),
            "endpoints": Named("endpoints", "endpoint", [endpoint]),
        },
    )


@door("GET")
def services(request: HttpRequest) -> Answer:
    """List what can be asked for: the classes of the third level."""
    return Named("services", "service", [facts.service_of(one) for one in _services().order_by("code")])


@door("GET")
def service(request: HttpRequest, code: str) -> Answer:
    """Say what else a request of this class may tell."""
    return facts.definition_of(_service(code))


@door("GET", "POST")
def requests(request: HttpRequest) -> Answer:
    """List requests, or take one in."""
    if request.method == "POST":
        return _take_in(request.POST, at=now())
    rows = page_of(request.GET.dict())
    found = requests_asked(request.GET.dict(), at=now())[rows.first : rows.last]
    extended = request.GET.get("extensions") == "true"
    return Named("service_requests", "request", [facts.request_of(one, extended=extended) for one in found])


@door("GET")
def one_request(request: HttpRequest, number: str) -> Answer:
    """Show one request."""
    found = requests_asked({"service_request_id": number}, at=now()).first()
    if found is None:
        raise Fault(404, _("没有这个 service_request_id。"))
    extended = request.GET.get("extensions") == "true"
    return Named("service_requests", "request", [facts.request_of(found, extended=extended)])


@door("GET")
def token(request: HttpRequest, token: str) -> Answer:
    """Return the number of the request behind a token. This city gives numbers at once; each has a token too."""
    try:
        found = Ticket.objects.told_openly().filter(handle=UUID(token)).first()
    except ValueError:
        found = None
    if found is None:
        raise Fault(404, _("没有这个 token。"))
    return Named("service_requests", "request", [{"service_request_id": found.number, "token": token}])


@door("GET", "POST")
def updates(request: HttpRequest) -> Answer:
    """List what was done to requests, or add something to one's own."""
    if request.method == "POST":
        return _add(request.POST, at=now())
    asked = request.GET.dict()
    if asked.get("service_request_id"):
        found, since, until = requests_asked(asked, at=now()), None, None
    else:
        since, until = span(asked, at=now())
        found = Ticket.objects.told_openly().for_open_data().newest_first().changed(since=since, until=until, span=SPAN)
    rows = page_of(asked)
    lines = [line for ticket in found[rows.first : rows.last] for line in facts.updates_of(ticket)]
    if since is not None and until is not None:
        inside = (facts.when(since) or "", facts.when(until) or "")
        lines = [line for line in lines if inside[0] <= line["updated_datetime"] <= inside[1]]
    return Named("service_request_updates", "request_update", lines)


def _take_in(sent: QueryDict, *, at: datetime) -> Answer:
    account = _account(sent)
    code = sent.get("service_code", "")
    if not code:
        raise Fault(400, _("缺少 service_code。"))
    category = _service(code, missing=400)
    if not account.is_official:
        count_one_more(key=account.ledger_id(), at=at)
    ticket = take_in(_intake(sent, category), caller=_caller(sent, account), by=account, at=at)
    notice = _("热线中心核实分类后转给负责的单位。")
    made = {"service_request_id": ticket.number, "service_notice": notice, "account_id": None}
    return Named("service_requests", "request", [made])


def _intake(sent: QueryDict, category: Category) -> Intake:
    described = rules.tidy(sent.get("description", ""))
    if len(described) > LONGEST_DESCRIPTION:
        raise Fault(400, _("description 最多4000个字符。"))
    point, area = _point(sent), _area(sent)
    place = rules.tidy(sent.get("address_string", ""))
    if point is None and area is None and not place:
        raise Fault(400, _("请给出地点：lat 和 long，或者 address_string，或者 address_id。"))
    media = sent.get("media_url", "")[:500]
    detail = described if len(described) >= rules.SHORTEST else f"{category.name} {place or described}".strip()
    more = f"\n{media}" if media.startswith(("http://", "https://")) else ""
    return Intake(
        title=_title(described, category), detail=(detail + more)[: rules.LONGEST_DETAIL], channel=Channel.API,
        kind=_choice(sent, "kind", Kind.values) or Kind.HELP, place=place, point=point, area=area, category=category,
        wants_public=_choice(sent, "public", ["yes", "no"]) == "yes",
    )  # fmt: skip


def _title(described: str, category: Category) -> str:
    first = described.split("\n")[0][:40]
    return first if len(first) >= rules.SHORTEST else f"{category.name}：{first}" if first else category.name


def _caller(sent: QueryDict, account: Account) -> Caller:
    """Residents speak for themselves; what an office hands in is whose it says, or nobody's."""
    if not account.is_official:
        return Caller(account)
    name = rules.tidy(sent.get("last_name", "") + sent.get("first_name", ""))[:40]
    phone = rules.tidy(sent.get("phone", ""))[:20]
    return Caller(name=name, phone=phone) if name and is_phone(phone) else Caller(secrecy=Secrecy.ANONYMOUS)


def _point(sent: QueryDict) -> Point | None:
    if not sent.get("lat") and not sent.get("long"):
        return None
    try:
        point = Decimal(sent.get("long", "")), Decimal(sent.get("lat", ""))
        if not (abs(point[0]) <= 180 and abs(point[1]) <= 90):
            raise InvalidOperation
    except InvalidOperation as error:
        raise Fault(400, _("lat 和 long 应为 WGS-84 的度数，两个都要有。")) from error
    return to_gcj02(point)


def _area(sent: QueryDict) -> Area | None:
    code = sent.get("address_id", "")
    if not code:
        return None
    found = Area.objects.by_code(code=code) if code.isdecimal() and len(code) <= 12 else None
    if found is None:
        raise Fault(400, _("没有这个 address_id：本市用行政区划代码。"))
    return found


def _choice(sent: QueryDict, code: str, known: list[str]) -> str:
    value: str = sent.get(f"attribute[{code}]", "")
    if value and value not in known:
        raise Fault(400, _("attribute[%(code)s] 只能是：%(known)s。") % {"code": code, "known": "、".join(known)})
    return value


def _add(sent: QueryDict, *, at: datetime) -> Answer:
    """Add to one's own request."""
    account = _account(sent)
    ticket = Ticket.objects.of_caller(account).filter(number=sent.get("service_request_id", "")).for_detail().first()
    if ticket is None:
        raise Fault(404, _("没有这个 service_request_id，或者不是您提交的。"))
    supplement_ticket(ticket=ticket, words=sent.get("description", ""), by=account, at=at)
    added = ticket.supplements.latest("pk")
    made = {"update_id": f"{ticket.number}-s{added.pk}", "service_request_id": ticket.number}
    return Named("service_request_updates", "request_update", [made])


def _account(sent: QueryDict) -> Account:
    """Return whose api_key this is. Raises: Fault 403."""
    account = bearer.authenticate(HttpRequest(), sent.get("api_key", "")) if sent.get("api_key") else None
    if account is None:
        raise Fault(403, _("缺少有效的 api_key。"))
    return account


def _services() -> QuerySet[Category]:
    return Category.objects.filter(level=3, is_offered=True).select_related("parent__parent")


def _service(code: str, *, missing: int = 404) -> Category:
    found: Category | None = _services().filter(code=code).first()
    if found is None:
        raise Fault(missing, _("没有这个 service_code。"))
    return found
