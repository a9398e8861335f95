"""Taking a voice in: checked whole, numbered, sealed, on its clock, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from civic.accounts.models import Account, Department, Tally
from civic.areas.models import Area
from civic.audit.services import record
from civic.core import ids, personal
from civic.core.errors import FieldError, Invalid, require
from civic.core.jobs import enqueue
from civic.deadlines.countdown import units_in_words
from civic.deadlines.measures import Unit
from civic.documents.models import Document
from civic.documents.services import grant_documents
from civic.hotline import policies, rules
from civic.hotline.models import Profile, Ticket, Voice
from civic.hotline.models.clocks import start
from civic.hotline.services.near import bands_of
from civic.hotline.states import DISPATCH, Channel, Kind, Secrecy, Urgency
from civic.masking.keys import index
from civic.masking.models import SubjectKey

if TYPE_CHECKING:
    from civic.hotline.models import Category

SUBMIT = "hotline.ticket.receive"
CITY_BOUNDS = ((Decimal(115), Decimal(118)), (Decimal(30), Decimal(33)))  # longitude, latitude: where the city lies


class TicketIncomplete(Invalid):
    """Something in what was sent is missing or wrong."""

    code = "ticket-incomplete"


@dataclass(frozen=True)
class Caller:
    """Who speaks, as far as they say: anonymous callers leave no way to be reached."""

    account: Account | None = None
    name: str = ""
    phone: str = ""
    secrecy: str = Secrecy.NAMED


@dataclass(frozen=True)
class Intake:
    """What somebody says. `documents` are tokens of stored files; `point` is longitude, latitude (GCJ-02, degrees)."""

    title: str
    detail: str
    channel: str = Channel.WEB
    kind: str = Kind.HELP
    urgency: str = Urgency.NORMAL
    place: str = ""
    point: tuple[Decimal, Decimal] | None = None
    area: Area | None = None
    category: "Category | None" = None
    addressed_to: Department | None = None
    wants_public: bool = False
    documents: Sequence[str] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    sponsor: Account | None = None


def take_in(intake: Intake, *, caller: Caller, by: Account | None, at: datetime) -> Ticket:
    """Take a voice in and let the time to dispatch it run; return the ticket.

    `by` is who writes it down: the caller, a call taker, a machine; None where nobody is logged in.
    Raises: TicketIncomplete, with everything that is wrong; NotAllowed.
    """
    if by is not None and by.is_official and (caller.account is None or caller.account.pk != by.pk):
        require(policies.why_not_take_in(by))
    _check(intake, caller, by)
    with transaction.atomic():
        ticket = _new_ticket(intake, caller, by=by, at=at)
        ticket.act_by = start(ticket, DISPATCH, by=by or "caller", at=at)
        ticket.save(force_insert=True)
        if by is not None:
            show_documents(ticket.documents, ticket=ticket, by=by, at=at)
        detail = {"channel": ticket.channel, "papers": str(len(ticket.documents))}
        record(at=at, actor=by or "caller", step=SUBMIT, subject=ticket, detail=detail)
        ticket.new_parts = None
        enqueue("civic.hotline.tasks.announce", ticket=ticket.pk, step="receive", seen=0)
        for job in settings.REACTIONS.get(SUBMIT, ()):
            enqueue(job, subject=ticket.pk)
    return ticket


def join(*, ticket: Ticket, by: Account, at: datetime) -> bool:
    """Say "me too" once; return whether this was the first time."""
    with transaction.atomic():
        phone = by.person.phone if by.person else ""
        known = {"at": at, "known_by": index(phone, "phone") if phone else None}
        made, is_new = Voice.objects.get_or_create(ticket=ticket, account=by, defaults=known)
        if is_new:
            record(at=at, actor=by, step="hotline.voice.add", subject=made, detail={"of": ticket.ledger_id()})
    return is_new


def show_documents(tokens: Sequence[str], *, ticket: Ticket, by: Account, at: datetime) -> None:
    """Let the hotline centre, and the unit that holds the ticket, read what was handed in."""
    if not tokens:
        return
    found = list(Document.objects.owned_by(account=by).filter(token__in=tokens))
    for home in Department.objects.filter(Q(code=settings.HOTLINE_CENTRE) | Q(pk=ticket.unit_id)):
        grant_documents(documents=found, department=home, by=by, at=at)


def count_one_more(*, key: str, at: datetime) -> None:
    """Count what one account or address hands in. Call it outside a transaction. Raises: TooOften."""
    Tally.objects.take(kind="hotline.intake", key=key, limit=settings.TICKETS_PER_DAY, per=timedelta(days=1), at=at)


def promise(channel: str, kind: str) -> dict[str, str]:
    """Return in words how long it takes at most until it is passed on, somebody gets in touch, and it is answered."""
    terms = _profile_of(channel).read()
    found = {stage: terms.limit(stage, kind) for stage in ("dispatch", "response", "resolve")}
    return {stage: units_in_words(limit.budget, Unit(limit.unit)) for stage, limit in found.items()}


def _check(intake: Intake, caller: Caller, by: Account | None) -> None:
    errors = [
        FieldError(name, "length", wrong)
        for name, text, most in (
            ("title", intake.title, rules.LONGEST_TITLE),
            ("detail", intake.detail, rules.LONGEST_DETAIL),
        )
        if (wrong := rules.wrong_length(rules.tidy(text), most=most))
    ]
    for name, value, known in (
        ("channel", intake.channel, Channel.values),
        ("kind", intake.kind, Kind.values),
        ("urgency", intake.urgency, Urgency.values),
        ("secrecy", caller.secrecy, Secrecy.values),
    ):
        if value not in known:
            errors.append(FieldError(name, "enum", _("请从列表中选择。")))
    errors += [*_wrong_point(intake), *_wrong_caller(caller), *_wrong_documents(intake, by)]
    if errors:
        raise TicketIncomplete(_("有%(n)s处需要修改，请改正后再提交。") % {"n": len(errors)}, errors=errors)


def _wrong_point(intake: Intake) -> list[FieldError]:
    if intake.point is None:
        return []
    inside = all(low <= value <= high for value, (low, high) in zip(intake.point, CITY_BOUNDS, strict=True))
    return [] if inside else [FieldError("point", "range", _("这个位置不在本市范围内，请重新选择或者填写地址。"))]


def _wrong_caller(caller: Caller) -> list[FieldError]:
    if caller.secrecy == Secrecy.ANONYMOUS or caller.account is not None:
        return []
    errors = []
    if not caller.name.strip():
        errors.append(FieldError("name", "required", _("请填写怎样称呼您；不愿意留名请选「匿名」。")))
    if not is_phone(caller.phone):
        errors.append(FieldError("phone", "phone", _("请填写能联系到您的电话；不愿意留电话请选「匿名」。")))
    return errors


def is_phone(text: str) -> bool:
    """Whether somebody may be rung under what was written: 7 to 15 digits."""
    digits = "".join(c for c in personal.same_width(text) if c.isdigit())
    return 7 <= len(digits) <= 15


def _wrong_documents(intake: Intake, by: Account | None) -> list[FieldError]:
    if not intake.documents:
        return []
    found = Document.objects.owned_by(account=by).filter(token__in=intake.documents).count() if by else 0
    if found == len(set(intake.documents)):
        return []
    return [FieldError("documents", "not-found", _("没有找到上传的文件，请重新上传。"))]


def _new_ticket(intake: Intake, caller: Caller, *, by: Account | None, at: datetime) -> Ticket:
    """Return the ticket, not stored yet, under the key and number drawn for it."""
    pk, number = draw_number(at)
    person = caller.account.person if caller.account else None
    ticket = Ticket(
        pk=pk, number=number, profile=_profile_of(intake.channel), channel=intake.channel,
        kind=intake.kind, urgency=intake.urgency, secrecy=caller.secrecy, area=intake.area, category=intake.category,
        addressed_to=intake.addressed_to, caller=caller.account, taken_by=by if by and by.is_official else None,
        sponsor=intake.sponsor, key=person.key if person else SubjectKey.objects.create_key(),
        documents=[str(token) for token in intake.documents], facts=dict(intake.facts),
        wants_public=intake.wants_public, received_at=at,
    )  # fmt: skip
    ticket.new_parts = {}
    _seal(ticket, intake, caller)
    return ticket


def _profile_of(channel: str) -> Profile:
    """What could not be got done at a window is answered the same day, where the city has timers for it."""
    own = settings.TICKET_FAILED_PROFILE if channel == Channel.FAILED else settings.TICKET_PROFILE
    return Profile.objects.in_force(own, settings.TICKET_PROFILE)


def _seal(ticket: Ticket, intake: Intake, caller: Caller) -> None:
    person = caller.account.person if caller.account else None
    if caller.secrecy != Secrecy.ANONYMOUS:
        name = caller.name.strip() or (person.name if person else "")
        phone = caller.phone.strip() or (person.phone if person else "")
        ticket.set_personal("name", name[:40])
        ticket.set_personal("phone", phone[:20])
        ticket.phone_index = index(phone, "phone") if phone else None
    title, detail = rules.tidy(intake.title), rules.tidy(intake.detail)
    ticket.set_personal("title", title)
    ticket.set_personal("detail", detail)
    ticket.set_personal("place", rules.tidy(intake.place)[:120])
    ticket.bands = bands_of(f"{title}\n{detail}")
    if intake.point is not None:
        ticket.longitude, ticket.latitude = (value.quantize(Decimal("0.000001")) for value in intake.point)


def draw_number(at: datetime) -> tuple[int, str]:
    """Return a primary key and the number made of it; numbers that a swap could turn into another are skipped."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence('hotline_ticket', 'id'))")
            sequence: int = cursor.fetchone()[0]
        number = ids.case_number(prefix=settings.TICKET_NUMBER_PREFIX, day=localdate(at), sequence=sequence)
        if ids.is_swap_safe(number):
            return sequence, number
