"""Review groups: interests first, who is touched stands aside, more than half of the others decide."""

import pytest
from django.db import IntegrityError, transaction

from civic.audit.models import Entry
from civic.core.errors import Conflict, Invalid, NotAllowed
from civic.participation.models import Interest, Motion, Panel, PanelMember, PanelVote
from civic.participation.models.motion import VotedAlready, VoteRuns
from civic.participation.models.panel import MemberAlready, Stake
from civic.participation.rules.panels import outcome, touches
from civic.workflow.models import StepRefused
from tests.factories import accounts as people
from tests.factories import participation as make
from tests.factories.accounts import MONDAY
from tests.factories.participation import DAY, PROJECT

db = pytest.mark.django_db


def votes(text: str) -> dict[int, str]:
    """+ for, - against, o abstains, blank has not voted: members 1, 2, 3, …"""
    words = {"+": "FOR", "-": "AGAINST", "o": "ABSTAIN"}
    return {member: words[sign] for member, sign in enumerate(text, start=1) if sign in words}


@pytest.mark.parametrize(
    ("cast", "entitled", "over", "expected"),
    [
        ("+++--", 5, False, "adopt"),
        ("++---", 5, False, "reject"),
        ("++--", 4, False, "reject"),  # half is not more than half
        ("+++-", 4, False, "adopt"),
        ("++ooo", 5, False, "reject"),  # who abstains is not for it
        ("+++", 5, True, "adopt"),  # three of five, two were not there
        ("++ -", 5, True, "reject"),
        ("++", 5, True, "lapse"),  # fewer than three
        ("+++", 5, False, None),
        ("", 5, True, "lapse"),
        ("+++", 2, False, "lapse"),  # the third is recused: her vote does not count, two are too few
        ("+++", 0, True, "lapse"),
    ],
)
def test_more_than_half_of_those_entitled_decide_if_enough_vote(
    cast: str, entitled: int, over: bool, expected: str | None
) -> None:
    found = outcome(votes(cast), entitled=range(1, entitled + 1), quorum=3, every_seat_heard=over)

    assert found == expected


def test_an_interest_touches_what_it_is_in() -> None:
    assert touches({"accounts.organisation:3"}, {"budgeting.proposal:7", "accounts.organisation:3"})
    assert not touches({"accounts.organisation:3"}, {"budgeting.proposal:7"})
    assert not touches(set(), {"budgeting.proposal:7"})


@db
def test_a_group_takes_in_residents_experts_and_officials_each_once() -> None:
    group = make.panel()
    wang = make.member(group, "王芳")
    make.member(group, "周教授", "EXPERT")
    make.member(group, "李强", "OFFICIAL")

    with pytest.raises(MemberAlready):
        group.admit("RESIDENT", account=wang.account, by=make.chen_jing(), at=MONDAY)
    with pytest.raises(Invalid, match="不能以居民身份"):
        group.admit("RESIDENT", account=people.official("赵磊"), by=make.chen_jing(), at=MONDAY)
    with pytest.raises(Invalid, match="工作人员账户"):
        group.admit("OFFICIAL", account=people.resident("孙浩"), by=make.chen_jing(), at=MONDAY)
    with pytest.raises(Invalid, match="请选择成员的身份"):
        group.admit("RESIDENT", by=make.chen_jing(), at=MONDAY)

    assert sorted(group.members.values_list("kind", flat=True)) == ["EXPERT", "OFFICIAL", "RESIDENT"]


@db
def test_a_drawn_resident_without_account_joins_by_the_seat_once_it_is_accepted_and_the_unit_enters_the_paper() -> None:
    group, seat = make.panel(quorum=1), make.seat()
    with pytest.raises(Invalid, match="接受邀请"):
        group.admit("RESIDENT", seat=seat, by=make.chen_jing(), at=MONDAY)
    seat.accept(by=make.chen_jing(), at=MONDAY)

    member = group.admit("RESIDENT", seat=seat, by=make.chen_jing(), at=MONDAY)
    member.declare([], by=make.chen_jing(), at=MONDAY)
    group.open(by=make.chen_jing(), at=MONDAY)
    make.motion(group).cast(member=member, voice="FOR", by=make.chen_jing(), at=MONDAY)

    assert Entry.objects.get(step="participation.motion.cast").actor == make.chen_jing().ledger_id()
    with pytest.raises(NotAllowed):
        member.declare([], by=people.official("周建"), at=MONDAY)


@db
def test_a_group_does_not_sit_before_everybody_has_said_what_interests_they_have() -> None:
    group = make.panel()
    wang = make.member(group, "王芳")
    with pytest.raises(Conflict, match="少于最低表决人数2"):
        group.open(by=make.chen_jing(), at=MONDAY)
    sun = make.member(group, "孙浩")
    wang.declare([], by=wang.account, at=MONDAY)

    with pytest.raises(Conflict, match="还有1名成员没有申报"):
        group.open(by=make.chen_jing(), at=MONDAY)

    assert Panel.objects.get(pk=group.pk).state == "FORMING"
    sun.declare([Stake(PROJECT, "提出人是我的妹妹。")], by=sun.account, at=MONDAY)
    group.open(by=make.chen_jing(), at=MONDAY)
    assert Panel.objects.get(pk=group.pk).state == "SITTING"


