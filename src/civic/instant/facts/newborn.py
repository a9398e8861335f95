"""The facts of 新生儿落户: drawn from health, public security and civil affairs all at once, and checked by us."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localdate

from civic.accounts.models import Person
from civic.core import chinese_names as names
from civic.exchange.results import Ask
from civic.instant.facts.consent import put_consent
from civic.instant.facts.drawing import RULES, draw_for, has_answered, put, value
from civic.instant.facts.sheet import FORM, PLATFORM, Sheet
from civic.instant.rules import a_month_after, has_surname_of, is_female

if TYPE_CHECKING:
    from civic.cases.models import Case
    from civic.exchange.results import Drawn

SAME_BIRTH = timedelta(days=2)
MOTHER, FATHER = "mother", "father"
CERTIFICATE, POPULATION, REGISTRATION = "wjw.birth_certificate", "gaj.population", "gaj.birth_registration"


@dataclass(frozen=True)
class Family:
    """Who applies, and the other parent as the applicant names them; "" where there is none to name."""

    own: str
    other: str
    certificate: str

    @property
    def mother(self) -> str:
        return self.own if is_female(self.own) else self.other

    @property
    def father(self) -> str:
        return self.other if is_female(self.own) else self.own


def gather(case: "Case", *, at: datetime, by: object = RULES) -> Sheet:
    """Draw and check everything that the rules of registering a newborn ask for."""
    form = case.latest_submission.form
    family = Family(
        own=case.person.id_number if case.person else "",
        other=str(form.get("other_parent_id_number") or "").upper(),
        certificate=str(form.get("certificate_no") or "").upper(),
    )
    drawn = draw_for(case, _asks(family, form), at=at, by=by)
    sheet = Sheet(about=f"newborn:{family.certificate}" if family.certificate else "")
    for name in ("birth_path", "household_of", "other_parent"):
        sheet.put(name, form.get(name), FORM)
    _certificate(sheet, drawn.get("certificate"), family)
    _time(sheet, on=localdate(at))
    _parents(sheet, drawn, family)
    _household(sheet, drawn, family)
    _registered_before(sheet, drawn, form)
    _name(sheet, drawn, form)
    _consent(sheet, case, family)
    _results(sheet, drawn, form, family, on=localdate(at))
    return sheet


def _asks(family: Family, form: Mapping[str, Any]) -> dict[str, Ask]:
    asks = {"marriage": Ask("mzj.marriage", {"id_number": family.own})}
    if family.certificate:
        by_number = {"certificate_no": family.certificate}
        asks["certificate"] = Ask(CERTIFICATE, by_number)
        asks["registration"] = Ask(REGISTRATION, by_number)
        asks["number"] = Ask("gaj.birth_number", by_number)
    if family.mother:
        asks["siblings"] = Ask(REGISTRATION, {"mother_id_number": family.mother})
    for who, number in ((MOTHER, family.mother), (FATHER, family.father)):
        if number:
            asks[who] = Ask(POPULATION, {"id_number": number})
    keeper = family.mother if form.get("household_of") == MOTHER else family.father
    if keeper:
        asks["household"] = Ask("gaj.household", {"id_number": keeper})
    return asks


def _certificate(sheet: Sheet, drawn: "Drawn | None", family: Family) -> None:
    found = bool(drawn.records) if drawn is not None and has_answered(drawn) else None
    reason = drawn.reason if drawn is not None else "NO_RECORD"
    sheet.put("certificate_found", found, CERTIFICATE, as_of=drawn.as_of if drawn else None, reason=reason)
    for key, field in (("certificate_valid", "valid"), ("certificate_used", "used")):
        put(sheet, key, drawn, field)
    for key in ("sex", "born_on", "birth_order"):
        put(sheet, key, drawn, key)
    put(sheet, "hospital_known", drawn, "hospital_code", bool)
    put(sheet, "mother_matches", drawn, "mother_id_number", lambda number: number == family.mother)
    put(sheet, "father_matches", drawn, "father_id_number", lambda number: number == family.father)
    put(sheet, "applicant_is_mother", drawn, "mother_id_number", lambda number: number == family.own)
    parents = {value(drawn, "mother_id_number"), value(drawn, "father_id_number")}
    put(sheet, "applicant_is_parent", drawn, "mother_id_number", lambda _number: family.own in parents)


def _time(sheet: Sheet, *, on: date) -> None:
    """How old the child is, and whether the month in which a birth is to be declared is over."""
    known = sheet.value("born_on")
    born_on = date.fromisoformat(known) if known else None
    sheet.put("age_days", (on - born_on).days if born_on else None, PLATFORM, reason="" if born_on else "NO_RECORD")
    sheet.put("late", on > a_month_after(born_on) if born_on else None, PLATFORM, reason="" if born_on else "NO_RECORD")


def _parents(sheet: Sheet, drawn: "Mapping[str, Drawn]", family: Family) -> None:
    for who in (MOTHER, FATHER):
        put(sheet, f"{who}_alive", drawn.get(who), "alive")
        put(sheet, f"{who}_hukou_city", drawn.get(who), "hukou_city")
    father = drawn.get(FATHER)
    known = bool(father.records) if father is not None and has_answered(father) else None
    if not family.father and sheet.value("other_parent") == "yes":
        known = False  # who has another document stands in no register of residents
    sheet.put("father_known", known, POPULATION, reason=father.reason if father is not None else "NO_RECORD")
    marriage = drawn.get("marriage")
    if marriage is not None and marriage.state == "empty":  # civil affairs knows of no marriage of this person
        sheet.put("parents_married", False, marriage.source, as_of=marriage.as_of)
        return
    spouse = value(marriage, "spouse_id_number")
    put(sheet, "parents_married", marriage, "status", lambda status: _married(status, spouse, family))


def _married(status: str, spouse: str | None, family: Family) -> bool:
    """Whether the applicant is married, and to the parent whom they name, where they name one."""
    return status == "married" and (not family.other or spouse == family.other)


def _household(sheet: Sheet, drawn: "Mapping[str, Drawn]", family: Family) -> None:
    """Whether the applicant belongs to the household that the child is to join."""
    household = drawn.get("household")
    own = value(drawn.get(MOTHER if family.own == family.mother else FATHER), "household_no")
    put(sheet, "household_kind", household, "kind")
    if own is None:
        sheet.put("household_member", None, POPULATION, reason="NO_RECORD")
    else:
        put(sheet, "household_member", household, "household_no", lambda number: number == own)


def _registered_before(sheet: Sheet, drawn: "Mapping[str, Drawn]", form: Mapping[str, Any]) -> None:
    """The same certificate, or the same mother within two days with the same order; twins have another order."""
    registration, siblings = drawn.get("registration"), drawn.get("siblings")
    if registration is not None and registration.state == "empty":
        sheet.put("already_registered", False, registration.source, as_of=registration.as_of)
    else:
        put(sheet, "already_registered", registration, "registered")
    born_on, order = sheet.value("born_on"), sheet.value("birth_order")
    if siblings is None or not has_answered(siblings) or born_on is None or order is None:
        reason = (siblings.reason if siblings else "") or "NO_RECORD"
        for key in ("twin_conflict", "duplicate_suspected"):
            sheet.put(key, None, REGISTRATION, reason=reason)
        return
    near = [row for row in _rows(siblings) if _is_near(row.get("born_on"), born_on)]
    name = str(form.get("child_name") or "")
    conflict = any(row.get("birth_order") == order for row in near)
    alike = any(names.same_name(name, str(row.get("name") or "")) for row in near)
    sheet.put("twin_conflict", conflict, REGISTRATION, as_of=siblings.as_of)
    sheet.put("duplicate_suspected", alike, REGISTRATION, as_of=siblings.as_of)


def _rows(drawn: "Drawn | None") -> list[dict[str, Any]]:
    records = drawn.records if drawn else []
    return [{name: getattr(result, "value", None) for name, result in record.items()} for record in records]


def _is_near(day: Any, born_on: str) -> bool:
    return bool(day) and abs(date.fromisoformat(str(day)) - date.fromisoformat(born_on)) <= SAME_BIRTH


def _name(sheet: Sheet, drawn: "Mapping[str, Drawn]", form: Mapping[str, Any]) -> None:
    name = str(form.get("child_name") or "")
    sheet.put("name_encodable", names.is_encodable(name), PLATFORM)
    sheet.put("name_characters_standard", names.are_standard_characters(name), PLATFORM, reason="UNSURE")
    sheet.put("name_length_ok", names.is_of_usual_length(name), PLATFORM)
    whose = str(form.get("child_surname_of") or "")
    if whose == "other":
        sheet.put("surname_of_parent", False, FORM)
    else:
        put(sheet, "surname_of_parent", drawn.get(whose), "name", lambda parent: has_surname_of(name, str(parent)))


def _consent(sheet: Sheet, case: "Case", family: Family) -> None:
    """What the other parent has answered in the wallet; whom to ask, where nobody has been asked."""
    if not family.other:
        return
    put_consent(sheet, case, Person.objects.with_id_number(id_number=family.other).first())


def _results(sheet: Sheet, drawn: "Mapping[str, Drawn]", form: Mapping[str, Any], family: Family, *, on: date) -> None:
    """What a grant brings: the page of the household register, and what the departments that follow are told."""
    household = drawn.get("household")
    parents = {family.mother, family.father} - {""}
    child = {"name": str(form.get("child_name") or ""), "sex": sheet.value("sex"), "born_on": sheet.value("born_on")}
    kin = {"M": "子", "F": "女"}.get(str(child["sex"]), "")
    page = {
        "name": child["name"],
        "sex": {"M": "男", "F": "女"}.get(str(child["sex"]), ""),
        "born_on": child["born_on"],
        "id_number": value(drawn.get("number"), "id_number"),
        "household_no": value(household, "household_no"),
        "head_name": value(household, "head_name"),
        "relation": kin if value(household, "head_id_number") in parents else "其他亲属",
        "address": value(household, "address"),
        "registered_on": on.isoformat(),
    }
    sheet.licence = {name: str(text) for name, text in page.items() if text}
    whose = str(form.get("household_of") or "")
    sheet.words = {
        "child": str(child["name"]),
        "applicant": str(value(drawn.get(MOTHER if family.own == family.mother else FATHER), "name") or "孩子的家长"),
        "household": {MOTHER: "母亲", FATHER: "父亲"}.get(whose, ""),
        "household_en": whose,
    }
    sheet.notice = {
        "certificate_no": family.certificate,
        "child": child,
        "mother_id_number": family.mother,
    }
