"""Insight for tests: tickets told of in figures, and the sheets that count them."""

from datetime import datetime
from uuid import uuid4

from civic.audit.services.sequence import sequence
from civic.hotline.models import Category, Ticket
from civic.hotline.states import Channel
from civic.insight.models import Reading, Sheet
from civic.insight.services.counting import catch_up
from tests.factories import hotline
from tests.factories.accounts import MONDAY

SAMPLE = (
    ("社保", "社保卡办理"), ("医保", "医保报销"), ("教育", "学区划分"), ("住房", "公积金提取"), ("社保", "社保转移"),
    ("医保", "医保缴费"), ("社保", "社保查询"), ("教育", "入学政策"), ("社保", "社保卡补办"), ("医保", "医保卡激活"),
)  # fmt: skip
"""The ten calls of the sketch that the platform began with: class, issue."""


def counted(*, at: datetime) -> None:
    """Place what the ledger has, then count the days that wait."""
    sequence(at=at)
    catch_up(at=at, most=10_000)


def sheet() -> Sheet:
    hotline.ticket()
    counted(at=MONDAY)
    return Sheet.objects.get(kind=Sheet.Kind.TICKETS, size=1)


def reading() -> Reading:
    return Reading.locked()


def classes(*names: str) -> dict[str, Category]:
    """Classes of the first level with these names, after those of the city."""
    hotline.city()
    return {
        name: Category.objects.describe(
            {"code": f"{90 + nth}"}, by="test", at=MONDAY, facts={"name": name, "level": 1, "position": 90 + nth}
        )[0]
        for nth, name in enumerate(names)
    }


def sample(*, at: datetime = MONDAY) -> list[Ticket]:
    """The ten calls of the sketch as tickets, in its four classes."""
    known = classes("社保", "医保", "教育", "住房")
    made = []
    for name, issue in SAMPLE:
        ticket = hotline.ticket(title=issue, detail=f"咨询：{issue}怎么办。", place="", kind="CONSULT", at=at)
        Ticket.objects.filter(pk=ticket.pk).update(category=known[name], channel=Channel.PHONE)
        made.append(ticket)
    return made


def copies(of: Ticket, n: int, **more: object) -> list[Ticket]:
    """So many more tickets like this one, stored as they are."""
    same = {field.attname: getattr(of, field.attname) for field in Ticket._meta.concrete_fields} | more
    del same["id"]
    found = [Ticket(**{**same, "number": f"LH{uuid4().hex[:18]}", "handle": uuid4()}) for _nth in range(n)]
    return Ticket.objects.bulk_create(found)
