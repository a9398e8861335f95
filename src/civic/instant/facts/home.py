"""The facts of 不动产转移登记: the three departments' records of one home, drawn at once and held against the form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_DOWN, ROUND_UP, Decimal, InvalidOperation
from string import Template
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localdate

from civic.accounts.models import Organisation, Person
from civic.exchange.results import Ask
from civic.instant.facts.consent import put_consent
from civic.instant.facts.drawing import RULES, draw_for, put, value
from civic.instant.facts.sheet import FORM, PLATFORM, Sheet
from civic.instant.rules import deed_tax

if TYPE_CHECKING:
    from civic.cases.models import Case
    from civic.exchange.results import Drawn

LAND, TAX, HOUSE, POPULATION = "zrzy.land", "sw.property_tax", "zjj.house", "gaj.population"
FOUR_PLACES = Decimal("0.0001")
LOWEST_RATIO, HIGHEST_RATIO = Decimal("0.7"), Decimal(3)
"""Outside of them the tax service assesses the price. Source: Deed Tax Law art. 4; the rule `price` says the same."""
NUMBER_OF_CERTIFICATE = re.compile(r"^(?P<place>[^（(]*)[（(]\d{4}[)）](?P<office>.*第)\w+号")
SEPARATORS = re.compile(r"[\s，,、·\-—－]")
ROLES = {True: ("卖方", "seller"), False: ("买方", "buyer")}
"""What the other party is, by whether the applicant buys."""
OWNERSHIP = {"sole": "单独所有", "joint": "共同共有", "shares": "按份共有"}


@dataclass(frozen=True)
class Parties:
    """Numbers of seller and buyer as the application names them."""

    own: str
    other: str
    is_buyer: bool

    @property
    def buyer(self) -> str:
        return self.own if self.is_buyer else self.other

    @property
    def seller(self) -> str:
        return self.other if self.is_buyer else self.own


def gather(case: "Case", *, at: datetime, by: object = RULES) -> Sheet:
    """Draw and compare everything that the rules of a home's transfer ask for."""
    form = case.latest_submission.form
    parties = _parties(case, form)
    property_id = str(form.get("property_id") or "").upper()
    drawn = draw_for(case, _asks(property_id, parties), at=at, by=by)
    land, tax, house = (drawn.get(name) for name in ("land", "tax", "house"))
    sheet = Sheet(about=f"contract:{form.get('contract_no')}" if form.get("contract_no") else "")
    sheet.put("mortgage", form.get("mortgage"), FORM)
    put(sheet, "owner_matches", land, "owner_id_number", lambda number: number == parties.seller)
    put(sheet, "address_matches", land, "address", lambda text: _plain(text) == _plain(form.get("home_address")))
    put(sheet, "mortgaged", land, "mortgaged")
    put(sheet, "sealed", land, "sealed")
    _contract(sheet, house, form, parties, on=localdate(at))
    put(sheet, "area_difference", land, "area_m2", lambda area: _difference(form.get("floor_area"), area))
    put(sheet, "price_ratio", tax, "assessed_value", lambda assessed: _ratio(form.get("price"), assessed))
    put(sheet, "tax_paid", tax, "deed_tax_paid")
    put(sheet, "tax_arrears", tax, "arrears")
    _deed_tax(sheet, house, form)
    _words(sheet, case, form, parties)
    put_consent(sheet, case, _other_party(parties), words=_question(case, sheet))
    _results(sheet, case, form, drawn, parties=parties, on=localdate(at))
    return sheet


def _parties(case: "Case", form: Mapping[str, Any]) -> Parties:
    own = case.person.id_number if case.person else (case.organisation.uscc if case.organisation else "")
    other = form.get("other_id_number") or form.get("other_uscc") or ""
    return Parties(own, str(other).upper(), form.get("role") == "buyer")


def _asks(property_id: str, parties: Parties) -> dict[str, Ask]:
    if not property_id:
        return {}
    home = {"property_id": property_id}
    land = ("property_id", "address", "owner_id_number", "right_kind", "area_m2", "land_use", "mortgaged", "sealed")
    house = ("floor_area_m2", "contract_no", "contract_price", "contract_filed_on", "buyer_id_number")
    asks = {
        "land": Ask(LAND, home, (*land, "certificate_no")),
        "tax": Ask(TAX, home, ("assessed_value", "arrears", "deed_tax_paid")),
        "house": Ask(HOUSE, home, (*house, "homes_owned_by_buyer")),
    }
    if len(parties.buyer) == 18 and parties.buyer[:17].isdecimal():
        asks["buyer"] = Ask(POPULATION, {"id_number": parties.buyer}, ("name",))
    return asks


def _contract(sheet: Sheet, house: "Drawn | None", form: Mapping[str, Any], parties: Parties, *, on: date) -> None:
    """Whether the contract is on file by now, and is the one that the application names.

    A home of which housing has a record and no contract is one whose contract is not filed; without a record nobody
    knows.
    """
    if house is not None and house.state == "answered" and not value(house, "contract_filed_on"):
        sheet.put("contract_filed", False, house.source, as_of=house.as_of)
    else:
        put(sheet, "contract_filed", house, "contract_filed_on", lambda day: date.fromisoformat(str(day)) <= on)
    put(sheet, "contract_matches", house, "contract_no", lambda number: number == str(form.get("contract_no")).strip())
    put(sheet, "buyer_matches", house, "buyer_id_number", lambda number: number == parties.buyer)


