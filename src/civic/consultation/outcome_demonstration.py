"""The demonstration's finished consultation gets its end: votes and a map, themes, answers, a report. All invented.

Needs scikit-learn for the map: the command imports it, no web process does.
"""

from datetime import date, datetime, timedelta
from importlib import import_module

from django.db import transaction

from civic.accounts.models import Account, Person
from civic.areas.models import Area
from civic.consultation.models import Consultation, Opinion, Participant, Statement, StatementVote, Theme
from civic.consultation.models.outcome import Issued
from civic.consultation.models.theme import Reply
from civic.consultation.rules.counting import AGREE, DISAGREE, PASS
from civic.consultation.services.answering import settle
from civic.consultation.states import ConsultationState, Source, Verdict

STAFF, LEADER = "cgj.majun", "cgj.shenyan"
DAY = timedelta(days=1)
SENTENCES = (
    "小区停车方案应当由业主共同决定。", "公示时间应当延长到十五日。", "停车应当收费，用来修路。",
    "没有车的住户也应当参加表决。", "晚上应当允许在路边停车。", "绿地可以改成停车位。",
    "消防通道应当画线并装标牌。", "访客停车应当免费两小时。",
)  # fmt: skip
WITH_CAR = (AGREE, AGREE, DISAGREE, DISAGREE, AGREE, AGREE, AGREE, AGREE)
WITHOUT = (AGREE, AGREE, AGREE, AGREE, DISAGREE, DISAGREE, AGREE, PASS)
VOTERS = 20  # of each of the two kinds
CHANGED = {"公示不少于七日": "公示不少于十五日", "消防通道禁止停车": "消防通道应当划线、设置标牌，禁止停车"}
ANSWERS = (
    ("公示时间", "art2", "七日确实太短，出差的业主看不到，改为十五日。", Verdict.ADOPTED, ""),
    ("消防通道", "art3", "画线和标牌写进了规定；具体样式不写进条文。", Verdict.PARTLY, "统一标牌样式，年底前装完。"),
)


def create_demonstration_outcome(*, at: datetime) -> int:
    """Bring the finished consultation of the demonstration to its end; return how many were brought there (0 or 1)."""
    found = Consultation.objects.filter(is_demonstration=True, state=ConsultationState.CONCLUDED).first()
    leader = Account.objects.filter(username=LEADER).first()
    if found is None or leader is None or found.statements.exists():
        return 0
    staff = Account.objects.select_related("official__department").get(username=STAFF)
    begun = found.published_at or at
    with transaction.atomic():
        _vote(found, staff, begun + 5 * DAY)
        drawing = import_module("civic.consultation.services.drawing")
        drawing.draw_map(found, at=begun + 31 * DAY)
        _answer(found, staff, leader, begun + 35 * DAY)
        found.count_eligible(
            12_000, source="示范数据：假设的居民登记册", on=date(begun.year, 1, 1), by=staff, at=begun + 36 * DAY
        )
        settle(found, by=leader, at=begun + 40 * DAY)
        issued = Issued("【示范】老旧小区停车管理规定", (begun + 90 * DAY).date())
        found.adopt(issued, by=leader, at=begun + 50 * DAY)
    return 1


def _vote(found: Consultation, staff: Account, at: datetime) -> None:
    statements = [Statement.objects.seed(found, words=words, by=staff, at=at) for words in SENTENCES]
    areas = list(Area.objects.of_level(level=Area.Level.COUNTY))
    for number in range(2 * VOTERS):
        person = Person.objects.register(name="示范居民", by=staff, at=at, demonstration=True)
        area = areas[number % 2] if len(areas) > 1 else None
        Participant.objects.join(found, person, area=area, source=Source.WEB, by=staff, at=at)
        leaning = WITH_CAR if number < VOTERS else WITHOUT
        for place, statement in enumerate(statements):
            choice = PASS if place == number % len(statements) else leaning[place]
            StatementVote.objects.cast(statement, person=person, choice=choice, by=staff, at=at)


def _answer(found: Consultation, staff: Account, leader: Account, at: datetime) -> None:
    """Sort the opinions by the clause they are on, change the draft, and answer: one writes, another publishes."""
    known = found.current()
    text = known.text if known else ""
    for old, new in CHANGED.items():
        text = text.replace(old, new)
    version = found.add_version(text, note="示范：按大家的意见修改了公示时间和消防通道。", by=staff, at=at)
    for title, anchor, reason, verdict, measure in ANSWERS:
        on = Opinion.objects.filter(consultation=found, anchor__startswith=anchor).public()
        keys = list(on.values_list("pk", flat=True))
        if not keys:
            continue
        theme = Theme.objects.form(found, title=title, opinions=keys, by=staff, at=at)
        theme.draft(Reply(verdict, reason, version, anchor, measure), by=staff, at=at)
        theme.answer(by=leader, at=at + DAY)
