"""Who may do what to a case, in the words that stand beside the disabled button."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.cases import rules
from civic.cases.states import AWAITING_APPLICANT, OPEN_STATES, SYSTEM, CaseState, Delivery, Outcome, TaskState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from civic.accounts.models import Account
    from civic.cases.models import Case, Task

# whether one may hangs on the time too: a mandate has an end
TIMED = ("resubmit", "withdraw", "ask_person", "make_statement", "close_hearing")
SAME = {
    "grant": "decide",
    "refuse": "decide",
    "uphold": "review",
    "revoke": "review",
    "readmit": "mend",
    "call_in_question": "mend",
}
TOLD_AT_ONCE = gettext_lazy(
    "需要补正的内容应当一次告知（《行政许可法》第三十二条），本件已经告知过：只能就申请人新提交的内容再要求补正；"
    "确需补正其他内容的，由负责人说明理由后发出。"
)


def why_not(step: str, user: "Account", case: "Case", *, at: datetime) -> str | None:
    """Return what the policy of `step` says; some steps share one."""
    policy: Callable[..., str | None] = globals()[f"why_not_{SAME.get(step, step)}"]
    return policy(user, case, **({"at": at} if step in TIMED else {}))


def _not_lead(user: "Account", case: "Case", *roles: str) -> str | None:
    if not user.is_official:
        return _("只有工作人员可以进行这一步。")
    if user.department_id != case.department_id:
        return _("只有主办部门的工作人员可以进行这一步。")
    if roles and not user.has_any_role(*roles):
        return _("您的岗位没有这项权限，请联系本部门有权限的同事。")
    return None


def why_not_accept(user: "Account", case: "Case") -> str | None:
    return _not_lead(user, case, "window_clerk") or _own_case(user, case)


def why_not_decline(user: "Account", case: "Case") -> str | None:
    return why_not_accept(user, case)


def why_not_request_correction(user: "Account", case: "Case") -> str | None:
    if not case.is_told:
        return _why_not_correct(user, case)
    if _not_lead(user, case, "unit_leader") is None:
        return _own_case(user, case)
    if reason := _why_not_correct(user, case):
        return reason
    return None if case.newly_submitted else str(TOLD_AT_ONCE)


def why_not_ask_again(
    user: "Account", case: "Case", *, items: "Sequence[Mapping[str, str]]", reason: str
) -> str | None:
    """A second correction is about what was newly submitted, or the leader's, for a reason."""
    if not case.is_told or {item.get("pointer", "") for item in items} <= case.newly_submitted:
        return None
    if _not_lead(user, case, "unit_leader") is not None:
        return str(TOLD_AT_ONCE)
    return None if reason.strip() else _("请写明再次要求补正的理由，理由会告知申请人。")


def _why_not_correct(user: "Account", case: "Case") -> str | None:
    if case.state == CaseState.SUBMITTED:
        return why_not_accept(user, case)
    if not user.is_official or not user.has_any_role("unit_handler", "window_clerk"):
        return _("您的岗位没有这项权限，请联系本部门有权限的同事。")
    if user.department_id == case.department_id or case.is_open_at(user.department_id):
        return _own_case(user, case)
    return _("只有主办部门或正在办理的部门可以要求补正。")


def why_not_suspend(user: "Account", case: "Case") -> str | None:
    return _not_lead(user, case, "unit_handler", "unit_leader") or _own_case(user, case)


def why_not_resume(user: "Account", case: "Case") -> str | None:
    return why_not_suspend(user, case)


def why_not_ask_extension(user: "Account", case: "Case") -> str | None:
    if reason := _not_lead(user, case, "unit_handler"):
        return reason
    if case.is_instant:
        return _("即办件当场办结，不能延期。")
    if not case.may_extend:
        return _("本件已延期过，依法只能延期一次。")
    if case.pending_extension is not None:
        return _("已有延期申请等待负责人审批。")
    return _own_case(user, case)


