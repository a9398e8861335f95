"""Valid calls of the doors of the exchange and of licences, with everything they need made before."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils.timezone import now

from civic.licences.models import Ground
from tests.chaos.world import World, send
from tests.factories import instant, wallet
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