def _deed_tax(sheet: Sheet, house: "Drawn | None", form: Mapping[str, Any]) -> None:
    """Compute what is due from the filed contract; unknown where a figure is missing or the price must be assessed.

    Within two years of buying, value-added tax is part of the price and has to be taken out of it first.
    """
    price, area = (_decimal(value(house, name)) for name in ("contract_price", "floor_area_m2"))
    homes, ratio = value(house, "homes_owned_by_buyer"), _decimal(sheet.value("price_ratio"))
    reason = (house.reason if house is not None else "") or "NO_RECORD"
    if ratio is not None and not LOWEST_RATIO <= ratio <= HIGHEST_RATIO:
        reason, price = "ASSESSED", None
    elif form.get("held_years") == "under_2":
        reason, price = "VAT", None
    if price is None or area is None or homes is None:
        for key in ("deed_tax", "deed_tax_rate"):
            sheet.put(key, None, PLATFORM, reason=reason)
        return
    due = deed_tax(price=price, area_m2=area, homes_with_this=int(homes) + 1)
    as_of = house.as_of if house else None
    sheet.put("deed_tax", str(due.tax), PLATFORM, as_of=as_of)
    sheet.put("deed_tax_rate", str(due.rate), PLATFORM, as_of=as_of)
    for key, figure in (("tax_base", price), ("tax_area", area), ("tax_homes", int(homes) + 1)):
        sheet.put(key, str(figure), HOUSE, as_of=as_of)


def _words(sheet: Sheet, case: "Case", form: Mapping[str, Any], parties: Parties) -> None:
    """What the question to the other party names: the terms as they are applied for."""
    holder = case.person or case.organisation
    role, role_en = ROLES[parties.is_buyer]
    sheet.words = {
        "applicant": holder.name if holder else "",
        "address": str(form.get("home_address") or ""),
        "price": str(form.get("price") or ""),
        "contract": str(form.get("contract_no") or ""),
        "role": role,
        "role_en": role_en,
    }


def _other_party(parties: Parties) -> Person | None:
    """Return whom to ask: the other party, or who represents it; None where the city does not know them."""
    if len(parties.other) != 18:
        return None
    person: Person | None = Person.objects.with_id_number(id_number=parties.other).first()
    firm = None if person else Organisation.objects.filter(uscc=parties.other).select_related("representative").first()
    return firm.representative if firm else person


def _question(case: "Case", sheet: Sheet) -> str:
    said = case.service_version.rules.get("consent", {}).get("words", "")
    return Template(said).safe_substitute(sheet.words)


def _results(
    sheet: Sheet, case: "Case", form: Mapping[str, Any], drawn: "Mapping[str, Drawn]", *, parties: Parties, on: date
) -> None:
    """What a grant brings: the buyer's certificate, and what the three departments are told."""
    land = drawn.get("land")
    page = {
        "certificate_no": _new_number(str(value(land, "certificate_no") or ""), case, on=on),
        "owner_name": value(drawn.get("buyer"), "name") or _name(case, form, parties),
        "owner_id_number": parties.buyer,
        "co_ownership": OWNERSHIP.get(str(form.get("ownership")), ""),
        **{name: value(land, name) for name in ("property_id", "address", "right_kind", "land_use", "area_m2")},
        "registered_on": on.isoformat(),
    }
    sheet.licence = {name: str(text) for name, text in page.items() if text}
    if not parties.is_buyer:
        sheet.is_for_other = True
        sheet.holder = _known(parties.buyer)
    sheet.former_holder, sheet.same = _known(parties.seller), "property_id"
    sheet.silent = () if land is not None and land.state == "answered" else (LAND,)
    sheet.notice = {
        "property_id": str(form.get("property_id") or "").upper(),
        "contract_no": form.get("contract_no"),
        "buyer_id_number": parties.buyer,
        "seller_id_number": parties.seller,
        "deed_tax": sheet.value("deed_tax"),
    }


def _name(case: "Case", form: Mapping[str, Any], parties: Parties) -> str:
    """Return the buyer's name where the population register is silent: as verified here, or else as written."""
    buyer = (case.person or case.organisation) if parties.is_buyer else _known(parties.buyer)
    return buyer.name if buyer else str(form.get("other_name") or "")


def _known(number: str) -> Person | None:
    found: Person | None = Person.objects.with_id_number(id_number=number).first() if number else None
    return found


def _new_number(old: str, case: "Case", *, on: date) -> str:
    """Return the number of the new certificate: of the same office, of this year, counted by the case."""
    found = NUMBER_OF_CERTIFICATE.match(old)
    return f"{found['place']}（{on.year}）{found['office']}{case.pk:07d}号" if found else ""


def _plain(text: Any) -> str:
    """Return an address without what people write or leave out at will."""
    return SEPARATORS.sub("", str(text or "")).removeprefix("安徽省")


def _decimal(text: Any) -> Decimal | None:
    try:
        return Decimal(str(text)) if text not in (None, "") else None
    except InvalidOperation:
        return None


def _difference(written: Any, recorded: Any) -> str | None:
    """Return the area written less the one on record, in square metres."""
    one, other = _decimal(written), _decimal(recorded)
    return None if one is None or other is None else str(one - other)


def _ratio(price: Any, assessed: Any) -> str | None:
    """Return price over assessed value with four places, rounded away from 1: a limit is never met by rounding."""
    one, other = _decimal(price), _decimal(assessed)
    if one is None or other is None or other <= 0:
        return None
    found = one / other
    return str(found.quantize(FOUR_PLACES, rounding=ROUND_DOWN if found < 1 else ROUND_UP))