def why_not_extend(user: "Account", case: "Case") -> str | None:
    if reason := _not_lead(user, case, "unit_leader"):
        return reason
    pending = case.pending_extension
    if pending is None:
        return _("没有待审批的延期申请，请先由经办人提出。")
    if pending.asked_by_id == user.pk:
        return _("延期不能由提出人自己审批。")
    return _own_case(user, case)


def why_not_refuse_extension(user: "Account", case: "Case") -> str | None:
    return why_not_extend(user, case)


def why_not_decide_at_once(user: "Account", case: "Case") -> str | None:
    """A 即办件 is taken up and decided in one sitting at the window (Administrative Licensing Law art. 34)."""
    if not case.is_instant:
        return _("本事项不是即办件，不能当场办结。")
    if any(task.department_id != case.department_id for task in case.tasks.all()):
        return _("本件还要其他部门办理，不能当场办结。")
    return why_not_accept(user, case)


def _roles(case: "Case", role: str) -> tuple[str, ...]:
    """Of a 即办件 the window that receives it also handles and decides it."""
    return (role, "window_clerk") if case.is_instant else (role,)


def why_not_decide(user: "Account", case: "Case") -> str | None:
    if reason := _not_lead(user, case, *_roles(case, "unit_leader")):
        return reason
    waiting = case.waiting_departments
    if waiting:
        return _("还有部门没有办完：%(names)s。") % {"names": "、".join(waiting)}
    return _own_case(user, case)


def why_not_deliver(user: "Account | str", case: "Case") -> str | None:
    """What is read online the system delivers; what is handed over or posted, an official."""
    if case.delivery == Delivery.ELECTRONIC:
        return None if user == SYSTEM else _("结果以电子方式送达：作出决定后由系统自动送达，不需要人工操作。")
    if isinstance(user, str):
        return _("自取和邮寄的结果由窗口工作人员送达。")
    return _not_lead(user, case, "window_clerk", "unit_handler") or _own_case(user, case)


def why_not_verify_commitment(user: "Account", case: "Case") -> str | None:
    if case.outcome != Outcome.GRANTED:
        return _("本件没有准予，不需要核查承诺。")
    return _not_lead(user, case, "unit_handler") or _own_case(user, case)


def why_not_make_statement(user: "Account", case: "Case", *, at: datetime) -> str | None:
    """Whoever it concerns may speak until it is decided whether the decision stands, also after the time to ask."""
    if not case.is_applicant(user, at=at):
        return _("只有申请人可以陈述、申辩。")
    if not case.is_in_question or case.decision.review:
        return _("现在没有要您陈述、申辩的事。对决定不服的，可以申请行政复议。")
    return None


def why_not_ask_hearing(case: "Case", *, at: datetime) -> str | None:
    """A hearing is asked for while the time to be heard runs. Source: Administrative Licensing Law art. 47."""
    if case.hearing is not None and case.hearing.is_pending:
        return _("您已经要求听证，时间和地点定下后会通知您。")
    if case.heard_until(at=at) is None:
        return _("要求听证的期限已过。您仍然可以在重新审查作出之前书面陈述、申辩。")
    return None


def why_not_call_hearing(user: "Account", case: "Case") -> str | None:
    if case.hearing is None or case.hearing.asked_at is None:
        return _("申请人没有要求听证。")
    if case.hearing.closed_at is not None:
        return _("听证已经结束。")
    return _why_not_hear(user, case)


def why_not_close_hearing(user: "Account", case: "Case", *, at: datetime) -> str | None:
    """Somebody presides who has neither checked the commitment nor called the decision in question."""
    heard = case.hearing
    if heard is None or heard.hold_at is None:
        return _("还没有定下听证的时间和地点。")
    if heard.closed_at is not None:
        return _("听证笔录已经记下。")
    if at < heard.hold_at:
        return _("听证还没有举行。")
    if case.is_doubter(user):
        return _("核查承诺或者提出疑问的人不能主持听证，请由其他同事主持。")
    return _why_not_hear(user, case)


