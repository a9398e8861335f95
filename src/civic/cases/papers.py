"""What is wrong with the papers of an application: missing, unknown, or somebody else's."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as _

from civic.cases import rules
from civic.cases.licensed import Supplies
from civic.cases.states import SuppliedBy
from civic.core.errors import FieldError
from civic.core.text import local
from civic.documents.models import Document

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.cases.services import Application
    from civic.catalogue.models import Version


def material_errors(
    version: "Version",
    application: "Application",
    *,
    by: "Account",
    supplies: Supplies,
    handed_in_before: Collection[str] = (),
    supplied_before: Collection[str] = (),
) -> list[FieldError]:
    """Return an error for every material that is missing, and for every document that is not the applicant's.

    What an agent or the principal has handed in for the case before stays handed in, whoever goes on with it.
    """
    known = {str(material["key"]): material for material in version.materials}
    errors = [
        FieldError(f"/documents/{key}", "unknown", _("本事项没有这项材料，请按办事指南提交。"))
        for key in application.documents
        if key not in known
    ]
    handed_in = {key: tokens for key, tokens in application.documents.items() if tokens}
    made = supplies.committed(application.commitments)
    given = {**dict.fromkeys(made, rules.COMMITTED), **handed_in}
    supplied = supplies.supplied(application.licences) | set(supplied_before)
    offered = {row.key for row in supplies.of(SuppliedBy.LICENCE)}
    barred = {row.key: row.why_not_commit for row in supplies.rows if row.why_not_commit}
    errors += [
        FieldError(f"/documents/{key}", "required", barred.get(key) or say_missing(known[key], is_held=key in offered))
        for key in rules.missing_materials(version.materials, given=given, supplied=supplied)
    ]
    tokens = [token for tokens in application.documents.values() for token in tokens]
    if tokens:
        held = documents_of(by, tokens).union(handed_in_before)
        errors += [
            FieldError(f"/documents/{key}", "not-found", _("没有找到上传的文件，请重新上传。"))
            for key, given_tokens in application.documents.items()
            if not set(given_tokens) <= held
        ]
    return errors


def say_missing(material: Mapping[str, Any], *, is_held: bool = False) -> str:
    """Say what to do about a material that is missing; `is_held`: the applicant has a licence that would do."""
    words = _("请上传：%(name)s")
    if material["source"] == "COMMITMENT":
        words = _("请勾选承诺，或者上传证明：%(name)s")
    elif is_held:
        words = _("请同意使用您的电子证照，或者上传：%(name)s")
    return words % {"name": local(material, "name")}


def documents_of(owner: "Account", tokens: Sequence[str]) -> set[str]:
    """Return those of `tokens` that are documents of `owner`."""
    wanted = [UUID(token) for token in tokens if is_uuid(token)]
    found = Document.objects.owned_by(account=owner).filter(token__in=wanted).values_list("token", flat=True)
    return {str(token) for token in found}


def is_uuid(text: str) -> bool:
    """Whether `text` can be a document's token at all."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True
