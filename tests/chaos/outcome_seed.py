"""A consultation of the land bureau for tests of every route: themes, answers, statements, a report."""

from datetime import date, timedelta
from typing import Any

from django.utils.timezone import now

from civic.consultation.models import Consultation, FollowUp, Opinion, Participant, Statement, Theme
from civic.consultation.models.consultation import Opening, Plan
from civic.consultation.models.opinion import Saying
from civic.consultation.models.statement import Held
from civic.consultation.models.theme import Reply
from civic.consultation.services import answering
from civic.consultation.states import Moderation, Source
from civic.participation.models import Phase
from tests.chaos.world import World
from tests.factories import areas, outcome

DAY = timedelta(days=1)


class Outcome:
    """One consultation in which people speak now, and another in which every point has its answer."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clerk = world.official("unit_handler")
        self.leader, self.other_leader = world.official("unit_leader"), world.official("unit_leader")
        self.at = now() - 2 * DAY
        self.asked = self.consultation("农村宅基地管理办法（草案）")
        self.opinions = [
            self.opinion(self.asked, words) for words in ("宅基地面积应当按户算", "审批时间太长了", "邻里纠纷要先调解")
        ]
        self.theme = self.form(self.asked, "面积和审批", self.opinions[:2])
        self.other = self.form(self.asked, "纠纷", self.opinions[2:])
        self.statement: Statement = Statement.objects.seed(
            self.asked, words="宅基地审批应当在一个月内办完。", by=self.clerk, at=self.at
        )
        self.held: Statement = Statement.objects.propose(
            self.asked, words="这条不在草案范围内。", author=self.person(), by=world.wang, at=self.at
        )
        self.held.hold_back(Held("OFF_TOPIC", "与草案无关。"), by=self.clerk, at=self.at)

    def consultation(self, title: str) -> Consultation:
        plan = Plan(title, "谁能申请、多大、多久批，请大家说说。", "原来的规定太旧，需要修改。", Moderation.AFTER)
        made: Consultation = Consultation.objects.prepare(plan, by=self.clerk, at=self.at)
        made.add_version(outcome.DRAFT, note="", by=self.clerk, at=self.at)
        opening = Opening(self.at, self.at + 31 * DAY, areas.city())
        made.publish(opening, by=self.leader, at=self.at)
        return made

    def person(self) -> Any:
        assert self.world.wang.person is not None
        return self.world.wang.person

    def opinion(self, consultation: Consultation, words: str) -> Opinion:
        version = consultation.current()
        assert version is not None
        wang = self.person()
        Participant.objects.join(consultation, wang, area=None, source=Source.WEB, by=self.world.wang, at=self.at)
        said: Opinion = Opinion.objects.put(
            Saying(words, version), author=wang, source=Source.WEB, by=self.world.wang, at=self.at
        )
        return said

    def form(self, consultation: Consultation, title: str, opinions: list[Opinion]) -> Theme:
        made: Theme = Theme.objects.form(
            consultation, title=title, opinions=[one.pk for one in opinions], by=self.clerk, at=self.at
        )
        return made

    def drafted(self) -> Theme:
        self.theme.draft(Reply("NOT", "与上位法的规定不一致，不能这样写。"), by=self.clerk, at=self.at)
        return self.theme

    def concluded(self) -> Consultation:
        """Its window is over, its only theme is answered."""
        made = self.consultation("农村公路养护办法（草案）")
        theme = self.form(made, "养护资金", [self.opinion(made, "养护的钱从哪里来要写清楚")])
        Phase.objects.filter(subject=made.ledger_id()).update(
            opens_at=self.at - 60 * DAY, closes_at=self.at
        )  # the past: no verb leads there
        made.conclude(by=self.leader, at=now())
        made.count_eligible(4_393_699, source="第七次全国人口普查", on=date(2020, 11, 1), by=self.clerk, at=now())
        theme.draft(Reply("NOT", "与上位法的规定不一致，不能这样写。"), by=self.clerk, at=now())
        theme.answer(by=self.leader, at=now())
        return made

    def settled(self) -> Consultation:
        made = self.concluded()
        answering.settle(made, by=self.leader, at=now())
        return made

    def follow_up(self) -> FollowUp:
        return FollowUp.objects.filter(consultation=self.settled()).order_by("months")[0]


def outcome_of(world: World) -> Outcome:
    """Return the consultation of this world, made once."""
    found: Outcome = world.__dict__.setdefault("_outcome", None) or Outcome(world)
    world.__dict__["_outcome"] = found
    return found
