"""The systems' door of the exchange: one question, or one property in three departments, for officials in charge."""

import time
from typing import Annotated

from django.utils.timezone import now
from ninja import Field, Query, Router

from civic.accounts.http import Caller, bearer
from civic.core.errors import NotAllowed, require
from civic.exchange import policies
from civic.exchange.results import Ask, Context
from civic.exchange.rules import normal_subject, words_of_rule
from civic.exchange.schemas import AskIn, DrawnOut, PropertyIn, PropertyOut
from civic.exchange.services import draw
from civic.exchange.services.planning import found_resource

router = Router(tags=["exchange"])
ResourceCode = Annotated[str, Field(pattern=r"^[a-z]{1,20}\.[a-z][a-z0-9_]{0,39}$", examples=["wjw.birth_certificate"])]
PropertyNumber = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,40}$", examples=["LA2023001"])]
PARTS = {"land": "zrzy.land", "tax": "sw.property_tax", "house": "zjj.house"}


@router.post("/exchange/{resource}", auth=bearer, response=DrawnOut, operation_id="askExchange")
def ask(request: Caller, resource: ResourceCode, payload: AskIn) -> DrawnOut:
    """Ask one department's source. Only granted fields come back; the question is recorded, refused or not."""
    require(policies.why_not_ask(request.user))
    subject = normal_subject(found_resource(resource).key_kinds(), payload.subject)
    asked = {"it": Ask(resource, subject, tuple(payload.fields))}
    context = Context(payload.service, payload.case, payload.purpose, payload.on_behalf_of, by=request.user)
    drawn = draw(asked, context=context, at=now())["it"]
    if drawn.state == "denied":
        raise NotAllowed(words_of_rule(drawn.reason))
    return DrawnOut.of(drawn)


@router.get("/property/{property_id}", auth=bearer, response=PropertyOut, operation_id="getPropertyInfo")
def get_property_info(request: Caller, property_id: PropertyNumber, asked: Query[PropertyIn]) -> PropertyOut:
    """Return what land, tax and housing know of one property, asked at once and within three seconds in all.

    A source that does not answer says why in each of its fields; it is never left out.
    """
    require(policies.why_not_ask(request.user))
    started = time.monotonic()
    context = Context(asked.service, asked.case, asked.purpose, "", by=request.user)
    asks = {part: Ask(code, {"property_id": property_id}) for part, code in PARTS.items()}
    drawn = draw(asks, context=context, at=now())
    if all(one.state == "denied" for one in drawn.values()):
        raise NotAllowed(words_of_rule(drawn["land"].reason))
    parts = {part: DrawnOut.of(one) for part, one in drawn.items()}
    return PropertyOut(property_id=property_id, took_ms=int((time.monotonic() - started) * 1000), **parts)
