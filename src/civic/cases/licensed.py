"""Licences that fill an application's materials: what a wallet holds, what would be shared, what was used."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from civic.cases import rules
from civic.cases.barred import is_barred
from civic.cases.states import SuppliedBy
from civic.core.text import local
from civic.licences.models import Use
from civic.licences.services import agree_for_case, agrees_always, consenter, has_refused, held_for, use_for_case
from civic.licences.states import LicenceState

if TYPE_CHECKING:
    from civic.accounts.models import Account, Organisation, Person
    from civic.cases.models import Case
    from civic.catalogue.models import Version
    from civic.licences.services import Held

PROVED_BY_ACCOUNT = frozenset({"id_card"})
"""Licence types whose place the verified identity of an account takes: nobody proves twice who they are."""

WITHOUT_LICENCE = {
    "APPLICANT": SuppliedBy.DOCUMENT,
    "COMMITMENT": SuppliedBy.COMMITMENT,
    "EXCHANGE": SuppliedBy.EXCHANGE,
}


@dataclass(frozen=True)
class Supply:
    """Who supplies one material of an application: by LICENCE, the applicant lets one of theirs be used, or uploads.

    `held` is what the wallet has of its type: with the reason, where that does not count and a paper is asked for.
    `why_not_commit`: why a proof is asked for where others may commit.
    """

    material: Mapping[str, Any]
    by: str
    held: "Held | None" = None
    why_not_commit: str = ""

    @property
    def key(self) -> str:
        return str(self.material["key"])

    @property
    def hint(self) -> str:
        """What to know before one uploads, in the reader's language; of a licence, why a paper is asked for."""
        if self.why_not_commit:
            return self.why_not_commit
        if self.material.get("source") != "LICENCE" or self.by == SuppliedBy.LICENCE:
            return local(self.material, "note")
        why_not = self.held.why_not if self.held is not None else ""
        return why_not or _("没有可以直接使用的电子证照，请拍照或扫描后上传。")

    @property
    def renewal(self) -> str:
        """The code of the service that renews the licence, where it does not count any more; "" for none."""
        return self.held.type.renewal_service if self.held is not None and self.held.why_not else ""

    def shown(self) -> dict[str, Any]:
        """Return the material as a page of the application shows it."""
        words = {"note": self.hint, "note_en": self.hint}
        return {**self.material, **words, "by": self.by, "held": self.held, "renewal": self.renewal}


@dataclass(frozen=True)
class Supplies:
    """Who supplies what in one application, as of one instant. `always`: licences are used unless one says no."""

    rows: tuple[Supply, ...]
    always: bool

    def agreed(self, said: Sequence[str] | None) -> set[str]:
        """Return the keys of the materials that licences fill; `said` is what the applicant ticked, None: nothing."""
        offered = {row.key for row in self.rows if row.by == SuppliedBy.LICENCE}
        return offered & set(said) if said is not None else offered if self.always else set()

    def supplied(self, said: Sequence[str] | None) -> set[str]:
        """Return the keys of the materials for which no paper is asked, given what the applicant agreed to."""
        return self.agreed(said) | {row.key for row in self.rows if row.by == SuppliedBy.ACCOUNT}

    def committed(self, made: Iterable[str]) -> list[str]:
        """Return those of `made` that the applicant may commit to instead of handing in a proof."""
        offered = {row.key for row in self.of(SuppliedBy.COMMITMENT)}
        return [key for key in made if key in offered]

    def of(self, *by: str) -> list[Supply]:
        return [row for row in self.rows if row.by in by]


def wanted_types(version: "Version") -> list[str]:
    """Return the licence types that the materials of a version name."""
    materials = [material for material in version.materials if material.get("source") == "LICENCE"]
    return list(dict.fromkeys(str(material["licence_type"]) for material in materials if material.get("licence_type")))


def supplies_of(
    version: "Version", holder: "Person | Organisation | None", *, by: "Account", at: datetime, case: str = ""
) -> Supplies:
    """Return who supplies what where `by` applies for `holder`.

    A licence counts if it is valid at `at`, its type lets the department use something of it, and somebody may agree:
    the holder themselves, here, or once and for all on their account page. `case`: the number, where there is one
    already; who has taken back their yes about it is not asked again.
    """
    wanted = wanted_types(version)
    owner = consenter(holder) if holder is not None and wanted else None
    refused = bool(case) and owner is not None and has_refused(owner, case=case)
    always = holder is not None and owner is not None and not refused and agrees_always(holder)
    may_agree = owner is not None and not refused and owner.pk == by.person_id
    looked = [code for code in wanted if always or (may_agree and code not in PROVED_BY_ACCOUNT)]
    held = held_for(holder, types=looked, service=version.service.code, at=at) if holder and looked else {}
    barred = _why_not_commit(version, holder, at=at)
    return Supplies(tuple(_supply(material, held, barred) for material in version.materials), always)


def use_held_licences(
    case: "Case",
    version: "Version",
    *,
    said: Sequence[str] | None,
    documents: Mapping[str, Sequence[str]],
    by: "Account",
    at: datetime,
) -> list[Use]:
    """Record that licences fill the materials of a case: those agreed to, where no paper was handed in instead.

    Who applies for themselves agrees for this one case, listed in the wallet; the standing consent covers an agent.
    """
    holder = case.person or case.organisation
    if holder is None or not wanted_types(version):
        return []
    supplies, used = supplies_of(version, holder, by=by, at=at, case=case.number), _uses(case)
    keys = {key for key in supplies.agreed(said) if not documents.get(key)}
    asked = dict.fromkeys(str(row.material["licence_type"]) for row in supplies.rows if row.key in keys)
    types = [code for code in asked if code not in used]
    if not types:
        return []
    owner, service = consenter(holder), version.service.code
    if owner is not None and owner.pk == by.person_id:
        agree_for_case(holder=holder, types=types, service=service, case=case.number, by=by, at=at)
    return use_for_case(holder=holder, types=types, service=service, case=case.number, by=by, at=at)


