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
from civic.licences.models import Licence, LicenceType

if TYPE_CHECKING:
    from civic.accounts.models import Person
    from civic.cases.models import Draft
    from civic.exchange.results import Drawn

DRAWN = "_drawn"
DEADLINE_SECONDS = 3.0
PURPOSE = "prefill"
NOTHING: Mapping[str, Any] = {"value": "", "choices": [], "source": "", "as_of": "", "reason": ""}


@dataclass(frozen=True)
class Source:
    """Where one answer comes from. `of`: ME for the applicant's own number, else the name of an earlier answer.

    `unless` names a field: records in which it is true are left out (a certificate that was used). What is asked by the
    number of a thing, a home, is shown to its parties only: to whom one of the fields `whose` names, or who has got the
    answer `party` from a source already; never to whom `not_whose` names. Where `field` holds the applicant's own
    number, `when_mine` is taken instead. `words` turns what the source says into an answer; `me` stands for the
    applicant's own number and `else` for every other value.
    """

    name: str
    resource: str
    key: str
    of: str
    field: str
    unless: str = ""
    whose: tuple[str, ...] = ()
    not_whose: str = ""
    party: str = ""
    when_mine: str = ""
    words: Mapping[str, str] | None = None

    @classmethod
    def read(cls, name: str, hint: Mapping[str, Any]) -> "Source":
        """Return the source that a form's field names."""
        return cls(name, **{**hint, "whose": tuple(hint.get("whose", ()))})

    @property
    def fields(self) -> tuple[str, ...]:
        """What has to be asked for this one answer."""
        return tuple(name for name in (self.field, self.unless, *self.whose, self.not_whose, self.when_mine) if name)


ME, ELSE = "me", "else"


def sources_of(form: Mapping[str, Any]) -> list[Source]:
    """Return the answers of a form that departments can give."""
    return [
        Source.read(name, hint)
        for name, prop in form.get("properties", {}).items()
        if (hint := prop.get("x-source")) and "resource" in hint
    ]


def draw_answers(draft: "Draft", *, at: datetime) -> None:
    """Fill in what departments know and the person has not answered; call it outside a transaction.

    What was drawn stays beside the answer with its source and time; what could not be got says why. Nothing that the
    person has typed is changed. What stands in their own licences is shown to nobody else by that.
    """
    person, known = draft.owner.person, draft.answers
    if person is None:
        return
    own = from_licences(draft.service_version.form, person, known.get(DRAWN, {}), at=at)
    if own:
        filled = {name: note["value"] for name, note in own.items() if note["value"] and not known.get(name)}
        draft.keep({**filled, DRAWN: {**known.get(DRAWN, {}), **own}}, at=at)
        known = draft.answers
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
    before = known.get(DRAWN, {})
    notes = dict(before)
    for key, source in sorted(_each(wanted), key=lambda pair: bool(pair[1].party)):  # whose answers tell the parties
        note = _note(drawn[key], source, own=person.id_number, is_party=bool(notes.get(source.party, {}).get("value")))
        notes[source.name] = {**note, "asked": dict(wanted[key][0].subject)}
    draft.keep({**_filled(notes, before, known), DRAWN: notes}, at=at)


def _filled(notes: Mapping[str, Any], before: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, str]:
    """Return the answers to fill in: those that are blank, or that were filled in before from another record."""
    return {
        name: note["value"]
        for name, note in notes.items()
        if (note["value"] and not known.get(name))
        or (known.get(name) and note["value"] != str(known[name]) == before.get(name, {}).get("value"))
    }


def _each(wanted: "Mapping[str, tuple[Ask, list[Source]]]") -> "Iterable[tuple[str, Source]]":
    return [(key, source) for key, (_ask, sources) in wanted.items() for source in sources]


def from_licences(
    form: Mapping[str, Any], person: "Person", notes: Mapping[str, Any], *, at: datetime
) -> dict[str, dict[str, Any]]:
    """Return by field what the person's own valid licences say, with their names, as of `at`; each asked once."""
    hints = {
        name: hint
        for name, prop in form.get("properties", {}).items()
        if (hint := prop.get("x-source")) and "licence" in hint and name not in notes
    }
    if not hints:
        return {}
    kinds = {hint["licence"] for hint in hints.values()}
    valid = Licence.objects.of(person).of_kind(*kinds).valid(at=at).select_related("type", "key").order_by("issued_at")
    newest = {licence.type.code: licence for licence in valid}
    return {
        name: {**NOTHING, "value": value, "licence": hint["licence"], "as_of": at.isoformat()}
        for name, hint in hints.items()
        if hint["licence"] in newest and (value := newest[hint["licence"]].values.get(hint["field"], ""))
    }


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
        fields = tuple(dict.fromkeys(name for one in sources for name in one.fields))
        groups[key] = (Ask(ask.resource, ask.subject, fields), sources)
    return groups


