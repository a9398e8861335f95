"""Journeys of a notice: write it, send it by text message, pick up what a dead worker left."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings

from civic.accounts.models import Account, Consent
from civic.adapters.sms import client
from civic.core.jobs import enqueue
from civic.notifications.models import Delivery, Notice, Template
from civic.notifications.models.delivery import SEND
from civic.notifications.rules import QuietHours
from civic.workflow.models import StepRefused

CONSENT = "sms_notices"
SENDER = "notifier"


def notify(
    account: Account,
    template: str,
    *,
    subject: str = "",
    variables: Mapping[str, str],
    at: datetime,
    by: object = SENDER,
) -> Notice:
    """Write a letter to `account` after `template`, and send a text message where there is one and it is wanted.

    The letter is always stored. With a `subject` (what it is about, e.g. a ledger id and a step) it is written and
    sent once, however often this is called.
    Raises: VariablesMissing; KeyError, if there is no such template.
    """
    wording = Template.objects.current(template, at=at)
    return Notice.objects.write(
        recipient=account, template=wording, subject=subject, variables=variables,
        by_sms=wants_sms(account, wording), by=by, at=at,
    )  # fmt: skip


def wants_sms(account: Account, template: Template) -> bool:
    """Whether a text message goes out: to a phone, with the reader's consent or where the law wants it told."""
    person = account.person
    if person is None or person.phone_sealed is None:
        return False
    return template.is_statutory or Consent.objects.holds(person=person, purpose=CONSENT)


def send_delivery(delivery_id: int, *, at: datetime) -> bool:
    """Send one text message, or leave it to whoever has claimed it; return whether this caller sent it."""
    delivery = Delivery.objects.select_related("notice__template", "notice__key", "notice__recipient").get(
        pk=delivery_id
    )
    try:
        if _is_held(delivery, at):
            return False
        delivery.begin(by=SENDER, at=at)
    except StepRefused:
        return False
    return _send(delivery, at)


def pick_up(*, at: datetime) -> int:
    """Give up what a dead worker was sending (it may have arrived), queue anew what has no job; return how many."""
    found = 0
    for delivery in Delivery.objects.stuck(at=at):
        found += _fail_unknown(delivery, at)
    for delivery in Delivery.objects.overdue(at=at):
        enqueue(SEND, delivery=delivery.pk)
        found += 1
    return found


def quiet_hours() -> QuietHours:
    """Return the quiet hours as the city has set them."""
    return QuietHours.read(settings.QUIET_HOURS)


def _is_held(delivery: Delivery, at: datetime) -> bool:
    """Hold the delivery if the quiet hours want it; return whether it waits."""
    until = quiet_hours().release(at, is_urgent=delivery.notice.template.is_urgent)
    if until > at:
        delivery.hold(until=until, by=SENDER, at=at)
    return until > at


def _send(delivery: Delivery, at: datetime) -> bool:
    """Call the gateway, outside any transaction, and note what came of it."""
    person = delivery.notice.recipient.person
    phone = person.phone if person else ""
    if not phone:
        delivery.fail(failure="no-phone", by=SENDER, at=at)
        return False
    try:
        gateway_id = client.send(phone=phone, text=delivery.notice.clear("sms"))
    except client.SmsUncertain:
        delivery.fail(failure="unknown", by=SENDER, at=at)
        return False
    except client.SmsUnavailable as error:
        delivery.postpone(failure=error.code, by=SENDER, at=at)
        return False
    delivery.succeed(gateway_id=gateway_id, by=SENDER, at=at)
    return True


def _fail_unknown(delivery: Delivery, at: datetime) -> bool:
    try:
        delivery.fail(failure="unknown", by=SENDER, at=at)
    except StepRefused:
        return False
    return True