@dataclass(frozen=True)
class Supplied:
    """By what one material of a case is supplied. `use`: of a licence; `is_withdrawn`: the holder took the yes back."""

    material: Mapping[str, Any]
    by: str
    documents: Sequence[str] = ()
    use: Use | None = None
    is_withdrawn: bool = False

    @property
    def key(self) -> str:
        return str(self.material["key"])

    @property
    def state_then(self) -> str:
        """The state of the licence when it was used: that one counts. "" without a licence."""
        return self.use.licence.state_as_of(self.use.used_at) or "" if self.use is not None else ""

    def state_now(self, at: datetime) -> str:
        """The state of the licence now. "" without a licence."""
        return self.use.licence.current_state(at=at) if self.use is not None else ""

    @property
    def state_then_words(self) -> str:
        return str(LicenceState(self.state_then).label) if self.state_then else ""

    def state_now_words(self, at: datetime) -> str:
        """The state now in words, where it is no longer the one that counted."""
        state = self.state_now(at)
        return str(LicenceState(state).label) if state and state != self.state_then else ""


def materials_of(case: "Case") -> list[Supplied]:
    """Return by what each material of a case is supplied, as it was sent last."""
    uses = _uses(case)
    standing = set(Use.objects.of_case(case.number).standing().values_list("pk", flat=True)) if uses else set()
    sent, made = case.latest_submission.documents, {commitment.material for commitment in case.commitments.all()}
    return [_supplied(material, sent.get(str(material["key"]), ()), made, uses, standing) for material in
            case.service_version.materials]  # fmt: skip


def supplied_before(case: "Case") -> set[str]:
    """Return the keys of the materials for which a correction asks no paper: their licences may still be used."""
    return {row.key for row in materials_of(case) if row.by in (SuppliedBy.LICENCE, SuppliedBy.ACCOUNT)}


def visible_uses(case: "Case", *, reader: "Account") -> set[int]:
    """Return which licences used for a case this reader may look at now: the keys of the uses."""
    if not wanted_types(case.service_version):
        return set()
    return set(Use.objects.of_case(case.number).visible_to(reader).values_list("pk", flat=True))


def _why_not_commit(version: "Version", holder: "Person | Organisation | None", *, at: datetime) -> str:
    """Say why the holder hands in proofs instead of commitments; "" if they may commit."""
    if holder is None or not any(material.get("source") == "COMMITMENT" for material in version.materials):
        return ""
    if not is_barred(holder, at=at):
        return ""
    return _("以前的一项承诺核查为不属实，修复以前不能用承诺代替，请上传证明。在“我的承诺信用”里可以申请修复。")


def _supply(material: Mapping[str, Any], held: "Mapping[str, Held]", barred: str) -> Supply:
    if material.get("source") == "COMMITMENT" and (reason := barred or _too_risky(material)):
        return Supply(material, SuppliedBy.DOCUMENT, why_not_commit=reason)
    if material.get("source") != "LICENCE":
        return Supply(material, WITHOUT_LICENCE.get(str(material.get("source")), SuppliedBy.DOCUMENT))
    code = str(material.get("licence_type") or "")
    found = held.get(code)
    if found is not None and found.is_usable:
        return Supply(material, SuppliedBy.LICENCE, found)
    if code in PROVED_BY_ACCOUNT:
        return Supply(material, SuppliedBy.ACCOUNT)
    return Supply(material, SuppliedBy.DOCUMENT, found)


def _too_risky(material: Mapping[str, Any]) -> str:
    if not rules.is_high_risk(material):
        return ""
    return _("这项直接关系公共安全或者人身健康，按规定不能用承诺代替，请上传证明。")


def _uses(case: "Case") -> dict[str, Use]:
    if not wanted_types(case.service_version):
        return {}
    newest_first = Use.objects.of_case(case.number).for_list().select_related("request__asker")
    return {use.licence.type.code: use for use in reversed(newest_first)}


def _supplied(
    material: Mapping[str, Any],
    tokens: Sequence[str],
    made: Collection[str],
    uses: Mapping[str, Use],
    standing: Collection[int],
) -> Supplied:
    source, code = material.get("source"), str(material.get("licence_type") or "")
    use = uses.get(code) if source == "LICENCE" else None
    if tokens:
        return Supplied(material, SuppliedBy.DOCUMENT, tokens)
    if use is not None and use.pk in standing:
        return Supplied(material, SuppliedBy.LICENCE, (), use)
    if source == "LICENCE" and code in PROVED_BY_ACCOUNT:
        return Supplied(material, SuppliedBy.ACCOUNT)
    if source == "EXCHANGE":
        return Supplied(material, SuppliedBy.EXCHANGE)
    if source == "COMMITMENT" and str(material["key"]) in made:
        return Supplied(material, SuppliedBy.COMMITMENT)
    return Supplied(material, SuppliedBy.NOTHING, (), use, is_withdrawn=use is not None)
