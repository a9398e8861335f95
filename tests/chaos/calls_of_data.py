"""Valid calls of the doors of the exchange and of licences, with everything they need made before."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils.timezone import now

from civic.licences.models import Ground
from tests.chaos.world import World, send
from tests.factories import instant, wallet
from tests.factories.deadlines import year_lines
from tests.factories.licences import licence

Call = Callable[[], Any]
EXCHANGE = {"service": "LA-ZR-001", "purpose": "decide", "subject": {"property_id": "LA2023001"}}
SAID = {"field": "owner_name", "words": "姓名写错了一个字。"}


def ask_exchange(world: World) -> Call:
    world.asked  # noqa: B018 (loads the lists)
    client = world.api(world.staff["handler"])
    return lambda: send(client, "POST", "/api/exchange/zrzy.land", EXCHANGE)


def exchange_step(what: str, who: str, body: dict[str, Any]) -> Callable[[World], Call]:
    """An official's act on a demand, a contest, a call or a source of the exchange."""

    def prepare(world: World) -> Call:
        places = {"demands": world.demanded.pk, "contests": world.contested.pk, "calls": world.asked.handle}
        account = world.official(who) if who == "operator" else world.staff[who]
        client, path = world.page(account), f"/office/exchange/{what.format(**places)}"
        return lambda: client.post(path, body)

    return prepare


NEW_DEMAND = {
    "resource": "zrzy.land", "service": "LA-JY-009", "service_name": "就业困难人员认定", "purpose": "decide",
    "legal_basis": "《中华人民共和国就业促进法》第五十二条", "fields": ["address"],
}  # fmt: skip


def deed(world: World) -> Any:
    return licence("property_certificate", holder=world.wang.person)


def suspended_deed(world: World) -> Any:
    found = deed(world)
    found.suspend(Ground("核查。"), by="rules", at=world.at)
    return found


def asked(world: World) -> Any:
    """孙浩 asks 王芳 for her agreement."""
    return wallet.request(holder=world.wang, asker=world.stranger, at=world.at)


def granted(world: World) -> Any:
    found = asked(world)
    found.grant(by=world.wang, at=world.at)
    return found


contest_of_a_call = exchange_step("calls/{calls}/contest/", "handler", SAID)


def asks_for_a_person(world: World) -> Call:
    number = world.declined_by_rules.case.number
    client = world.page(world.wang)
    return lambda: client.post(f"/my/cases/{number}/person/")


def looks_again(world: World) -> Call:
    pk, client = world.recheck.pk, world.page(world.staff["handler"])
    return lambda: client.post(f"/office/rechecks/{pk}/", {"finding": "right"})


def tells_again(world: World) -> Call:
    pk, client = world.refused_onward.pk, world.page(world.staff["handler"])
    return lambda: client.post(f"/office/onwards/{pk}/repetition/")


def declines_an_offer(world: World) -> Call:
    handle, client = world.offered.handle, world.page(world.wang)
    return lambda: client.post(f"/my/offers/{handle}/refusal/")


def takes_an_offer(world: World) -> Call:
    """何秀兰 takes the allowance that she is offered; what it needs is drawn first, and each question is recorded."""
    old = instant.he_xiulan()
    offer = instant.offer(old, instant.city_service(instant.ALLOWANCE), at=world.at, until=now() + timedelta(days=30))
    client = world.page(old)
    return lambda: client.post(f"/my/offers/{offer.handle}/acceptance/")


INSTANT = {
    "POST /my/cases/<str:number>/person/": asks_for_a_person,
    "POST /my/offers/<uuid:handle>/refusal/": declines_an_offer,
    "POST /my/offers/<uuid:handle>/acceptance/": takes_an_offer,
    "POST /office/rechecks/<int:pk>/": looks_again,
    "POST /office/onwards/<int:pk>/repetition/": tells_again,
}


def credit_answer(world: World) -> Call:
    """Another leader than the one who took the decision back answers a request for repair."""
    client, path = world.page(world.official("unit_leader")), f"/office/credit/{world.repair_asked.pk}/answer/"
    return lambda: client.post(path, {"result": "repaired", "words": "核对凭证属实，予以修复。"})


def credit_asked(world: World) -> Call:
    client, path = world.page(world.wang), f"/my/credit/{world.marked.handle}/"
    return lambda: client.post(path, {"words": "已经补交税款和滞纳金。"})


def statement(world: World) -> Call:
    client, path = world.page(world.wang), f"/my/cases/{world.doubted.number}/statement/"
    return lambda: client.post(path, {"words": "我只有一套住房。"})


def hearing_called(world: World) -> Call:
    client, path = world.page(world.staff["handler"]), f"/office/cases/{world.hearing_asked.number}/hearing/"
    day = (now() + timedelta(days=30)).date().isoformat()
    return lambda: client.post(path, {"on": day, "begins": "09:00", "place": "政务服务中心三楼"})


def hearing_closed(world: World) -> Call:
    """Another official than the one who checked the commitment presides."""
    client, path = world.page(world.staff["leader"]), f"/office/cases/{world.hearing_held.number}/hearing/record/"
    return lambda: client.post(path, {"record": "王芳到场，出示了卖房合同。"})


def draws_again(world: World) -> Call:
    client, path = world.page(world.staff["handler"]), f"/office/cases/{world.advised.number}/ruling/renewal/"
    return lambda: client.post(path)


DOUBTS = {
    "POST /my/cases/<str:number>/statement/": statement,
    "POST /office/cases/<str:number>/hearing/": hearing_called,
    "POST /office/cases/<str:number>/hearing/record/": hearing_closed,
    "POST /office/cases/<str:number>/ruling/renewal/": draws_again,
    "POST /my/credit/<uuid:handle>/": credit_asked,
    "POST /office/credit/<int:pk>/answer/": credit_answer,
}


def calendar_year(world: World) -> Call:
    typed = {
        "year": "2027", "title": "国务院办公厅关于2027年部分节假日安排的通知", "number": "国办发明电〔2026〕1号",
        "source": "https://www.gov.cn/", "published_on": "2026-11-20", "days": year_lines(), "confirm": "1",
    }  # fmt: skip
    client = world.page(world.official("operator"))
    return lambda: client.post("/office/calendar/new/", typed)
