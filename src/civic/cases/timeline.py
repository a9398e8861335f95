"""The timeline of a case: the ledger's entries in words, for the applicant, the staff and the public."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext, gettext_lazy

from civic.audit.models import Entry
from civic.cases.states import Delivery, Opinion, Outcome
from civic.core.text import local
from civic.deadlines.states import Reason

if TYPE_CHECKING:
    from civic.cases.models import Case, Task

APPLICANT, STAFF, PUBLIC = "applicant", "staff", "public"

# step -> what people read; the second word says who may read it besides the staff
WORDS = {
    "cases.case.submit": (gettext_lazy("申请已提交"), PUBLIC),
    "cases.case.request_correction": (gettext_lazy("需要补正材料，计时停止"), PUBLIC),
    "cases.case.resubmit": (gettext_lazy("补正材料已提交，计时继续"), PUBLIC),
    "cases.case.accept": (gettext_lazy("申请已受理，开始计时"), PUBLIC),
    "cases.case.accept_by_silence": (gettext_lazy("逾期未答复，自收到申请之日起视为受理"), PUBLIC),
    "cases.case.decline": (gettext_lazy("不予受理"), PUBLIC),
    "cases.case.grant_by_rules": (gettext_lazy("已办结：准予（按公布的规则自动核验）"), PUBLIC),
    "cases.case.decline_by_rules": (gettext_lazy("不予受理（按公布的规则自动核验）"), PUBLIC),
    "cases.case.ask_person": (gettext_lazy("申请人要求人工办理，重新计时"), PUBLIC),
    "cases.case.readmit": (gettext_lazy("人工复核更正了自动决定，重新办理"), PUBLIC),
    "cases.case.call_in_question": (gettext_lazy("人工复核认为自动决定有误，将重新审查"), APPLICANT),
    "cases.case.make_statement": (gettext_lazy("申请人提交了陈述、申辩"), APPLICANT),
    "cases.case.call_hearing": (gettext_lazy("听证的时间和地点已经定下"), APPLICANT),
    "cases.case.close_hearing": (gettext_lazy("听证已经结束"), APPLICANT),
    "cases.task.revive": (gettext_lazy("环节恢复：%(task)s"), STAFF),
    "cases.task.open": (gettext_lazy("环节开始：%(task)s"), APPLICANT),
    "cases.task.complete": (gettext_lazy("环节完成：%(task)s"), APPLICANT),
    "cases.task.cancel": (gettext_lazy("环节取消：%(task)s"), STAFF),
    "cases.case.suspend": (gettext_lazy("办理中止：%(reason)s，计时停止"), PUBLIC),
    "cases.case.resume": (gettext_lazy("恢复办理，计时继续"), PUBLIC),
    "cases.case.ask_extension": (gettext_lazy("经办人申请延期"), STAFF),
    "cases.case.extend": (gettext_lazy("经负责人批准，办理期限延长"), PUBLIC),
    "cases.case.refuse_extension": (gettext_lazy("负责人没有批准延期"), STAFF),
    "cases.case.grant": (gettext_lazy("已办结：准予"), PUBLIC),
    "cases.case.refuse": (gettext_lazy("已办结：不予批准"), PUBLIC),
    "cases.case.deliver": (gettext_lazy("结果已送达（%(delivery)s）"), PUBLIC),
    "cases.case.verify_commitment": (gettext_lazy("承诺事项已核查"), APPLICANT),
    "cases.case.uphold": (gettext_lazy("重新审查后维持原决定"), APPLICANT),
    "cases.case.revoke": (gettext_lazy("重新审查后，原决定已撤销"), PUBLIC),
    "cases.case.withdraw": (gettext_lazy("申请人撤回申请"), PUBLIC),
    "cases.case.lapse": (gettext_lazy("逾期未补正，本件终止，可以重新申请"), PUBLIC),
    "cases.case.read": (gettext_lazy("查看办件"), STAFF),
}
OWN = (
    "cases.case.submit",
    "cases.case.resubmit",
    "cases.case.withdraw",
    "cases.case.ask_person",
    "cases.case.make_statement",
)
READERS = {PUBLIC: {PUBLIC}, APPLICANT: {PUBLIC, APPLICANT}, STAFF: {PUBLIC, APPLICANT, STAFF}}


@dataclass(frozen=True)
class Event:
    """One line of a timeline."""

    at: datetime
    step: str
    text: str
    department: str
    entry: int


def timeline(case: "Case", *, reader: str) -> list[Event]:
    """Return what has happened to the case, oldest first, as `reader` (applicant, staff, public) may know it."""
    steps = [step for step, (_, audience) in WORDS.items() if audience in READERS[reader] and step != "cases.case.read"]
    entries = Entry.objects.filter(subject=case.ledger_id(), step__in=steps).order_by("pk")
    tasks = {task.key: task for task in case.tasks.all()}
    return [_event(entry, tasks, case) for entry in entries]


def _event(entry: Entry, tasks: Mapping[str, "Task"], case: "Case") -> Event:
    detail = entry.detail
    task = tasks.get(detail.get("task", ""))
    values = {
        "task": local(task, "name"),
        "reason": dict(Reason.choices).get(detail.get("reason", ""), ""),
        "delivery": dict(Delivery.choices).get(detail.get("delivery", ""), ""),
        "outcome": dict(Outcome.choices).get(detail.get("outcome", ""), ""),
        "opinion": dict(Opinion.choices).get(detail.get("opinion", ""), ""),
    }
    department = local(task.department if task is not None else case.department, "name")
    own = entry.step in OWN
    words = str(WORDS[entry.step][0]) % values
    return Event(entry.at, entry.step, words, gettext("申请人") if own else department, entry.pk)


def submit_entry(case: "Case") -> Entry:
    """Return the ledger's entry of the submission: what the receipt proves."""
    return Entry.objects.get(subject=case.ledger_id(), step="cases.case.submit")
