"""Valid calls of the doors of the hotline, with everything they need made before."""

from collections.abc import Callable
from typing import Any

from django.utils.timezone import now

from civic.accounts.models import Account, Token
from civic.hotline.services.caller import look_up_code
from civic.hotline.services.intake import Caller, Intake, take_in
from civic.hotline.services.rating import invite
from tests.chaos.world import World, send
from tests.factories import accounts as people
from tests.factories import hotline, wechat

Call = Callable[[], Any]
VOICE = {"title": "梅山路路灯不亮", "detail": hotline.LAMP, "category": "010201"}
REQUEST = {"service_code": "010201", "description": hotline.LAMP, "lat": "31.735", "long": "116.522"}
WORDS = {"words": "灯杆编号是0351，请再看看。"}
PAGES = {
    "what": {"kind": "HELP", "title": "路口的井盖松了", "detail": "皖西路邮局门口的井盖松动，车过就响。"},
    "where": {"county": "", "place": ""},
    "photos": {},
    "open": {"public": "no"},
    "who": {"secrecy": "NAMED"},
}


def sends_report(world: World) -> Call:
    world.voice  # noqa: B018 (loads the lists)
    client, write = world.page(world.wang), "/hotline/write/report/"
    for page, answers in PAGES.items():
        client.post(f"{write}{page}/", answers)
    token = client.get(f"{write}check/").content.decode().split('name="token" value="')[1].split('"')[0]
    return lambda: client.post(f"{write}check/", {"token": token})


def says_me_too(world: World) -> Call:
    handle, client = world.voice.handle, world.page(world.stranger)
    return lambda: client.post(f"/hotline/register/{handle}/voice/")


def own(what: str, noun: str, body: dict[str, str]) -> Callable[[World], Call]:
    """What 王芳 does with her ticket."""

    def prepare(world: World) -> Call:
        number, client = getattr(world, noun).number, world.page(world.wang)
        return lambda: client.post(f"/my/requests/{number}/{what}/", body)

    return prepare


def asks_for_a_link(world: World) -> Call:
    """Somebody without an account, by the code of what was answered at the phone, wants to rate it."""
    world.voice  # noqa: B018 (loads the lists)
    said, caller = Intake("梅山路路灯不亮", hotline.LAMP), Caller(name="王芳", phone="13800005678")
    ticket = take_in(said, caller=caller, by=None, at=world.at)
    ticket.answer_live(words="已经通知抢修队，今晚修好。", by=hotline.lin_xia(), at=world.at)
    invite(ticket, at=world.at)
    client = world.page(None)
    client.post("/hotline/track/", {"number": ticket.number, "secret": look_up_code(ticket)})
    return lambda: client.post(f"/my/requests/{ticket.number}/rating/")


def reports_by_program(world: World) -> Call:
    world.voice  # noqa: B018 (loads the lists)
    client = world.api(world.wang)
    return lambda: send(client, "POST", "/api/tickets", VOICE, **{"Idempotency-Key": "while-the-ledger-is-shut"})


def open311(address: str) -> Callable[[World], Call]:
    """A form of Open311, with 王芳's key."""

    def prepare(world: World) -> Call:
        client, key, number = world.page(None), key_of(world.wang), world.voice.number
        sent = {"api_key": key, "service_request_id": number, **REQUEST}
        return lambda: client.post(f"/api/open311/v2/{address}", sent)

    return prepare


def writes_on_wechat(world: World) -> Call:
    world.voice  # noqa: B018 (loads the lists)
    return lambda: wechat.post(wechat.letter(), wechat.signed(at=now()))


def key_of(account: Account) -> str:
    """A key whose first use is noted already."""
    text = people.token(account)
    Token.objects.filter(account=account).update(last_used_at=now())
    return text


HOTLINE: dict[str, Callable[[World], Call]] = {
    "POST /hotline/write/<slug:flow>/<slug:key>/": sends_report,
    "POST /hotline/register/<uuid:handle>/voice/": says_me_too,
    "POST /my/requests/<str:number>/complaint/": own("complaint", "voice", {"topic": "SLOW", **WORDS}),
    "POST /my/requests/<str:number>/urge/": own("urge", "voice", {}),
    "POST /my/requests/<str:number>/supplement/": own("supplement", "voice", WORDS),
    "POST /my/requests/<str:number>/withdraw/": own("withdraw", "voice", {}),
    "POST /my/requests/<str:number>/privacy/": own("privacy", "voice", {}),
    "POST /my/requests/<str:number>/answer/": own("answer", "answered_voice", {"solved": "yes", "stars": "5"}),
    "POST /my/requests/<str:number>/reconsideration/": own("reconsideration", "refused_voice", WORDS),
    "POST /my/requests/<str:number>/rating/": asks_for_a_link,
    "POST /my/requests/<str:number>/again/": own("again", "published_voice", WORDS),
    "POST /api/tickets": reports_by_program,
    "POST /api/wechat": writes_on_wechat,
    "POST /api/open311/v2/requests": open311("requests"),
    "POST /api/open311/v2/requests.<open311format:fmt>": open311("requests.json"),
    "POST /api/open311/v2/servicerequestupdates": open311("servicerequestupdates"),
    "POST /api/open311/v2/servicerequestupdates.<open311format:fmt>": open311("servicerequestupdates.xml"),
}