def _why_not_hear(user: "Account", case: "Case") -> str | None:
    if (found := case.decision_or_none) is not None and found.review:
        return _("决定已经重新审查过，不用再举行听证。")
    return _not_lead(user, case, "unit_handler", "unit_leader") or _own_case(user, case)


def why_not_review(user: "Account", case: "Case") -> str | None:
    """A decision is looked at again once: when a person called it in question, or when every commitment is checked
    and one has proved false.
    """
    if not case.is_in_question:
        return _("没有核查为不属实的承诺，也没有人对自动作出的决定提出疑问，不需要重新审查决定。")
    if case.decision.questioned_at is None and any(not made.result for made in case.commitments.all()):
        return _("还有承诺没有核查，请核查完再重新审查决定。")
    if case.decision.review:
        return _("决定已经重新审查过，结果不再更改。")
    return _not_lead(user, case, "unit_leader") or _own_case(user, case)


def why_not_decide_by_rules(case: "Case") -> str | None:
    if not case.service_version.rules.get("auto"):
        return _("本事项没有启用按规则自动办结。")
    return None


def why_not_ask_person(user: "Account", case: "Case", *, at: datetime) -> str | None:
    """Whoever got a machine's no may have a person look, for as long as they could have it reviewed."""
    if not case.is_applicant(user, at=at):
        return _("只有申请人可以要求人工办理。")
    decision = case.decision_or_none
    if decision is None or not decision.rules:
        return _("本件不是按规则自动办结的，不服决定可以申请行政复议。")
    if at > decision.decided_at + rules.ASK_PERSON_WITHIN:
        return _("要求人工办理的期限（收到决定之日起六十日）已过，您可以重新申请。")
    return None


def why_not_mend(user: "Account", case: "Case") -> str | None:
    """Staff of the lead department other than the applicant mend what rules decided."""
    decision = case.decision_or_none
    if decision is None or not decision.rules:
        return _("本件不是按规则自动办结的，不能在复核中更正。")
    if decision.questioned_at is not None:
        return _("对这个决定的疑问已经提出，请在重新审查中处理。")
    return _not_lead(user, case, "unit_handler", "unit_leader") or _own_case(user, case)


def why_not_resubmit(user: "Account", case: "Case", *, at: datetime) -> str | None:
    if not case.is_applicant(user, at=at):
        return _("只有申请人可以补正材料。")
    if case.state not in AWAITING_APPLICANT:
        return _("本件现在不需要补正。")
    return None


def why_not_withdraw(user: "Account", case: "Case", *, at: datetime) -> str | None:
    if not case.is_applicant(user, at=at):
        return _("只有申请人可以撤回申请。")
    if case.state not in OPEN_STATES:
        return _("本件已办结，不能撤回。对结果有异议可以申请行政复议。")
    return None


def why_not_complete(user: "Account", task: "Task") -> str | None:
    if not user.is_official or user.department_id != task.department_id:
        return _("只有承办这一环节的部门可以办理。")
    lead = task.department_id == task.case.department_id
    if not user.has_any_role(*(_roles(task.case, "unit_handler") if lead else ("unit_handler",))):
        return _("您的岗位没有这项权限，请联系本部门的经办人。")
    if task.state == TaskState.WAITING:
        return _("前面的环节还没有办完。")
    if task.case.state != CaseState.IN_REVIEW:
        return _("本件现在是「%(state)s」状态，不能办理环节。") % {"state": task.case.get_state_display()}
    return _own_case(user, task.case)


def _own_case(user: "Account", case: "Case") -> str | None:
    """Nobody handles an application of their own, nor one that they filed under a mandate, held or over."""
    if user.pk == case.applicant_id or (user.person_id is not None and user.person_id == case.principal_id):
        return _("不能办理本人的申请，请交由其他同事办理。")
    return None
