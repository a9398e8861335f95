"""Who stands behind a proposal: co-authors who have accepted, and people who support it."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import PROTECT
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account
from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.budgeting import round_policies as policies
from civic.budgeting.models.proposal import Proposal
from civic.core.errors import Conflict, NotAllowed, require
from civic.participation.models.once import store_once

STAFF = settings.AUTH_USER_MODEL


class JoinedAlready(Conflict):
    """One signs a proposal once."""

    code = "joined-already"


class SupportedAlready(Conflict):
    """One stands by a proposal once."""

    code = "supported-already"


class CoAuthorManager(models.Manager["CoAuthor"]):
    """Lets people sign with an author."""

    def join(self, proposal: Proposal, *, invitation: UUID, by: Account, at: datetime) -> "CoAuthor":
        """Sign with the author, who has passed on the invitation. Raises: JoinedAlready, NotAllowed, Conflict."""
        if invitation != proposal.invitation:
            raise NotAllowed(_("邀请无效，请向提案人再要一次链接。"))
        if by.is_official:
            raise NotAllowed(_("工作人员账户不能共同提案，请用个人账户。"))
        with proposal.round.held("join", at=at):
            proposal.refresh_from_db(from_queryset=Proposal.objects.select_for_update(of=("self",)))
            if not {"change", "repair"} & set(proposal.allowed_steps()):
                words = _("这个提案现在是「%(state)s」状态，不能再加入。")
                raise Conflict(words % {"state": proposal.get_state_display()})
            if by.pk == proposal.author_id:
                raise JoinedAlready(_("您就是提案人。"))
            made = CoAuthor(proposal=proposal, account=by, accepted_at=at)
            store_once(made, JoinedAlready(_("您已经是共同提案人。")))
            record(at=at, actor=by, step="budgeting.proposal.join", subject=proposal)
        return made


class CoAuthor(Sealed):
    """Somebody who has accepted to sign a proposal with its author."""

    ROOT = "proposal"

    proposal = models.ForeignKey(Proposal, PROTECT, related_name="coauthors")
    account = models.ForeignKey(STAFF, PROTECT, related_name="+")
    accepted_at = models.DateTimeField(gettext_lazy("加入时间"))

    objects: ClassVar[CoAuthorManager] = CoAuthorManager()

    class Meta:
        verbose_name = gettext_lazy("共同提案人")
        constraints = [models.UniqueConstraint(fields=["proposal", "account"], name="coauthor_once_a_proposal")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.proposal_id}/{self.account_id}"


class SupportManager(models.Manager["Support"]):
    """Takes and gives back supports."""

    def give(self, proposal: Proposal, *, by: Account, at: datetime) -> "Support":
        """Stand by a proposal, once a person. Raises: SupportedAlready, Conflict, PhaseClosed, NotAllowed."""
        require(policies.why_not_support(by, proposal))
        if not {"change", "repair", "admit"} & set(proposal.allowed_steps()):
            words = _("这个提案现在是「%(state)s」状态，不能附议。")
            raise Conflict(words % {"state": proposal.get_state_display()})
        already = SupportedAlready(_("您已经附议过这个提案。"))
        with transaction.atomic(), proposal.round.held("support", at=at):
            found = self.select_for_update().filter(proposal=proposal, account=by).first()
            if found is None:
                found = Support(proposal=proposal, account=by, given_at=at)
                store_once(found, already)
            elif found.withdrawn_at is None:
                raise already
            else:
                found.given_at, found.withdrawn_at = at, None
                found.save(force_update=True)
            record(at=at, actor=by, step="budgeting.support.give", subject=found)
        return found

    def take_back(self, proposal: Proposal, *, by: Account, at: datetime) -> None:
        """Not stand by it any longer. Raises: Conflict, if one does not."""
        with transaction.atomic(), proposal.round.held("support", at=at):
            found = self.select_for_update().filter(proposal=proposal, account=by, withdrawn_at=None).first()
            if found is None:
                raise Conflict(_("您没有附议这个提案。"))
            found.withdrawn_at = at
            found.save(force_update=True)
            record(at=at, actor=by, step="budgeting.support.take_back", subject=found)


class Support(Sealed):
    """Somebody stands by a proposal, or did until they took it back. It says nothing about how they vote."""

    proposal = models.ForeignKey(Proposal, PROTECT, related_name="supports")
    account = models.ForeignKey(STAFF, PROTECT, related_name="+")
    given_at = models.DateTimeField(gettext_lazy("附议时间"))
    withdrawn_at = models.DateTimeField(gettext_lazy("收回时间"), null=True)

    objects: ClassVar[SupportManager] = SupportManager()

    class Meta:
        verbose_name = gettext_lazy("附议")
        constraints = [models.UniqueConstraint(fields=["proposal", "account"], name="support_once_a_person")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.proposal_id}/{self.account_id}"
