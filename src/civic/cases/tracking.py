"""The public look-up of a case by its number and the last four digits of the applicant's phone."""

import hmac

from django.utils.translation import gettext as _

from civic.cases.models import Case
from civic.cases.services import phone_tail_token
from civic.core import ids
from civic.core.errors import FieldError, Invalid


class NotFoundByTail(Invalid):
    """Number and phone tail do not belong together; which of the two is wrong is not told."""

    status = 404
    code = "not-found"


def track(*, number: str, phone_tail: str) -> Case:
    """Return the case for the public look-up.

    A mistyped number is told before any look-up, because its check character does not fit.
    Raises: Invalid, NotFoundByTail.
    """
    clean = ids.normalise_number(number)
    _check_look_up(clean, phone_tail)
    case: Case | None = Case.objects.filter(number=clean).for_detail().first()
    if case is None or not hmac.compare_digest(case.phone_tail_token, phone_tail_token(clean, phone_tail)):
        raise NotFoundByTail(_("没有找到这件办件，请核对编号和手机号后四位。"))
    return case


def _check_look_up(number: str, phone_tail: str) -> None:
    wrong = []
    if not number:
        wrong.append(FieldError("number", "required", _("请填写办件编号。")))
    elif not ids.has_valid_check(number):
        wrong.append(FieldError("number", "check", _("编号里有字输错了，请对照回执再输一遍。")))
    if len(phone_tail) != 4 or not phone_tail.isdigit():
        wrong.append(FieldError("phone_tail", "format", _("请输入申请时手机号的后四位数字。")))
    if wrong:
        is_number = wrong[0].pointer == "number"
        words = _("办件编号不正确，请核对。") if is_number else _("手机号后四位不正确，请核对。")
        raise Invalid(words, errors=wrong)
