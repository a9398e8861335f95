"""The queue's door of consultation: telling authors what moderation decided."""

from django.utils.timezone import now
from procrastinate.contrib.django import app

from civic.accounts.models import Account
from civic.consultation.models import Ruling
from civic.consultation.notices import NOTICES
from civic.core.jobs import RETRY
from civic.notifications.services import notify


@app.task(name="civic.consultation.tasks.tell_author", queue="notices", retry=RETRY)
def tell_author(ruling: int) -> None:
    """Tell the author of an opinion what was decided, once; who has no account reads it at the desk."""
    found = Ruling.objects.select_related("opinion__consultation").get(pk=ruling)
    opinion = found.opinion
    account = Account.objects.filter(person=opinion.author_id, person__isnull=False).first()
    if account is None or found.step not in NOTICES:
        return
    names = {"number": str(opinion.pk), "title": opinion.consultation.title}
    notify(account, NOTICES[found.step], subject=f"{opinion.ledger_id()}/{found.pk}", variables=names, at=now())
