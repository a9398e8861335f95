"""Ticket: one voice of a resident, from its receipt to the call back. Voice: who says "me too"."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import PROTECT, Q
from django.utils.translation import gettext_lazy as _

from civic.audit.seal import Sealed, row_content, rows_content
from civic.hotline.models import answering, at_centre, at_unit, by_caller, joining, questions
from civic.hotline.querysets import TicketQuerySet, VoiceQuerySet
from civic.hotline.states import OPEN_STATES, TICKET_STEPS, Channel, Kind, Outcome, Secrecy, TicketState, Urgency
from civic.masking.subjects import Masked
from civic.workflow.models import Stateful

PARTS = ("dispatches", "objections", "contacts", "extensions", "replies", "revisits", "supplements")
LATER_PARTS = ("reconsiderations",)  # tickets were sealed without them: where there are none nothing is said of them


class Ticket(Masked, Stateful):
    """One voice: what somebody asks, complains of or suggests, at the unit that answers for it, on its clocks."""

    STEPS = TICKET_STEPS
    new_parts: Mapping[str, Sequence[models.Model]] | None = None
    """The rows of a ticket that is about to be stored whole; None: they are in the database."""

    number = models.CharField(_("工单编号"), max_length=24)
    handle = models.UUIDField(default=uuid4, unique=True, editable=False)
    profile = models.ForeignKey("hotline.Profile", PROTECT, related_name="+", db_index=False)
    channel = models.CharField(_("来源"), max_length=8, choices=Channel.choices)
    kind = models.CharField(_("诉求类型"), max_length=10, choices=Kind.choices)
    urgency = models.CharField(_("紧急程度"), max_length=6, choices=Urgency.choices, default=Urgency.NORMAL)
    secrecy = models.CharField(_("身份公开程度"), max_length=12, choices=Secrecy.choices, default=Secrecy.NAMED)
    state = models.CharField(_("状态"), max_length=10, choices=TicketState.choices, default=TicketState.RECEIVED)
    round = models.PositiveSmallIntegerField(_("第几次办理"), default=1)
    category = models.ForeignKey("hotline.Category", PROTECT, null=True, related_name="tickets", db_index=False)
    area = models.ForeignKey("areas.Area", PROTECT, null=True, related_name="+", db_index=False)
    unit = models.ForeignKey("accounts.Department", PROTECT, null=True, related_name="+", db_index=False)
    addressed_to = models.ForeignKey("accounts.Department", PROTECT, null=True, related_name="+", db_index=False)
    caller = models.ForeignKey(settings.AUTH_USER_MODEL, PROTECT, null=True, related_name="+", db_index=False)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, PROTECT, null=True, related_name="+", db_index=False)
    sponsor = models.ForeignKey(settings.AUTH_USER_MODEL, PROTECT, null=True, related_name="+", db_index=False)
    parent = models.ForeignKey("self", PROTECT, null=True, related_name="joined", db_index=False)
    key = models.ForeignKey("masking.SubjectKey", PROTECT, related_name="+", db_index=False)
    name_sealed = models.BinaryField(_("来电人"), null=True)
    phone_sealed = models.BinaryField(_("电话"), null=True)
    phone_index = models.CharField(max_length=80, null=True)
    title_sealed = models.BinaryField(_("标题"))
    detail_sealed = models.BinaryField(_("内容"))
    place_sealed = models.BinaryField(_("地点"), null=True)
    longitude = models.DecimalField(_("经度"), max_digits=9, decimal_places=6, null=True)
    latitude = models.DecimalField(_("纬度"), max_digits=8, decimal_places=6, null=True)
    documents = models.JSONField(_("附件"), default=list)
    origin = models.CharField(_("来源编号"), max_length=120, null=True)
    facts = models.JSONField(_("补充项"), default=dict)
    bands = ArrayField(models.BigIntegerField(), verbose_name=_("近似指纹"), default=list)
    wants_public = models.BooleanField(_("同意公开"), default=False)
    public_title = models.CharField(_("公开标题"), max_length=120, blank=True)
    public_detail = models.TextField(_("公开内容"), blank=True)
    public_reply = models.TextField(_("公开答复"), blank=True)
    published_at = models.DateTimeField(_("公开时间"), null=True)
    public_grams = ArrayField(models.CharField(max_length=2), verbose_name=_("检索词"), default=list)
    ground = models.ForeignKey("hotline.Ground", PROTECT, null=True, related_name="+", db_index=False)
    received_at = models.DateTimeField(_("受理时间"))
    dispatched_at = models.DateTimeField(_("分派时间"), null=True)
    contacted_at = models.DateTimeField(_("首次联系时间"), null=True)
    replied_at = models.DateTimeField(_("答复时间"), null=True)
    ended_at = models.DateTimeField(_("办结时间"), null=True)
    act_by = models.DateTimeField(_("本步期限"), null=True)
    due_at = models.DateTimeField(_("办理期限"), null=True)
    outcome = models.CharField(_("办理结果"), max_length=13, choices=Outcome.choices, blank=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("工单")
        constraints = [
            models.UniqueConstraint(name="ticket_number", fields=["number"], opclasses=["varchar_pattern_ops"]),
            models.UniqueConstraint(name="ticket_once_an_origin", fields=["origin"]),
            models.CheckConstraint(
                name="ticket_place_has_both_coordinates",
                condition=Q(longitude=None, latitude=None) | Q(longitude__isnull=False, latitude__isnull=False),
            ),
            models.CheckConstraint(
                name="ticket_at_a_unit_when_dispatched",
                condition=Q(state__in=["RECEIVED", "REFUSED", "CLOSED", "MERGED", "WITHDRAWN"])
                | Q(unit__isnull=False, dispatched_at__isnull=False),
            ),
            models.CheckConstraint(
                name="ticket_merged_has_parent", condition=~Q(state="MERGED") | Q(parent__isnull=False)
            ),
            models.CheckConstraint(
                name="ticket_public_has_words", condition=Q(published_at=None) | ~Q(public_title="")
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "act_by", "id"],
                condition=Q(state__in=["DISPATCHED", "HANDLING", "WAITING"]),
                name="ticket_open_at_unit",
            ),
            models.Index(
                fields=["state", "act_by", "id"],
                condition=Q(state__in=["RECEIVED", "OBJECTED", "MEETING", "REPLIED", "REVISIT"]),
                name="ticket_at_centre",
            ),
            models.Index(fields=["unit", "-received_at"], include=["replied_at", "due_at"], name="ticket_of_unit"),
            models.Index(fields=["caller", "-received_at"], condition=Q(caller__isnull=False), name="ticket_of_caller"),
            models.Index(fields=["phone_index"], condition=Q(phone_index__isnull=False), name="ticket_of_phone"),
            models.Index(fields=["parent"], condition=Q(parent__isnull=False), name="ticket_joined"),
            models.Index(
                fields=["-published_at", "-id"], condition=Q(published_at__isnull=False), name="ticket_published"
            ),
            *[
                models.Index(
                    fields=[by, "-published_at", "-id"],
                    condition=Q(published_at__isnull=False),
                    name=f"ticket_published_{by}",
                )
                for by in ("category", "unit", "area")
            ],
            GinIndex(fields=["public_grams"], condition=Q(published_at__isnull=False), name="ticket_published_grams"),
            models.Index(fields=["-received_at", "-id"], name="ticket_newest"),
            models.Index(fields=["-received_at", "-id"], condition=Q(state__in=OPEN_STATES), name="ticket_open_newest"),
            models.Index(
                fields=["act_by", "id"],
                include=["state"],
                condition=Q(state__in=OPEN_STATES),
                name="ticket_open_by_time",
            ),
            models.Index(fields=["category", "-received_at", "-id"], name="ticket_of_category"),
            models.Index(fields=["-received_at"], condition=Q(channel="MAILBOX"), name="ticket_letters"),
            models.Index(fields=["-received_at"], condition=Q(channel="DEPUTY"), name="ticket_of_deputies"),
            models.Index(
                fields=["sponsor", "-received_at"], condition=Q(sponsor__isnull=False), name="ticket_of_sponsor"
            ),
            GinIndex(fields=["bands"], name="ticket_bands", fastupdate=True),
        ]

    class Personal:
        fields = {
            "name_sealed": "name",
            "phone_sealed": "phone",
            "title_sealed": "text",
            "detail_sealed": "text",
            "place_sealed": "address",
        }

    def __str__(self) -> str:
        return self.number

    # Verbs

    answer_live = at_centre.answer_live
    hand_over = at_centre.hand_over
    decline = at_centre.decline
    reconsider = at_centre.reconsider
    uphold_refusal = at_centre.uphold_refusal
    classify = at_centre.classify
    dispatch = at_centre.dispatch
    redispatch = at_centre.redispatch
    uphold_dispatch = at_centre.uphold_dispatch
    convene = at_centre.convene
    settle = at_centre.settle
    extend = at_centre.extend
    refuse_extension = at_centre.refuse_extension

    send_back = at_unit.send_back
    acknowledge = at_unit.acknowledge
    contact = at_unit.contact
    wait = at_unit.wait
    resume = at_unit.resume
    ask_extension = at_unit.ask_extension
    reply = at_unit.reply

    urge = by_caller.urge
    supplement = by_caller.supplement
    ask_reconsideration = by_caller.ask_reconsideration
    keep_private = by_caller.keep_private
    withdraw = by_caller.withdraw

    return_reply = answering.return_reply
    pass_reply = answering.pass_reply
    call_back = answering.call_back
    close = answering.close
    handle_again = answering.handle_again

    merge = joining.merge
    close_merged = joining.close_merged
    separate = joining.separate
    give_back = joining.give_back
    publish = joining.publish
    unpublish = joining.unpublish

    # Questions

    answering_unit = property(questions.answering_unit)
    open_dispatch = property(questions.open_dispatch)
    open_objection = property(questions.open_objection)
    newest_reply = property(questions.newest_reply)
    passed_reply = property(questions.passed_reply)
    words_for_joined = property(questions.words_for_joined)
    set_aside_at = property(questions.set_aside_at)
    objections_raised = property(questions.objections_raised)
    pending_reconsideration = property(questions.pending_reconsideration)
    pending_extension = property(questions.pending_extension)
    is_answered_for = questions.is_answered_for
    is_late = questions.is_late
    why_not = questions.why_not

    def sealed_content(self) -> dict[str, object]:
        """Cover the ticket and everything that belongs to it; later parts only where there are any."""
        later = {name: rows_content(self._rows_of(name)) for name in LATER_PARTS}
        held = {name: rows for name, rows in later.items() if rows}
        return {**row_content(self), **{name: rows_content(self._rows_of(name)) for name in PARTS}, **held}

    def _rows_of(self, part: str) -> Iterable[models.Model]:
        if self.new_parts is not None:
            return self.new_parts.get(part, ())
        rows: Any = self._meta.get_field(part).related_model
        found: Iterable[models.Model] = rows._default_manager.filter(ticket=self)
        return found


class Voice(Sealed):
    """One person who says "me too" to a ticket: heat counts people, not clicks.

    `known_by`: the index of the account's own phone, by which a caller who also presses the button is known.
    """

    ticket = models.ForeignKey(Ticket, PROTECT, related_name="voices")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, PROTECT, related_name="+")
    known_by = models.CharField(max_length=80, null=True)
    at = models.DateTimeField(_("时间"))

    objects = VoiceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "account"], name="voice_once_a_person")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.ticket_id}"

    def earlier_contents(self) -> Iterator[dict[str, object]]:
        """Without the phone, which voices have had since callers by phone and by account are counted once."""
        if self.known_by is None:
            yield {name: value for name, value in row_content(self).items() if name != "known_by"}