@db
def test_nobody_declares_or_votes_for_another_member() -> None:
    group, members = make.sitting()
    motion = make.motion(group)

    with pytest.raises(NotAllowed, match="成员本人"):
        members[0].declare([Stake(PROJECT, "她认识提出人。")], by=members[1].account, at=MONDAY)
    with pytest.raises(NotAllowed, match="成员本人"):
        motion.cast(member=members[0], voice="FOR", by=make.chen_jing(), at=MONDAY)

    assert not Interest.objects.exists()
    assert not PanelVote.objects.exists()


@db
def test_a_member_with_an_interest_stands_aside_and_does_not_count() -> None:
    group, (wang, sun, liu) = make.sitting()
    make.interest(sun)
    motion = make.motion(group)

    with pytest.raises(NotAllowed, match="应当回避"):
        motion.cast(member=sun, voice="FOR", by=sun.account, at=MONDAY)
    for member in (wang, liu):
        motion.cast(member=member, voice="FOR", by=member.account, at=MONDAY)
    state = motion.decide(by=make.chen_jing(), at=MONDAY + DAY)

    motion.refresh_from_db()
    assert (state, motion.state, motion.entitled, motion.decided_at) == ("ADOPTED", "ADOPTED", 2, MONDAY + DAY)


@db
def test_an_interest_in_what_the_motion_concerns_is_enough_and_one_declared_after_voting_strikes_the_vote() -> None:
    group, (wang, sun, liu) = make.sitting()
    firm = people.organisation()
    motion = Motion.objects.put(
        group, question="加装电梯项目是否列入投票", subject=PROJECT, concerns=[firm], closes_at=MONDAY + 7 * DAY,
        by=make.chen_jing(), at=MONDAY,
    )  # fmt: skip
    for member, voice in ((wang, "FOR"), (sun, "FOR"), (liu, "AGAINST")):
        motion.cast(member=member, voice=voice, by=member.account, at=MONDAY)
    sun.declare([Stake(firm, "我在这家公司上班。")], by=sun.account, at=MONDAY)

    assert motion.decide(by=make.chen_jing(), at=MONDAY + DAY) == "REJECTED"  # one of two is not more than half
    assert motion.entitled == 2


@db
def test_a_member_votes_once_in_time_and_only_in_their_own_group() -> None:
    group, members = make.sitting()
    motion, wang = make.motion(group), members[0]
    motion.cast(member=wang, voice="FOR", by=wang.account, at=MONDAY)

    with pytest.raises(VotedAlready):
        motion.cast(member=wang, voice="AGAINST", by=wang.account, at=MONDAY)
    with pytest.raises(Invalid):
        motion.cast(member=members[1], voice="MAYBE", by=members[1].account, at=MONDAY)
    with pytest.raises(Conflict, match="已经截止"):
        motion.cast(member=members[1], voice="FOR", by=members[1].account, at=MONDAY + 7 * DAY)
    stranger = make.member(make.panel(), "王强")
    with pytest.raises(NotAllowed, match="不是这个评审小组的成员"):
        motion.cast(member=stranger, voice="FOR", by=stranger.account, at=MONDAY)

    assert list(PanelVote.objects.values_list("member", "voice")) == [(wang.pk, "FOR")]
    with pytest.raises(IntegrityError), transaction.atomic():
        PanelVote.objects.create(motion=motion, member=wang, voice="FOR", cast_at=MONDAY)


@db
def test_a_member_who_joins_a_sitting_group_declares_before_voting() -> None:
    group, _ = make.sitting()
    motion, late = make.motion(group), make.member(group, "王强")

    with pytest.raises(NotAllowed, match="请先申报利益关系"):
        motion.cast(member=late, voice="FOR", by=late.account, at=MONDAY)

    assert not PanelVote.objects.exists()


@db
def test_a_vote_is_not_closed_while_somebody_may_still_vote() -> None:
    group, members = make.sitting()
    motion = make.motion(group)
    for member in members[:2]:
        motion.cast(member=member, voice="FOR", by=member.account, at=MONDAY)

    with pytest.raises(VoteRuns):
        motion.decide(by=make.chen_jing(), at=MONDAY + DAY)
    with pytest.raises(VoteRuns):
        motion.reject(by=make.chen_jing(), at=MONDAY + DAY)

    assert Motion.objects.get(pk=motion.pk).state == "OPEN"
    assert motion.decide(by=make.chen_jing(), at=MONDAY + 7 * DAY) == "ADOPTED"
    with pytest.raises(StepRefused):
        motion.cast(member=members[2], voice="AGAINST", by=members[2].account, at=MONDAY)


@db
def test_too_few_votes_decide_nothing() -> None:
    group, members = make.sitting()
    motion = make.motion(group)
    motion.cast(member=members[0], voice="FOR", by=members[0].account, at=MONDAY)

    assert motion.decide(by=make.chen_jing(), at=MONDAY + 7 * DAY) == "LAPSED"


@db
def test_a_group_that_forms_or_is_dissolved_gets_no_question_and_no_member() -> None:
    group = make.panel()
    with pytest.raises(Conflict, match="还没有开始评审"):
        make.motion(group)
    with pytest.raises(NotAllowed):
        group.dissolve(by=make.chen_jing(), at=MONDAY)
    group.dissolve(by=make.zhao_min(), at=MONDAY)

    with pytest.raises(Conflict, match="已经解散"):
        make.member(group)
    assert not PanelMember.objects.exists()


@db
def test_members_see_their_group_other_residents_do_not() -> None:
    member = make.member()

    assert list(Panel.objects.visible_to(member.account)) == [member.panel]
    assert not Panel.objects.visible_to(people.resident("孙浩")).exists()
    assert list(Panel.objects.visible_to(make.chen_jing())) == [member.panel]
