"""What the city already knows: drawn from those who keep it, shown with its source, never typed again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.dateparse import parse_datetime
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from civic.accounts.models import Department
from civic.core.text import local
from civic.exchange.results import Ask, Context, Disputed, Unavailable, Value
from civic.exchange.rules import words_of_reason
from civic.exchange.services import draw

if TYPE_CHECKING:
    from civic.accounts.models import Person
    from civic.cases.models import Draft
    from civic.exchange.results import Drawn

DRAWN = "_drawn"
DEADLINE_SECONDS = 3.0
PURPOSE = "prefill"


@dataclass(frozen=True)
class Source:
    """Where one answer comes from. `of`: ME for the applicant's own number, else the name of an earlier answer.

    `unless` names a field: records in which it is true are left out (a certificate that was used).
    """

    name: str
    resource: str
    key: str
    of: str
    field: str
    unless: str = ""


ME = "me"


def sources_of(form: Mapping[str, Any]) -> list[Source]:
    """Return the answers of a form that departments can give."""
    return [
        Source(name, hint["resource"], hint["key"], hint["of"], hint["field"], hint.get("unless", ""))
        for name, prop in form.get("properties", {}).items()
        if (hint := prop.get("x-source"))
    ]


def draw_answers(draft: "Draft", *, at: datetime) -> None:
    """Fill in what departments know and the person has not answered; call it outside a transaction.

    What was drawn stays beside the answer with its source and time; what could not be got says why. Nothing that the
    person has typed is changed.
    """
    person, known = draft.owner.person, draft.answers
    if person is None:
        return
    wanted = _wanted(draft, person, known)
    if not wanted:
        return
    context = Context(
        service=draft.service_version.service.code,
        case=f"draft:{draft.token}",
        purpose=PURPOSE,
        on_behalf_of=person.ledger_id(),
        by=draft.owner,
    )
    drawn = draw({key: ask for key, (ask, _) in wanted.items()}, context=context, at=at, deadline=DEADLINE_SECONDS)
    notes = dict(known.get(DRAWN, {}))
    for key, (ask, sources) in wanted.items():
        for source in sources:
            notes[source.name] = {**_note(drawn[key], source), "asked": dict(ask.subject)}
    filled = {name: note["value"] for name, note in notes.items() if note["value"] and not known.get(name)}
    draft.keep({**filled, DRAWN: notes}, at=at)


def _wanted(draft: "Draft", person: "Person", known: Mapping[str, Any]) -> dict[str, tuple[Ask, list[Source]]]:
    """Return one question for each resource and subject that was not asked yet, with the answers it is for."""
    notes, groups = known.get(DRAWN, {}), dict[str, tuple[Ask, list[Source]]]()
    for source in sources_of(draft.service_version.form):
        subject = person.id_number if source.of == ME else str(known.get(source.of) or "")
        asked = notes.get(source.name, {})
        if not subject or (asked.get("asked") == {source.key: subject} and not asked.get("reason")):
            continue
        key = f"{source.resource}:{source.key}:{source.of}"
        ask, sources = groups.get(key, (Ask(source.resource, {source.key: subject}), []))
        sources.append(source)
        fields = tuple(dict.fromkeys(name for one in sources for name in (one.field, one.unless) if name))
        groups[key] = (Ask(ask.resource, ask.subject, fields), sources)
    return groups


def _note(drawn: "Drawn", source: Source) -> dict[str, Any]:
    """Return what is kept of one result: value (or choices, where there are several records), source, time, reason."""
    records = [record for record in drawn.records if not _is_left_out(record, source)]
    found = [record.get(source.field) for record in records]
    values = [result.value for result in found if isinstance(result, Value)]
    note: dict[str, Any] = {"value": "", "choices": [], "source": drawn.source, "as_of": "", "reason": ""}
    note |= {"call": drawn.call, "field": source.field, "resource": source.resource}
    if len(set(map(str, values))) > 1:
        return {**note, "choices": [_text(value) for value in dict.fromkeys(values)], "as_of": _time(drawn)}
    result = found[0] if found else drawn.one(source.field)
    if isinstance(result, Value) and found:
        return {**note, "value": _text(result.value), "as_of": result.as_of.isoformat()}
    if isinstance(result, Unavailable):
        return {**note, "reason": result.reason}
    return {**note, "reason": "DISPUTED" if isinstance(result, Disputed) else "NO_RECORD"}


def _is_left_out(record: Mapping[str, Any], source: Source) -> bool:
    mark = record.get(source.unless)
    return isinstance(mark, Value) and mark.value is True


def _time(drawn: "Drawn") -> str:
    return drawn.as_of.isoformat() if drawn.as_of else ""


def _text(value: Any) -> str:
    """Return a value as a form's answer holds it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


@dataclass(frozen=True)
class Origin:
    """Where an answer on the page comes from, in words; `choices` where there are several to choose from."""

    words: str
    contest: str
    choices: list[tuple[str, str]]


def origins(answers: Mapping[str, Any]) -> dict[str, Origin]:
    """Return by field what stands beside each answer that was drawn, or could not be."""
    notes = answers.get(DRAWN, {})
    if not notes:
        return {}
    departments = {department.code: local(department, "name") for department in Department.objects.all()}
    return {name: _origin(note, departments, str(answers.get(name) or "")) for name, note in notes.items()}


def _origin(note: Mapping[str, Any], departments: Mapping[str, str], answer: str) -> Origin:
    source = departments.get(note["resource"].partition(".")[0], "")
    contest = f"/my/exchange/contest/{note['call']}/{note['field']}/" if note["call"] and note["value"] else ""
    if note["choices"]:
        return Origin(_("%(source)s有几条记录，请选一条。") % {"source": source}, "", [(v, v) for v in note["choices"]])
    if note["reason"]:
        words = _("没有从%(source)s取到，请您填写。%(reason)s")
        return Origin(words % {"source": source, "reason": words_of_reason(note["reason"])}, "", [])
    as_of = localtime(parse_datetime(note["as_of"])).strftime("%Y-%m-%d %H:%M")
    words = _("来自%(source)s，截至%(as_of)s。")
    if answer != note["value"]:
        words = _("您改过；%(source)s的记录截至%(as_of)s。")
    return Origin(words % {"source": source, "as_of": as_of}, contest, [])


def counts(form: Mapping[str, Any], answers: Mapping[str, Any], notes: Mapping[str, Any]) -> dict[str, str]:
    """Return how many answers were drawn and how many a person typed, for the comparison before and after."""
    given: Iterable[str] = [name for name in form.get("properties", {}) if answers.get(name) not in (None, "", [])]
    drawn = [name for name in given if str(answers[name]) == notes.get(name, {}).get("value", "")]
    return {"drawn": str(len(drawn)), "typed": str(len(list(given)) - len(drawn))}
