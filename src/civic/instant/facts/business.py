"""The facts of 个体工商户登记: the trader from public security, the name from market supervision, the rest checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localdate

from civic.accounts.rules import age_on
from civic.areas.models import Area
from civic.areas.services import street_of
from civic.cases.models import Case
from civic.cases.states import CaseState
from civic.exchange.results import Ask
from civic.instant.facts.drawing import RULES, draw_for, put, value
from civic.instant.facts.sheet import FORM, PLATFORM, Sheet
from civic.instant.rules import full_name, read_scope

if TYPE_CHECKING:
    from civic.exchange.results import Drawn

POPULATION, NAME, CODE = "gaj.population", "scjg.business_name", "scjg.credit_code"
BARRED_FOR = timedelta(days=3 * 365)
"""Source: 《市场主体登记管理条例》第四十条: three years after a registration was revoked for being false."""
KIND = "个体工商户"
YES = "yes"
SAID = {"with_name": "with_name", "place_kind": "place_kind", "business_form": "form", "food": "needs_licence"}
FIRST, SECOND = "name", "name_2"


@dataclass(frozen=True)
class Place:
    """Where the business is, as far as the city's own list of divisions knows it; "" where it does not."""

    street: str
    county: str
    city: str

    @classmethod
    def of(cls, address: str) -> "Place":
        """Return the place that an address names."""
        street = street_of(address)
        counties = Area.objects.of_level(level=Area.Level.COUNTY).values_list("name", flat=True)
        county = next((name for name in counties if name in address or street.startswith(name)), "")
        city = Area.objects.of_level(level=Area.Level.CITY).values_list("name", flat=True).first()
        return cls(street, county, city or "")


def gather(case: "Case", *, at: datetime, by: object = RULES) -> Sheet:
    """Draw and check everything that the rules of registering a sole trader ask for."""
    form = case.latest_submission.form
    place = Place.of(str(form.get("address") or ""))
    wanted = _names(form, place)
    drawn = draw_for(case, _asks(case, wanted), at=at, by=by)
    sheet = Sheet()
    for key, field in SAID.items():
        sheet.put(key, form.get(field), FORM)
    _trader(sheet, drawn.get("trader"), case, at=at)
    chosen = _chosen(drawn)
    _name(sheet, drawn.get(chosen))
    sheet.put("address_known", bool(place.street), PLATFORM)
    scope = read_scope(str(form.get("scope") or ""))
    sheet.put("scope_standard", scope.is_standard, PLATFORM)
    sheet.put("scope_licensed", scope.is_licensed, PLATFORM, reason="FREE_TEXT" if scope.is_licensed is None else "")
    trader = str(value(drawn.get("trader"), "name") or (case.person.name if case.person else ""))
    _results(sheet, form, code=value(drawn.get("code"), "code"), name=wanted.get(chosen, trader), trader=trader)
    sheet.licence["registered_on"] = localdate(at).isoformat()
    sheet.about = f"business_name:{wanted[chosen]}" if chosen in wanted else ""
    return sheet


def _names(form: Mapping[str, Any], place: Place) -> dict[str, str]:
    """Return the full names asked for, the first choice first; none where the trader uses their own."""
    if form.get("with_name") != YES:
        return {}
    asked = {FIRST: str(form.get("trade_name") or ""), SECOND: str(form.get("trade_name_2") or "")}
    facts = {"city": place.city, "county": place.county, "industry": str(form.get("industry") or "")}
    return {key: full_name(name, **facts) for key, name in asked.items() if name.strip()}


def _asks(case: "Case", wanted: Mapping[str, str]) -> dict[str, Ask]:
    asks = {key: Ask(NAME, {"name": name}, ("taken", "similar", "forbidden_words")) for key, name in wanted.items()}
    asks["code"] = Ask(CODE, {"case": case.number}, ("code",))
    if case.person is not None:
        fields = ("name", "alive", "born_on")
        asks["trader"] = Ask(POPULATION, {"id_number": case.person.id_number}, fields)
    return asks


def _trader(sheet: Sheet, drawn: "Drawn | None", case: "Case", *, at: datetime) -> None:
    on = localdate(at)
    put(sheet, "age_years", drawn, "born_on", lambda day: age_on(on, born_on=date.fromisoformat(str(day))))
    put(sheet, "alive", drawn, "alive")
    revoked = Case.objects.filter(
        service=case.service_id, person=case.person, state=CaseState.REVOKED,
        decisions__reviewed_at__gte=at - BARRED_FOR,
    )  # fmt: skip
    sheet.put("barred", revoked.exists(), PLATFORM)


def _chosen(drawn: "Mapping[str, Drawn]") -> str:
    """Return which name is registered: the second choice where the first is taken and the second is free."""
    taken = value(drawn.get(FIRST), "taken") is True
    return SECOND if taken and value(drawn.get(SECOND), "taken") is False else FIRST


def _name(sheet: Sheet, drawn: "Drawn | None") -> None:
    if drawn is None:  # no trade name is used: the rules do not ask
        return
    put(sheet, "name_taken", drawn, "taken")
    put(sheet, "name_similar", drawn, "similar", bool)
    put(sheet, "name_forbidden", drawn, "forbidden_words", bool)


def _results(sheet: Sheet, form: Mapping[str, Any], *, code: str | None, name: str, trader: str) -> None:
    """What a grant brings: the licence, the entry in the register, and what the tax service is told."""
    page = {
        "uscc": code,
        "name": name,
        "kind": KIND,
        "operator_name": trader,
        "premises": form.get("address"),
        "scope": form.get("scope"),
    }
    sheet.licence = {key: str(text) for key, text in page.items() if text}
    sheet.notice = {
        "name": name,
        "uscc": code,
        "industry": form.get("industry"),
        "tax_now": form.get("tax") == YES,
        "seal": form.get("seal") == YES,
    }
