"""One's own requests: the list, where each stands, and what its caller may do; also without an account."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civic.accounts.http import SignedIn, client_address
from civic.accounts.models import Account
from civic.audit.models import Entry
from civic.audit.services.receipts import receipt_code, receipt_for
from civic.cases.limits import count_look_up
from civic.core import access
from civic.core.errors import FieldError, Invalid, Refusal, Unavailable
from civic.core.pages import page
from civic.documents.models import Document
from civic.documents.services import store_document
from civic.hotline.models import Ticket
from civic.hotline.models.clocks import running
from civic.hotline.models.questions import Call
from civic.hotline.policies import why_not_call_back
from civic.hotline.portal.drafts import is_shown_to, show_to
from civic.hotline.progress import limits, of_main, plain_state, timeline
from civic.hotline.services import complaining
from civic.hotline.services.caller import (
    answer_online,
    look_up,
    look_up_code,
    supplement_ticket,
    waits_for_caller,
)
from civic.hotline.services.intake import SUBMIT
from civic.hotline.services.rating import right_of, unused_right_of
from civic.hotline.states import DISPATCH, TicketState, Way
from civic.supervision.states import Topic

MOST_ENDED = 50
STARS = {"5": 5, "4": 4, "3": 3, "2": 2, "1": 1}


@access.signed_in
@require_GET
def requests(request: SignedIn) -> HttpResponse:
    """List what one has handed in, and what one says "me too" to."""
    own = Ticket.objects.of_caller(request.user).newest_first().for_list()
    context = {
        "open": own.open(),
        "ended": own.ended()[:MOST_ENDED],
        "joined": Ticket.objects.joined_by(request.user).newest_first().for_list()[:MOST_ENDED],
    }
    return page(request, "hotline/portal/requests.html", context)


@access.public
@require_GET
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """Show the receipt: number, code, what happens next and by when, proof in the public ledger."""
    ticket = _ticket(request, number)
    entry = get_object_or_404(Entry, subject=ticket.ledger_id(), step=SUBMIT)
    clock = running(ticket, DISPATCH)
    context = {
        "ticket": ticket, "proof": receipt_for(entry), "code": receipt_code(entry), "secret": look_up_code(ticket),
        "address": request.build_absolute_uri(f"/hotline/track/{ticket.number}/"),
        "dispatch_by": clock.due_at if clock else None, "is_own": _is_own(request, ticket),
    }  # fmt: skip
    return page(request, "hotline/portal/receipt.html", context)


@access.public
@require_http_methods(["GET", "POST"])
def track(request: HttpRequest, number: str = "") -> HttpResponse:
    """Ask for the number and the phone's last four digits or the code, and open the ticket to this session."""
    if request.method == "GET":
        typed = {"number": number or request.GET.get("number", "")}
        return page(request, "hotline/portal/track.html", {"typed": typed, "errors": []})
    typed = {name: request.POST.get(name, "").strip()[:40] for name in ("number", "secret")}
    try:
        count_look_up(number=typed["number"], address=client_address(request), at=now())
        ticket = look_up(number=typed["number"], secret=typed["secret"])
    except Invalid as refusal:
        errors = list(refusal.errors) or [FieldError("number", refusal.code, refusal.message)]
        return page(request, "hotline/portal/track.html", {"typed": typed, "errors": errors}, status=422)
    show_to(request, ticket.number)
    return redirect(f"/my/requests/{ticket.number}/")


@access.public
@require_GET
def ticket_page(request: HttpRequest, number: str) -> HttpResponse:
    """Show where a ticket stands, who has it, until when, what was answered; of whoever is unknown ask the secret."""
    try:
        ticket = _ticket(request, number)
    except Http404:
        if request.user.is_authenticated:
            raise
        return redirect(f"/hotline/track/{number}/")
    return page(request, "hotline/portal/ticket.html", _context(request, ticket))


def _act(verb: Callable[[HttpRequest, Ticket, Account | str], str]) -> Callable[..., HttpResponseBase]:
    """Make a door of what a caller does: it ends on the ticket's page, with words; a refusal stands there too."""

    def door(request: HttpRequest, number: str) -> HttpResponse:
        ticket = _ticket(request, number)
        try:
            messages.success(request, verb(request, ticket, _who(request, ticket)))
        except Unavailable:
            raise
        except Refusal as refusal:
            context = _context(request, _ticket(request, number))
            lines = [error.message for error in refusal.errors] or [refusal.message]
            context |= {"errors": [FieldError("", refusal.code, line) for line in lines], "typed": request.POST}
            return page(request, "hotline/portal/ticket.html", context, status=max(refusal.status, 400))
        return redirect(f"/my/requests/{number}/")

    door.__doc__, door.__name__ = verb.__doc__, verb.__name__
    return access.public(require_POST(door))


@_act
def urge(request: HttpRequest, ticket: Ticket, by: Account | str) -> str:
    """Ask how it is going."""
    ticket.urge(by=by, at=now())
    return _("已经催办，承办单位会看到。明天可以再催。")


