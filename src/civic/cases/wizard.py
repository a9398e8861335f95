"""The pages of an application in their order, and what is still wrong on each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from civic.cases import prefill
from civic.cases.licensed import Supply, supplies_of
from civic.cases.models import Draft
from civic.cases.papers import say_missing
from civic.cases.rules import COMMITTED, missing_materials
from civic.cases.services import Application, Principal
from civic.cases.states import Delivery, SuppliedBy
from civic.catalogue.rules.form import clean, form_errors, shown_fields
from civic.core.errors import FieldError
from civic.core.text import language, local, local_labels
from civic.documents.models import Document

GROUPS: dict[str, str] = {SuppliedBy.DOCUMENT: "bring", SuppliedBy.COMMITMENT: "commit", SuppliedBy.LICENCE: "wallet"}


@dataclass(frozen=True)
class FormPage:
    """One topic of the form."""

    key: str
    raw: dict[str, Any]
    properties: dict[str, Any]
    required: frozenset[str]

    @property
    def title(self) -> str:
        return local(self.raw, "title")

    @property
    def names(self) -> set[str]:
        return set(self.properties)


class Wizard:
    """The way of one draft through its pages."""

    def __init__(self, draft: Draft, who: Principal | None = None, *, at: datetime) -> None:
        """Stand before the pages of `draft` on behalf of `who` (None: the owner's own person), as of `at`."""
        self.draft = draft
        self.version = draft.service_version
        self.schema: dict[str, Any] = self.version.form or {"type": "object", "properties": {}}
        holder = who.holder if who is not None else draft.owner.person
        self.supplies = supplies_of(self.version, holder, by=draft.owner, at=at)
        self.keys = [*[str(raw["key"]) for raw in self.schema.get("x-pages", [])]]
        if self.asked_materials():
            self.keys.append("materials")
        if len(self.version.delivery) != 1 or Delivery.POST in self.version.delivery:
            self.keys.append("delivery")  # one way only is no question
        self.keys.append("check")

    # Where to go

    def address(self, key: str) -> str:
        return f"/apply/drafts/{self.draft.token}/{key}/"

    def first_address(self) -> str:
        """Return the first page that is not complete, or the check page."""
        return self.address(next((key for key in self.keys[:-1] if self.errors_of(key)), "check"))

    def address_after(self, key: str, *, back_to: str = "") -> str:
        """Return the page after `key`, or the check page when the person came from there."""
        following = "check" if back_to == "check" else self.keys[self.keys.index(key) + 1]
        return self.address(following)

    def back_address(self, key: str) -> str:
        position = self.keys.index(key)
        return self.address(self.keys[position - 1]) if position else f"/apply/{self.version.service.code}/"

    def progress(self, key: str) -> tuple[int, int]:
        """Return which page of how many this is."""
        return self.keys.index(key) + 1, len(self.keys)

    # What is on a page

    def page(self, key: str) -> FormPage:
        raw = next((raw for raw in self.schema.get("x-pages", []) if raw["key"] == key), None)
        if raw is None:
            raise Http404
        properties = {name: self.schema["properties"][name] for name in raw["fields"]}
        return FormPage(key, raw, properties, frozenset(self.required()) & frozenset(properties))

    def required(self) -> set[str]:
        """Return the names that must be answered; a field shown on a condition is required where its rule says so."""
        names = set(self.schema.get("required", []))
        for rule in self.schema.get("allOf", []):
            names |= set(rule.get("then", {}).get("required", []))
        return names

    def asked_materials(self) -> list[Supply]:
        """Return what the person has to do something about: upload, commit to, agree to."""
        return self.supplies.of(SuppliedBy.DOCUMENT, SuppliedBy.COMMITMENT, SuppliedBy.LICENCE)

    def materials(self) -> dict[str, list[dict[str, Any]]]:
        """Return the materials by where they come from: to bring, to commit to, in the wallet, held by the city."""
        groups: dict[str, list[dict[str, Any]]] = {"bring": [], "commit": [], "wallet": [], "held": []}
        for row in self.supplies.rows:
            groups[GROUPS.get(row.by, "held")].append(row.shown())
        return groups

    def licences(self) -> set[str]:
        """Return the keys of the materials for which licences are to be used: as ticked, else as agreed for all."""
        return self.supplies.agreed(self._ticked())

    def _ticked(self) -> list[str] | None:
        said = self.draft.answers.get("_licences")
        return None if said is None else [str(key) for key in said]

    def documents(self, key: str) -> list[Any]:
        """Return the documents given for material `key`, in the order given."""
        from_store = self._stored()
        return [from_store[token] for token in self.draft.documents.get(key, []) if token in from_store]

    def _stored(self) -> dict[str, Any]:
        if not hasattr(self, "_documents"):
            from_owner = Document.objects.owned_by(account=self.draft.owner).for_list()
            self._documents = {str(document.token): document for document in from_owner}
        return self._documents

    # What is wrong

    def errors_of(self, key: str) -> Sequence[FieldError]:
        if key == "materials":
            return self.material_errors()
        if key == "delivery":
            return self.delivery_errors()
        return self.errors_on(self.page(key), lang=language())

    def errors_on(self, current: FormPage, *, lang: str) -> list[FieldError]:
        """Return what is wrong on one page; pointers are the names of its fields."""
        found = form_errors(self.schema, self.answers(), lang)
        return [
            FieldError(error.pointer.strip("/"), error.code, error.message)
            for error in found
            if error.pointer.strip("/") in current.properties
        ]

    def material_errors(self) -> list[FieldError]:
        handed_in = {key: tokens for key, tokens in self.draft.documents.items() if tokens}
        given = {**dict.fromkeys(self.commitments(), COMMITTED), **handed_in}
        known = {str(m["key"]): m for m in self.version.materials}
        offered = {row.key for row in self.supplies.of(SuppliedBy.LICENCE)}
        missing = missing_materials(
            self.version.materials, given=given, supplied=self.supplies.supplied(self._ticked())
        )
        barred = {row.key: row.why_not_commit for row in self.supplies.rows if row.why_not_commit}
        words = {key: barred.get(key) or say_missing(known[key], is_held=key in offered) for key in missing}
        return [FieldError(key, "required", words[key]) for key in missing]

    def delivery_errors(self) -> list[FieldError]:
        if self.delivery() not in self.version.delivery:
            return [FieldError("delivery", "required", _("请选择怎样领取结果"))]
        if self.delivery() == Delivery.POST and not self.draft.answers.get("_address"):
            return [FieldError("address", "required", _("请填写邮寄地址"))]
        return []

    def with_addresses(self, errors: Sequence[FieldError]) -> list[dict[str, str]]:
        """Return errors of the whole application as links to the pages where they are mended."""
        pages = {name: raw["key"] for raw in self.schema.get("x-pages", []) for name in raw["fields"]}
        lines = []
        for error in errors:
            kind, _slash, name = error.pointer.strip("/").partition("/")
            key = (
                pages.get(name, self.keys[0]) if kind == "form" else "materials" if kind == "documents" else "delivery"
            )
            lines.append({"href": f"{self.address(key)}?back_to=check#{name}", "text": error.message})
        return lines

    # What will be sent

    def answers(self) -> dict[str, Any]:
        """Return the typed answers, without hidden fields and blanks."""
        return clean(self.schema, self.draft.answers)

    def commitments(self) -> list[str]:
        return self.supplies.committed(str(key) for key in self.draft.answers.get("_commitments", []))

    def delivery(self) -> str:
        """Return how the result is to be delivered: what was chosen, or the only way there is; "" when not known."""
        only = self.version.delivery[0] if "delivery" not in self.keys else ""
        return str(self.draft.answers.get("_delivery") or only)

    def application(self) -> Application:
        return Application(
            form=self.answers(),
            documents={key: tokens for key, tokens in self.draft.documents.items() if tokens},
            commitments=self.commitments(),
            licences=self._ticked(),
            delivery=self.delivery(),
            address=self.draft.answers.get("_address", ""),
            origins=prefill.counts(self.schema, self.answers(), self.draft.answers.get(prefill.DRAWN, {})),
        )

    def summary(self) -> list[dict[str, Any]]:
        """Return the answers by page, as rows of a summary list with a way to change each."""
        return summary_rows(
            self.schema, self.answers(), address=lambda key, name: f"{self.address(key)}?back_to=check#{name}"
        )


def summary_rows(schema: dict[str, Any], answers: dict[str, Any], *, address: Any = None) -> list[dict[str, Any]]:
    """Return (title, rows) per page of a form; `address(page, field)` makes the link to change an answer."""
    shown = shown_fields(schema, answers)
    cards = []
    for raw in schema.get("x-pages", []):
        rows = []
        for name in raw["fields"]:
            if name not in shown:
                continue
            prop = schema["properties"][name]
            row = {"key": local(prop, "title"), "value": in_words(prop, answers.get(name)), "name": name}
            if address:
                row["href"] = address(raw["key"], name)
            rows.append(row)
        cards.append({"title": local(raw, "title"), "rows": rows, "key": raw["key"]})
    return cards


def in_words(prop: dict[str, Any], value: Any) -> str:
    """Return an answer as people read it."""
    if value in (None, "", []):
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    labels = {str(code): str(text) for code, text in local_labels(prop) or []}
    if isinstance(value, list):
        return "、".join(labels.get(str(item), str(item)) for item in value)
    said = labels.get(str(value), str(value))
    return _("%(amount)s元") % {"amount": said} if prop.get("x-widget") == "money" else said
