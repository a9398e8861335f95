"""The queue's door of consultation: telling authors, proposing themes, drawing maps, setting the report."""

from importlib import import_module

from django.utils.timezone import now
from procrastinate.contrib.django import app

from civic.accounts.models import Account
from civic.consultation.models import Consultation, FollowUp, Report, Ruling, Theme
from civic.consultation.notices import NOTICES
from civic.consultation.services import answering
from civic.consultation.states import FollowUpState
from civic.core.jobs import RETRY
from civic.deadlines.models import Clock
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


@app.task(name="civic.consultation.tasks.propose_themes", retry=RETRY)
def propose_themes(consultation: int) -> int:
    """Propose themes for what is not sorted; scikit-learn is loaded where this runs, and in no web process."""
    sorting = import_module("civic.consultation.services.sorting")
    return int(sorting.propose_themes(Consultation.objects.get(pk=consultation), at=now()))


@app.task(name="civic.consultation.tasks.draw_map", retry=RETRY)
def draw_map(consultation: int) -> str:
    """Draw the opinion map of the votes that stand, where it may be published; safe to run twice."""
    drawing = import_module("civic.consultation.services.drawing")
    return str(drawing.draw_map(Consultation.objects.get(pk=consultation), at=now()))


@app.periodic(cron="17 * * * *", periodic_id="consultation-maps")
@app.task(name="civic.consultation.tasks.draw_maps", queueing_lock="consultation.maps", pass_context=False)
def draw_maps(timestamp: int) -> int:
    """Draw anew, every hour, the maps of the consultations on which people vote; return how many were published."""
    drawing = import_module("civic.consultation.services.drawing")
    found = Consultation.objects.voted_on().order_by("pk")
    return sum(drawing.draw_map(one, at=now()) == drawing.Drawing.PUBLISHED for one in found)


@app.task(name="civic.consultation.tasks.set_report", retry=RETRY)
def set_report(report: int) -> None:
    """Set the published report as a PDF; the typesetter is loaded where this runs. A second run changes nothing."""
    paper = import_module("civic.consultation.services.report_paper")
    found = Report.objects.get(pk=report)
    if found.pdf is None:
        found.keep_pdf(paper.report_pdf(found, at=found.published_at), by="machine", at=now())


@app.task(name="civic.consultation.tasks.tell_answer", queue="notices", retry=RETRY)
def tell_answer(theme: int) -> int:
    """Tell authors and supporters what became of a theme, each once, however often this runs."""
    return answering.tell_answer(Theme.objects.select_related("consultation").get(pk=theme), at=now())


@app.task(name="civic.consultation.tasks.tell_follow_up", queue="notices", retry=RETRY)
def tell_follow_up(subject: int) -> int:
    """Tell everybody who took part what came of it since, each once."""
    return answering.tell_follow_up(FollowUp.objects.select_related("consultation").get(pk=subject), at=now())


@app.task(name="civic.consultation.tasks.remind", queue="notices", retry=RETRY)
def remind(clock: int, subject: str, rung: str) -> int:
    """Remind the unit that people are to be told what came of it; not if they were told since."""
    running = Clock.objects.running().filter(pk=clock).first()
    due = FollowUp.objects.filter(pk=int(subject.rpartition(":")[2]), state=FollowUpState.DUE)
    found = due.select_related("consultation").first()
    if running is None or found is None:
        return 0
    return answering.remind(found, running, rung=rung, at=now())