def _note(drawn: "Drawn", source: Source, *, own: str, is_party: bool) -> dict[str, Any]:
    """Return what is kept of one result: value (or choices, where there are several records), source, time, reason."""
    if any(_number(record, source.not_whose) == own for record in drawn.records if source.not_whose):
        return {"value": "", "choices": [], "reason": "", "call": "", "resource": source.resource, "silent": True}
    records = [
        record
        for record in drawn.records
        if not _is_left_out(record, source) and _is_for(record, source, own=own, is_party=is_party)
    ]
    taken = source.when_mine if any(_is_mine(record, source, own=own) for record in records) else source.field
    found = [record.get(taken) for record in records]
    values = [result.value for result in found if isinstance(result, Value)]
    note: dict[str, Any] = {**NOTHING, "source": drawn.source}
    note |= {"call": drawn.call, "field": taken, "resource": source.resource}
    if len(set(map(str, values))) > 1:
        said = [_said(value, source, own=own) for value in dict.fromkeys(values)]
        return {**note, "choices": said, "as_of": _time(drawn)}
    result = found[0] if found else (None if drawn.records else drawn.one(source.field))
    if isinstance(result, Value) and found:
        return {**note, "value": _said(result.value, source, own=own), "as_of": result.as_of.isoformat()}
    if isinstance(result, Unavailable):
        return {**note, "reason": result.reason}
    return {**note, "reason": "DISPUTED" if isinstance(result, Disputed) else "NO_RECORD"}


def _is_left_out(record: Mapping[str, Any], source: Source) -> bool:
    mark = record.get(source.unless)
    return isinstance(mark, Value) and mark.value is True


def _is_for(record: Mapping[str, Any], source: Source, *, own: str, is_party: bool) -> bool:
    """Whether the applicant may be shown the record: everybody's own, and what they are a party to."""
    if not source.whose and not source.party:
        return True
    return is_party or any(_number(record, name) == own for name in source.whose)


def _number(record: Mapping[str, Any], name: str) -> str:
    return str(getattr(record.get(name), "value", ""))


def _is_mine(record: Mapping[str, Any], source: Source, *, own: str) -> bool:
    return bool(source.when_mine) and _number(record, source.field) == own


def _said(value: Any, source: Source, *, own: str) -> str:
    """Return a value as the answer that the form knows."""
    text = _text(value)
    if not source.words:
        return text
    return source.words.get(ME if text == own else text, source.words.get(ELSE, ""))


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
    kinds = {note["licence"] for note in notes.values() if "licence" in note}
    types = {type_.code: type_.label for type_ in LicenceType.objects.filter(code__in=kinds)} if kinds else {}
    return {
        name: _origin_in(note, types, str(answers.get(name) or ""))
        if "licence" in note
        else _origin(note, departments, str(answers.get(name) or ""))
        for name, note in notes.items()
        if not note.get("silent")
    }


def _origin_in(note: Mapping[str, Any], types: Mapping[str, str], answer: str) -> Origin:
    words = _("来自您的电子证照「%(licence)s」。")
    if answer != note["value"]:
        words = _("您改过；您的电子证照「%(licence)s」上写的不一样。")
    return Origin(words % {"licence": types.get(note["licence"], note["licence"])}, "", [])


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
    """Return how the answers came about, for the comparison before and after.

    `drawn`: as a source says it; `typed`: by the person, of these `again`: although a source is there for it, which
    was silent, had no record or was `changed`.
    """
    properties = form.get("properties", {})
    given = [name for name in properties if answers.get(name) not in (None, "", [])]
    said = {name: notes.get(name, {}).get("value", "") for name in given}
    drawn = [name for name in given if str(answers[name]) == said[name]]
    again = [name for name in given if name not in drawn and properties[name].get("x-source")]
    changed = [name for name in again if said[name]]
    found = {"drawn": drawn, "typed": [name for name in given if name not in drawn], "again": again, "changed": changed}
    return {what: str(len(names)) for what, names in found.items()}
