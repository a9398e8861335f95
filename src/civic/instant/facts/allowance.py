"""The facts of 高龄津贴: age and household from public security, payment from civil affairs, the card from rsj."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localdate

from civic.accounts.models import Mandate
from civic.accounts.rules import age_on
from civic.core import chinese_names as names
from civic.exchange.results import Ask
from civic.instant.facts.drawing import RULES, draw_about, draw_for, put, value
from civic.instant.facts.sheet import FORM, PLATFORM, Sheet

if TYPE_CHECKING:
    from civic.accounts.models import Person
    from civic.cases.models import Case
    from civic.exchange.results import Drawn

POPULATION, ALLOWANCE, INSURANCE = "gaj.population", "mzj.old_age_allowance", "rsj.insurance"
PERSON_FIELDS, PAYMENT_FIELDS, CARD_FIELDS = ("born_on", "alive", "hukou_city"), ("receives",), ("insured", "card_no")
SELF = "self"
AGE_BANDS = ((100, "from_100"), (90, "from_90"), (80, "from_80"))


@dataclass(frozen=True)
class Holder:
    """Whose allowance it is; `applicant` applies for somebody of the family where the two differ."""

    number: str
    name: str
    applicant: str

    @property
    def is_other(self) -> bool:
        return self.number != self.applicant


def gather(case: "Case", *, at: datetime, by: object = RULES) -> Sheet:
    """Draw what the rules ask for. Nothing is asked about somebody for whom the applicant may not act."""
    form = case.latest_submission.form
    sheet = Sheet()
    for name in ("holder", "payout"):
        sheet.put(name, form.get(name), FORM)
    holder = _holder(case, form)
    may_ask = _acts_for(sheet, case, holder, at=at) if holder.is_other else True
    drawn = draw_for(case, _asks(holder.number), at=at, by=by) if may_ask else {}
    _about(sheet, drawn, on=localdate(at), otherwise="" if may_ask else "NOT_ACTING")
    sheet.about = f"allowance:{holder.number}" if holder.number else ""
    sheet.notice = {"id_number": holder.number, "payout": form.get("payout")}
    return sheet


def gather_for(person: "Person", *, answers: Mapping[str, Any], service: str, at: datetime) -> Sheet:
    """Draw what decides whether to offer the allowance to `person`, who would answer as `answers` say."""
    sheet = Sheet()
    for name in ("holder", "payout"):
        sheet.put(name, answers.get(name), FORM)
    drawn = draw_about(person, _asks(person.id_number), service=service, purpose="offer", by="rules", at=at)
    _about(sheet, drawn, on=localdate(at))
    return sheet


def fill(person: "Person", *, service: str, by: object, at: datetime) -> dict[str, str]:
    """Return the answers of the form that data and the account give; what is not known is left out."""
    ask = Ask(POPULATION, {"id_number": person.id_number}, ("born_on", "address"))
    drawn = draw_about(person, {"person": ask}, service=service, purpose="prefill", by=by, at=at)["person"]
    born_on = value(drawn, "born_on")
    answers = {
        "age_band": _age_band(age_on(localdate(at), born_on=date.fromisoformat(str(born_on)))) if born_on else "",
        "address": str(value(drawn, "address") or ""),
        "contact_name": person.name,
        "contact_phone": person.phone,
    }
    return {name: answer for name, answer in answers.items() if answer}


def _holder(case: "Case", form: Mapping[str, Any]) -> Holder:
    own = case.person.id_number if case.person else ""
    if form.get("holder") == SELF:
        return Holder(own, "", own)
    return Holder(str(form.get("holder_id_number") or "").upper(), str(form.get("holder_name") or ""), own)


def _acts_for(sheet: Sheet, case: "Case", holder: Holder, *, at: datetime) -> bool:
    """Note whether the applicant may act: by a mandate of the person, or as one of the same household."""
    mandates = Mandate.objects.active(at=at).filter(agent=case.applicant, principal_person__isnull=False)
    principals = [mandate.principal_person for mandate in mandates.select_related("principal_person__key")]
    if any(person and person.id_number == holder.number for person in principals):
        sheet.put("acts_for_holder", True, PLATFORM)
        return True
    fields = ("name", "household_no")
    asks = {
        "holder": Ask(POPULATION, {"id_number": holder.number}, fields),
        "applicant": Ask(POPULATION, {"id_number": holder.applicant}, fields),
    }
    drawn = draw_for(case, asks if holder.number and holder.applicant else {}, at=at)
    home, named = value(drawn.get("applicant"), "household_no"), value(drawn.get("holder"), "name")
    if home is None or named is None:
        reason = next((one.reason for one in drawn.values() if one.reason), "") or "NO_RECORD"
        sheet.put("acts_for_holder", None, POPULATION, reason=reason)
        return False
    is_named = names.same_name(holder.name, str(named))
    put(sheet, "acts_for_holder", drawn.get("holder"), "household_no", lambda number: is_named and number == home)
    return bool(sheet.value("acts_for_holder"))


def _asks(number: str) -> dict[str, Ask]:
    subject = {"id_number": number}
    return {
        "person": Ask(POPULATION, subject, PERSON_FIELDS),
        "payment": Ask(ALLOWANCE, subject, PAYMENT_FIELDS),
        "card": Ask(INSURANCE, subject, CARD_FIELDS),
    }


def _about(sheet: Sheet, drawn: "Mapping[str, Drawn]", *, on: date, otherwise: str = "") -> None:
    person, card = drawn.get("person"), drawn.get("card")
    put(sheet, "age_years", person, "born_on", lambda day: age_on(on, born_on=date.fromisoformat(str(day))))
    put(sheet, "alive", person, "alive")
    put(sheet, "hukou_city", person, "hukou_city")
    put(sheet, "receives", drawn.get("payment"), "receives")
    put(sheet, "insured", card, "insured")
    if card is not None and card.state == "empty":  # who is in no insurance has no card
        for key in ("insured", "card_no_known"):
            sheet.put(key, False, card.source, as_of=card.as_of)
    else:
        put(sheet, "card_no_known", card, "card_no", bool)
    if otherwise:
        for key in ("age_years", "alive", "hukou_city", "receives", "insured", "card_no_known"):
            sheet.put(key, None, "", reason=otherwise)


def _age_band(age: int) -> str:
    return next((band for least, band in AGE_BANDS if age >= least), "")
