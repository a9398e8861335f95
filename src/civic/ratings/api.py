"""The systems' door of rating: the link is the right, the same verbs as the pages."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from ninja import Query, Router

from civic.accounts.http import bearer, client_address
from civic.accounts.models import Account
from civic.core.errors import Conflict
from civic.idempotency.http import keyed
from civic.ratings.forms import month_start
from civic.ratings.models import Opinion, Rating, Right
from civic.ratings.rules import SMALLEST_CELL
from civic.ratings.schemas import FiguresOut, RatedOut, RatingIn, RightOut, RowOut, ScopeIn, StatisticsOut
from civic.ratings.services import Scope, open_right
from civic.ratings.services import statistics as figures_of
from civic.ratings.services import table as rows_of
from civic.ratings.states import reasons_of

router = Router(tags=["ratings"])


@router.get("/ratings/statistics", auth=None, response=StatisticsOut, operation_id="rating_statistics")
def statistics(request: HttpRequest, asked: Query[ScopeIn]) -> StatisticsOut:
    """Return public figures: how many rated, each grade, the share of good ones with its 95 % interval."""
    scope = Scope(asked.department, asked.service, month_start(asked.since), month_start(asked.until, later=1))
    rows = rows_of(scope, by=asked.by) if asked.by else []
    return StatisticsOut(
        as_of=now(),
        published_in_blocks_of=SMALLEST_CELL,
        ratings_by_default=0,
        total=FiguresOut.of(figures_of(scope)),
        rows=[RowOut(code=row.code, name=row.name, **FiguresOut.of(row.figures).dict()) for row in rows],
    )


@router.get("/ratings/{token}", auth=None, response=RightOut, operation_id="get_right_to_rate")
def get_right(request: HttpRequest, token: str) -> dict[str, Any]:
    """Return what the link lets somebody rate, and what they have said."""
    right = _right(request, token)
    rating = _rating(right)
    return {
        "number": right.number,
        "service_name": right.service_name,
        "department": right.department.name,
        "channel": right.channel,
        "expires_at": right.expires_at,
        "choices": [{"code": reason.value, "label": str(reason.label)} for reason in reasons_of(right.channel)],
        "rating": _said(rating) if rating is not None else None,
    }


@router.post("/ratings/{token}", auth=None, response={201: RatedOut}, operation_id="rate")
def rate(request: HttpRequest, token: str, payload: RatingIn) -> HttpResponse:
    """Rate once. With an Idempotency-Key a repeat gets the same answer; without one it is told that it has rated."""
    right, at = _right(request, token), now()

    def effect() -> tuple[int, bytes, str]:
        rating = Rating.objects.submit(
            right=right, opinion=_opinion(payload), by=_rater(request), address=client_address(request), at=at
        )
        return 201, RatedOut(**_said(rating)).model_dump_json().encode(), f"/api/ratings/{token}"

    if request.headers.get("Idempotency-Key"):
        return keyed(request, effect, scope=right.ledger_id(), at=at)
    status, body, location = effect()
    return HttpResponse(body, status=status, content_type="application/json", headers={"Location": location})


@router.put("/ratings/{token}", auth=None, response=RatedOut, operation_id="change_rating")
def change(request: HttpRequest, token: str, payload: RatingIn) -> dict[str, Any]:
    """Change what was said, within seven days."""
    rating = _rating(_right(request, token))
    if rating is None:
        raise Conflict(_("还没有评价，请先提交评价。"))
    rating.change(_opinion(payload), by=_rater(request), at=now())
    return _said(rating)


def _right(request: HttpRequest, token: str) -> Right:
    return open_right(token=token, address=client_address(request), at=now())


def _rating(right: Right) -> Rating | None:
    rating: Rating | None = Rating.objects.filter(right=right).select_related("right", "key").first()
    return rating


def _rater(request: HttpRequest) -> Account | None:
    """Return whose token was sent, if any: an official must not rate even with the link."""
    scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
    return bearer.authenticate(request, text.strip()) if scheme.lower() == "bearer" else None


def _opinion(payload: RatingIn) -> Opinion:
    return Opinion(payload.grade, tuple(reason.value for reason in payload.reasons), payload.comment)


def _said(rating: Rating) -> dict[str, Any]:
    remedy = rating.remedies.order_by("-pk").first()
    return {
        "status": "success",
        "grade": rating.grade,
        "label": str(rating.get_grade_display()),
        "reasons": rating.reasons,
        "state": rating.state,
        "changeable_until": rating.changeable_until,
        "remedy": remedy.state if remedy is not None else None,
    }
