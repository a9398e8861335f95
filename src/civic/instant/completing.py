"""What a granted case brings: the licence for whom it belongs to, and the departments that have to know."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from civic.accounts.models import Department
from civic.core.errors import Unavailable
from civic.instant import services
from civic.instant.facts.sheet import Sheet
from civic.instant.models import Onward, Ruling
from civic.instant.states import RulingState
from civic.licences.models import Licence
from civic.licences.models.licence import Ground
from civic.licences.services import issue_licence

if TYPE_CHECKING:
    from civic.accounts.models import Organisation, Person
    from civic.cases.models import Case

TRANSFERRED = "不动产已转移登记，原证书由新证书代替。"


class LicenceIncomplete(Unavailable):
    """A source is silent, so that what has to stand in the licence is not known: the job tries again."""

    code = "licence-incomplete"


def as_decided(case: "Case") -> Sheet | None:
    """Return what rules granted the case on; None where a person did, or what the licence says was not kept.

    A licence says what the decision rests on: nobody is asked a second time.
    """
    ruling = Ruling.objects.filter(case=case).decided().newest_first().select_related("case__key").first()
    if ruling is None or ruling.state != RulingState.GRANTED or not ruling.licence_values:
        return None
    return Sheet(licence=ruling.licence_values)


def complete(*, case: "Case", sheet: Sheet, at: datetime) -> Licence | None:
    """Issue what a granted case brings to whom it belongs, and tell the departments that follow, each once.

    Who is not known to the platform gets the paper certificate at the counter; the departments are told all the same.
    Raises: LicenceIncomplete, and then nothing has happened.
    """
    rules = case.service_version.rules
    with transaction.atomic():
        issued = _issue(case, sheet, at=at) if rules.get("licence") else None
        departments = {department.code: department for department in Department.objects.all()}
        Onward.objects.plan(case, rules.get("onward", []), departments, at=at)
        services.enqueue_ready(case)
    return issued


def _issue(case: "Case", sheet: "Sheet", *, at: datetime) -> Licence | None:
    holder = sheet.holder if sheet.is_for_other else case.person or case.organisation
    if holder is None:
        return None
    kind = case.service_version.rules["licence"]
    if (issued := Licence.objects.filter(type__code=kind, case=case.number).first()) is not None:
        return issued
    if sheet.silent:
        raise LicenceIncomplete(_("来源部门的系统暂时没有回答，证照稍后自动补发。"))
    former = _former(sheet, kind)
    licence = _issued(case, sheet, holder, former, at=at)
    if former is not None:
        former.supersede(Ground(TRANSFERRED, decision=case.number), by=services.BY, at=at, successor=licence)
    return licence


def _issued(
    case: "Case", sheet: "Sheet", holder: "Person | Organisation", former: Licence | None, *, at: datetime
) -> Licence:
    return issue_licence(
        kind=case.service_version.rules["licence"], holder=holder, values=sheet.licence, authority=case.department,
        case=case.number, by=services.BY, at=at, replaces=former,
    )  # fmt: skip


def _former(sheet: "Sheet", kind: str) -> Licence | None:
    """Return the former owner's licence of the same thing, which the new one takes the place of."""
    if sheet.former_holder is None or not sheet.same:
        return None
    held = Licence.objects.of(sheet.former_holder).filter(type__code=kind, state__in=("VALID", "SUSPENDED"))
    fits = (one for one in held.order_by("pk") if one.values.get(sheet.same) == sheet.licence.get(sheet.same))
    return next(fits, None)