@_act
def supplement(request: HttpRequest, ticket: Ticket, by: Account | str) -> str:
    """Add something; where the unit waits for it, its time runs on."""
    tokens = []
    if isinstance(by, Account):
        for file in request.FILES.getlist("photos")[:5]:
            stored = store_document(owner=by, file=file, name=file.name or "", purpose="ticket.photo", at=now())
            tokens.append(str(stored.token))
    supplement_ticket(ticket=ticket, words=request.POST.get("words", ""), documents=tokens, by=by, at=now())
    return _("已经补充，承办单位会看到。")


@_act
def withdraw(request: HttpRequest, ticket: Ticket, by: Account | str) -> str:
    """Take it back."""
    ticket.withdraw(by=by, at=now())
    return _("已经撤回。以后可以重新提交。")


@_act
def answer(request: HttpRequest, ticket: Ticket, by: Account | str) -> str:
    """Say whether it is solved, and how content one is."""
    solved, contacted = (_yes(request.POST.get(name, "")) for name in ("solved", "contacted"))
    if solved is None:
        wrong = _("请选择问题解决了没有。")
        raise Invalid(wrong, errors=[FieldError("solved", "required", wrong)])
    stars = STARS.get(request.POST.get("stars", ""))
    call = Call(True, contacted=contacted, solved=solved, stars=stars, words=request.POST.get("words", ""))
    answer_online(ticket=ticket, call=call, by=by, at=now())
    if ticket.state == TicketState.CLOSED:
        return _("谢谢您的回答，这件诉求已经办结。")
    return _("已经转二次办理，承办单位要重新办理并答复您。")


@_act
def contest(request: HttpRequest, ticket: Ticket, by: Account | str) -> str:
    """Ask that somebody else looks again at why it was not taken up."""
    ticket.ask_reconsideration(words=request.POST.get("words", ""), by=by, at=now())
    return _("已经收到，由另一名工作人员复核，期限写在下面。")


@_act
def again(request: HttpRequest, ticket: Ticket, by: Account | str) -> str:
    """Have it handled a second time."""
    ticket.handle_again(words=request.POST.get("words", ""), by=by, at=now())
    return _("已经转二次办理，承办单位要重新办理并答复您。")


@_act
def privacy(request: HttpRequest, ticket: Ticket, by: Account | str) -> str:
    """Take back the consent to publish."""
    ticket.keep_private(by=by, at=now())
    return _("已经收回，公开的内容不再显示。")


@access.public
@require_POST
def rate(request: HttpRequest, number: str) -> HttpResponse:
    """Open the page to rate how it was handled: one's own, or for who has no account a link made for them now."""
    ticket = _ticket(request, number)
    right = unused_right_of(ticket, at=now())
    if right is None:
        raise Http404
    if right.holder_id is not None:
        return redirect(f"/my/ratings/{right.pk}/")
    return redirect(right.path(right.renew_link(by="caller", at=now())))


@_act
def complain(request: HttpRequest, ticket: Ticket, by: Account | str) -> str:
    """Complain of how the unit handles it."""
    complaining.complain(
        ticket=ticket, topic=request.POST.get("topic", ""), words=request.POST.get("words", ""), by=by, at=now()
    )
    return _("投诉已收到，由另一个单位核查，三个工作日内答复。")


def _ticket(request: HttpRequest, number: str) -> Ticket:
    """Return the ticket if it is this visitor's: their account's, or opened to their session; else there is none."""
    ticket: Ticket = get_object_or_404(Ticket.objects.for_detail(), number=number)
    if not _is_own(request, ticket) and not is_shown_to(request, ticket):
        raise Http404
    return ticket


def _is_own(request: HttpRequest, ticket: Ticket) -> bool:
    return request.user.is_authenticated and ticket.caller_id == request.user.pk


def _who(request: HttpRequest, ticket: Ticket) -> Account | str:
    return request.user if _is_own(request, ticket) else "caller"  # type: ignore[return-value]


def _yes(text: str) -> bool | None:
    return {"yes": True, "no": False}.get(text)


def _context(request: HttpRequest, ticket: Ticket) -> dict[str, Any]:
    at, by = now(), _who(request, ticket)
    steps = ("urge", "supplement", "withdraw", "handle_again", "keep_private", "ask_reconsideration")
    why_not = {step: ticket.why_not(step, by, at=at) for step in steps}
    why_not["call_back"] = why_not_call_back(by, ticket, way=Way.ONLINE, at=at)
    return {
        "ticket": ticket, "is_own": _is_own(request, ticket), "plain": plain_state(ticket), "at": at,
        "limits": limits(ticket, at=at), "events": timeline(ticket), "reply": ticket.passed_reply,
        "right": right_of(ticket) if ticket.ended_at else None,
        "asked": ticket.reconsiderations.first() if ticket.state == TicketState.REFUSED else None,
        "documents": _documents(request, ticket), "waits": waits_for_caller(ticket),
        "why_not": why_not,
        "offered": ticket.allowed_steps(), "errors": [], "typed": {},
        "why_not_complain": complaining.why_not_complain(ticket, by), "topics": Topic.choices,
        "main": of_main(ticket), "voices": ticket.voices.count(),
        "supplements": list(ticket.supplements.order_by("pk")),
    }  # fmt: skip


def _documents(request: HttpRequest, ticket: Ticket) -> list[Document]:
    if not ticket.documents or not _is_own(request, ticket):
        return []
    found = Document.objects.owned_by(account=ticket.caller).filter(token__in=ticket.documents)
    return list(found.select_related("key"))
