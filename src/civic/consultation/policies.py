"""Who may prepare, publish and moderate, and who may speak: in the words beside the disabled button."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civic.accounts.rules import Level
from civic.consultation.states import OpinionState
from civic.participation.policies import DESK, LEADER, ORGANISERS, READERS, not_leader, not_organiser

if TYPE_CHECKING:
    from civic.accounts.models import Account, Person
    from civic.consultation.models import Consultation, Opinion, Statement, Theme

__all__ = ["DESK", "LEADER", "ORGANISERS", "READERS", "not_leader", "not_organiser"]

BY_LEADER = ("publish", "withdraw", "conclude", "settle", "adopt")


def why_not(step: str, user: "Account", consultation: "Consultation") -> str | None:
    """Return what the policy of `step` of a consultation says: the unit works on it, its leader answers for it."""
    if step in BY_LEADER:
        return not_leader(user, consultation.unit_id)
    return not_organiser(user, consultation.unit_id)


def why_not_moderate(user: "Account", opinion: "Opinion") -> str | None:
    return not_organiser(user, opinion.consultation.unit_id)


def why_not_answer_appeal(user: "Account", opinion: "Opinion") -> str | None:
    """Whoever kept an opinion back does not judge the appeal."""
    if reason := not_leader(user, opinion.consultation.unit_id):
        return reason
    if opinion.held_by_id == user.pk:
        return _("不公开是您决定的，申诉请由本单位另一位负责人处理。")
    return None


def why_not_own(person: "Person | None", opinion: "Opinion") -> str | None:
    if person is not None and opinion.author_id == person.pk:
        return None
    return _("只有提出这条意见的人可以这样做。")


def why_not_stand(person: "Person", opinion: "Opinion") -> str | None:
    """One supports what others have said, once it can be read."""
    if opinion.author_id == person.pk:
        return _("这是您自己提出的意见，已经计入，不用再表态。")
    if opinion.state != OpinionState.PUBLISHED:
        return _("这条意见现在没有公开，不能表态。")
    return None


def why_not_take_part(user: "Account | None") -> str | None:
    """Residents speak as people the city knows; officials speak from a resident's account of their own."""
    if user is None or user.is_official or user.person is None:
        return _("请用居民账户登录后再提意见或表态。")
    if user.person.level < Level.PHONE:
        return _("请先核验手机号，再提意见或表态。")
    return None


def why_not_enter(user: "Account", consultation: "Consultation") -> str | None:
    """What came on paper is entered at the service desk or by the unit that asks."""
    return None if user.has_any_role(DESK) else not_organiser(user, consultation.unit_id)


def why_not_statement(step: str, user: "Account", statement: "Statement") -> str | None:
    """Return what the policy of `step` of a statement says: as with opinions, an appeal is somebody else's."""
    if step not in ("restore", "uphold"):
        return not_organiser(user, statement.consultation.unit_id)
    if reason := not_leader(user, statement.consultation.unit_id):
        return reason
    if statement.held_by_id == user.pk:
        return _("不采用是您决定的，申诉请由本单位另一位负责人处理。")
    return None


def why_not_own_statement(person: "Person | None", statement: "Statement") -> str | None:
    if person is not None and statement.author_id == person.pk:
        return None
    return _("只有提出这条观点的人可以这样做。")


def why_not_theme(step: str, user: "Account", theme: "Theme") -> str | None:
    """Return what the policy of `step` of a theme says: who has written an answer does not publish it."""
    if step not in ("answer", "send_back"):
        return not_organiser(user, theme.consultation.unit_id)
    if reason := not_leader(user, theme.consultation.unit_id):
        return reason
    if step == "answer" and theme.drafted_by_id == user.pk:
        return _("答复是您拟的，请由本单位另一位负责人审核发布。")
    return None
