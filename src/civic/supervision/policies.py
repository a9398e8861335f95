"""Who may sign, appeal, review, answer, decide: in the words that stand beside the disabled button."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civic.supervision.states import APPEAL, CardState

if TYPE_CHECKING:
    from civic.accounts.models import Account, Department
    from civic.supervision.models import Card, Complaint, Order

SUPERVISOR = "supervisor"
UNIT = ("unit_leader", "unit_handler")
READ_ALL = (SUPERVISOR, "auditor")
READERS = (*READ_ALL, *UNIT)


def why_not_card(step: str, user: "Account", card: "Card", *, at: datetime) -> str | None:
    """Return what the policy of `step` of a card says."""
    if step in ("sign", "drop"):
        return why_not_sign(user, card)
    if step == "appeal":
        return why_not_appeal(user, card, at=at)
    if step in ("uphold", "revoke"):
        return why_not_review(user, card)
    return {"acknowledge": why_not_acknowledge, "rectify": why_not_rectify, "clear": why_not_clear}[step](user, card)


def not_supervisor(user: "Account") -> str | None:
    return None if user.has_any_role(SUPERVISOR) else _("只有督办人员可以进行这一步。")


def not_of_unit(user: "Account", unit: int) -> str | None:
    if user.department_id == unit and user.has_any_role(*UNIT):
        return None
    return _("只有责任单位的工作人员可以进行这一步。")


def _independent(user: "Account", card: "Card") -> str | None:
    """Whoever reviews is of another unit than the one that has the card, and neither gave nor signed it."""
    if user.department_id == card.unit_id:
        return _("责任单位不能复核自己的牌，请由独立单位的督办人员复核。")
    if user.pk in (card.given_by_id, card.signed_by_id) or _gave_what_it_rests_on(user, card):
        return _("发牌、签发的人不能复核，请由另一位督办人员复核。")
    return None


def why_not_give(user: "Account", unit: int, held_by: Collection[int]) -> str | None:
    """A supervisor gives a card by hand, to a unit that holds or has held the matter and to no other."""
    if reason := not_supervisor(user):
        return reason
    if unit not in held_by:
        return _("这个单位没有办理过这件事，不能发牌；请核对责任单位。")
    return None


def why_not_sign(user: "Account", card: "Card") -> str | None:
    if reason := not_supervisor(user):
        return reason
    if card.given_by_id == user.pk or _gave_what_it_rests_on(user, card):
        return _("提出红牌的人、发出所依据黄牌的人不能自己签发。")
    return None


def _gave_what_it_rests_on(user: "Account", card: "Card") -> bool:
    """Whether a red card for repetition rests on a yellow one that this person gave."""
    return bool(card.bases.filter(yellow__given_by=user.pk).exists())


def why_not_acknowledge(user: "Account", card: "Card") -> str | None:
    return not_of_unit(user, card.unit_id)


def why_not_appeal(user: "Account", card: "Card", *, at: datetime) -> str | None:
    if reason := not_of_unit(user, card.unit_id):
        return reason
    clock = card.open_clock(APPEAL)
    return _("陈述申诉的期限已过。") if clock is None or clock.is_overdue(at=at) else None


def why_not_review(user: "Account", card: "Card") -> str | None:
    if reason := not_supervisor(user) or _independent(user, card):
        return reason
    return None


def why_not_rectify(user: "Account", card: "Card") -> str | None:
    return not_of_unit(user, card.unit_id)


def why_not_clear(user: "Account", card: "Card") -> str | None:
    if reason := not_supervisor(user):
        return reason
    return None if card.state == CardState.RECTIFIED else _("责任单位还没有说明整改情况。")


def why_not_answer(user: "Account", order: "Order") -> str | None:
    """The leader of the unit reports."""
    if user.department_id == order.unit_id and user.has_any_role("unit_leader"):
        return None
    return _("只有责任单位的负责人可以反馈。")


def why_not_close(user: "Account", order: "Order") -> str | None:
    if reason := not_supervisor(user):
        return reason
    return _("不能审核本单位的反馈。") if user.department_id == order.unit_id else None


def why_not_assign(user: "Account", complaint: "Complaint", unit: "Department") -> str | None:
    if reason := not_supervisor(user):
        return reason
    return _("不能交给被投诉的单位核查，请选择另一个单位。") if unit.pk == complaint.about_id else None


def why_not_decide(user: "Account", complaint: "Complaint") -> str | None:
    """Somebody of the checking unit decides, never of the one complained of."""
    if user.department_id == complaint.about_id:
        return _("被投诉的单位不能核查对自己的投诉。")
    if user.pk == complaint.by_id:
        return _("不能核查自己提出的投诉。")
    if complaint.unit_id is not None and user.department_id == complaint.unit_id:
        return None if user.has_any_role(SUPERVISOR, *UNIT) else _("您的岗位没有这项权限。")
    return _("只有核查单位的工作人员可以答复。")


def why_not_withdraw(user: "Account", complaint: "Complaint") -> str | None:
    return None if complaint.by_id == user.pk else _("只有投诉人可以撤回。")
