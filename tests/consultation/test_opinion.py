"""Opinions: who may speak, what is shown of them, moderation with an appeal, merging with credit, counts of people."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from civic.audit.models import Entry
from civic.consultation import tasks
from civic.consultation.models import Opinion, Participant, Reception, Ruling, Sight, Stance
from civic.consultation.models.opinion import NoSuchClause, NotTogether, SaidAlready, Saying
from civic.consultation.services.reading import near_opinions, next_opinions, opinions_on_clauses, top_opinions, voices
from civic.consultation.services.speaking import Paper, enter, speak, stand
from civic.core.errors import Invalid, NotAllowed
from civic.notifications.models import Notice
from civic.participation.models import PaperEntry
from civic.participation.models.eligibility import NotEligible
from civic.participation.models.phase import PhaseClosed
from civic.participation.models.sheet import EnteredAlready, NotInTime
from tests.factories import accounts as people
from tests.factories import areas
from tests.factories import consultation as make
from tests.factories.accounts import MONDAY, WANG_FANG

pytestmark = pytest.mark.django_db
DAY, TUESDAY = make.DAY, make.TUESDAY


def counts(opinion: Opinion) -> tuple[int, int, int]:
    found = Reception.objects.get(opinion=opinion)
    return found.supports, found.doubts, found.seen


def test_a_resident_speaks_on_a_clause_and_takes_part_once_however_often_they_speak() -> None:
    run, wang_fang = make.published(), people.resident(**WANG_FANG)

    first = make.opinion(run, by=wang_fang)
    make.opinion(run, make.FINE_WORDS, anchor="art3.p1.i1", by=wang_fang)

    assert (first.state, first.public_words, first.source, first.signature) == (
        "PUBLISHED",
        make.HOURS_WORDS,
        "WEB",
        "",
    )
    only = Participant.objects.get()
    assert (only.person, only.age_band, only.source) == (wang_fang.person, "35-59", "WEB")
    assert opinions_on_clauses(run) == {"art2.p2": 1, "art3.p1.i1": 1}


def test_what_tells_who_somebody_is_does_not_come_out() -> None:
    said = make.opinion(words="投放时间太短，我叫王芳，电话13800005678，请延长。")

    assert "13800005678" not in said.public_words
    assert said.clear("words") == "投放时间太短，我叫王芳，电话13800005678，请延长。"
    assert "13800005678" not in str(Entry.objects.filter(subject=said.ledger_id()).values())


def test_a_name_is_shown_where_its_owner_wants_it_and_taken_away_at_will() -> None:
    wang_fang = people.resident()
    said = make.opinion(by=wang_fang, is_named=True)
    assert said.signature == "王芳"

    said.sign(is_named=False, person=wang_fang.person, by=wang_fang, at=TUESDAY)

    assert Opinion.objects.for_list().get(pk=said.pk).signature == ""


def test_before_and_after_the_window_nobody_speaks() -> None:
    run = make.published(opens={"opens_at": MONDAY + DAY, "closes_at": MONDAY + 40 * DAY})
    wang_fang = people.resident()

    for at in (MONDAY, MONDAY + 40 * DAY):
        with pytest.raises(PhaseClosed):
            speak(saying=Saying(make.HOURS_WORDS, make.version(run)), by=wang_fang, at=at)

    assert not Opinion.objects.exists()
    assert not Participant.objects.exists()


def test_officials_and_the_unknown_do_not_speak() -> None:
    run = make.published()
    nobody = people.resident("无名", level=1)

    with pytest.raises(NotEligible, match="实名认证"):
        make.opinion(run, by=nobody)
    with pytest.raises(NotAllowed, match="居民账户"):
        make.opinion(run, by=make.qian_wei())

    assert not Opinion.objects.exists()


def test_where_only_people_of_a_district_are_asked_they_say_once_where_they_live() -> None:
    run = make.published(opens={"area": areas.county(), "residence": "LIVING"})
    wang_fang, words = people.resident(), Saying(make.HOURS_WORDS, make.version(run), make.HOURS)

    with pytest.raises(NotEligible, match="金安区"):
        speak(saying=words, by=wang_fang, at=TUESDAY)
    with pytest.raises(NotEligible):
        speak(saying=words, by=wang_fang, at=TUESDAY, lives_in=areas.county("341503", "裕安区"))
    said = speak(saying=words, by=wang_fang, at=TUESDAY, lives_in=areas.town())
    speak(saying=Saying(make.FINE_WORDS, make.version(run)), by=wang_fang, at=TUESDAY)

    assert Participant.objects.get().area == areas.town()
    assert Opinion.objects.filter(author=said.author).count() == 2


def test_the_same_words_sent_twice_are_one_opinion() -> None:
    run, wang_fang = make.published(), people.resident()
    first = make.opinion(run, by=wang_fang)

    with pytest.raises(SaidAlready):
        make.opinion(run, by=wang_fang)
    make.opinion(run, by=people.resident("李强"))
    first.withdraw(person=wang_fang.person, by=wang_fang, at=TUESDAY)
    make.opinion(run, by=wang_fang)

    assert sorted(Opinion.objects.values_list("state", flat=True)) == ["PUBLISHED", "PUBLISHED", "WITHDRAWN"]


def test_a_clause_that_the_draft_does_not_have_is_refused() -> None:
    with pytest.raises(NoSuchClause):
        make.opinion(anchor="art9.p1")

    assert not Opinion.objects.exists()


def test_support_is_one_a_person_turns_to_doubt_and_is_withdrawn_at_will() -> None:
    said, li_qiang = make.opinion(), people.resident("李强")

    seen = []
    for side in ("SUPPORT", "SUPPORT", "DOUBT", "NONE"):
        stand(opinion=said, side=side, by=li_qiang, at=TUESDAY)
        seen.append(counts(said))

    assert seen == [(1, 0, 1), (1, 0, 1), (0, 1, 1), (0, 0, 1)]
    assert Stance.objects.get().side == "NONE"
    assert Entry.objects.filter(step="consultation.stance.take").count() == 3  # saying the same again says nothing


def test_one_does_not_support_oneself() -> None:
    wang_fang = people.resident()
    said = make.opinion(by=wang_fang)

    with pytest.raises(NotAllowed, match="您自己"):
        stand(opinion=said, side="SUPPORT", by=wang_fang, at=TUESDAY)
    with pytest.raises(Invalid):
        stand(opinion=said, side="LOVE", by=people.resident("李强"), at=TUESDAY)

    assert counts(said) == (0, 0, 0)


def test_where_moderation_comes_first_nothing_is_read_before_it() -> None:
    run = make.published(moderation="BEFORE")
    said = make.opinion(run)
    assert (said.state, said.public_words, next_opinions(run, person=None, seed="a")) == ("PENDING", "", [])

    said.publish(by=make.qian_wei(), at=TUESDAY)

    assert next_opinions(run, person=None, seed="a") == [said.pk]
    assert said.public_words == make.HOURS_WORDS


def test_an_opinion_is_kept_back_for_a_published_ground_and_restored_on_appeal_by_somebody_else() -> None:
    run, wang_fang = make.published(), people.resident()
    said = make.opinion(run, by=wang_fang)

    with pytest.raises(Invalid, match="审核规则"):
        said.hold_back(ground="DISAGREES", words="反对草案。", by=make.fang_lan(), at=TUESDAY)
    said.hold_back(ground="OFF_TOPIC", words="与草案无关。", by=make.fang_lan(), at=TUESDAY)
    assert (said.public_words, top_opinions(run)) == ("", [])
    with pytest.raises(NotAllowed):
        said.appeal(words="说的就是第二条。", person=people.person("别人"), by=people.resident("李强"), at=TUESDAY)
    said.appeal(words="说的就是第二条。", person=wang_fang.person, by=wang_fang, at=TUESDAY)
    with pytest.raises(NotAllowed, match="另一位负责人"):
        said.restore(words="与草案有关。", by=make.fang_lan(), at=TUESDAY)
    said.restore(words="申诉有理，说的是第二条。", by=make.xu_ming(), at=TUESDAY)

    assert (said.state, said.public_words, said.ground) == ("PUBLISHED", make.HOURS_WORDS, "")
    log = list(Ruling.objects.order_by("pk").values_list("step", "ground"))
    assert log == [("hold_back", "OFF_TOPIC"), ("appeal", ""), ("restore", "")]


def test_an_appeal_that_is_not_right_ends_it() -> None:
    wang_fang = people.resident()
    said = make.opinion(by=wang_fang)
    said.hold_back(ground="ABUSE", words="含有辱骂。", by=make.qian_wei(), at=TUESDAY)
    said.appeal(words="没有辱骂任何人。", person=wang_fang.person, by=wang_fang, at=TUESDAY)

    said.uphold(words="第二句是辱骂。", by=make.fang_lan(), at=TUESDAY)

    assert (said.state, said.public_words) == ("UPHELD", "")


def test_merged_opinions_count_people_once_and_keep_every_author() -> None:
    run = make.published()
    wang_fang, sun_hao, li_qiang = people.resident(), people.resident("孙浩"), people.resident("李强")
    kept = make.opinion(run, by=wang_fang)
    same = make.opinion(run, "投放时间太短，夜班的人赶不上。", by=sun_hao)
    for one in (kept, same):
        stand(opinion=one, side="SUPPORT", by=li_qiang, at=TUESDAY)
    stand(opinion=kept, side="SUPPORT", by=sun_hao, at=TUESDAY)

    same.merge(kept, by=make.qian_wei(), at=TUESDAY)

    assert counts(kept) == (1, 0, 1)  # 李强 once; 孙浩 has said it and is no supporter of it
    assert set(kept.authors().values_list("author", flat=True)) == {wang_fang.person_id, sun_hao.person_id}
    assert opinions_on_clauses(run) == {"art2.p2": 1}
    stand(opinion=same, side="DOUBT", by=people.resident("赵云"), at=TUESDAY)
    assert counts(kept) == (1, 1, 2)

    same.separate(by=make.qian_wei(), at=TUESDAY)

    assert (counts(kept), counts(same)) == ((2, 1, 3), (1, 0, 1))


def test_only_what_is_public_and_not_merged_itself_is_merged() -> None:
    run = make.published()
    first, second, third = (make.opinion(run, by=people.resident(name)) for name in ("王芳", "孙浩", "李强"))
    second.merge(first, by=make.qian_wei(), at=TUESDAY)

    with pytest.raises(NotTogether):
        third.merge(second, by=make.qian_wei(), at=TUESDAY)
    with pytest.raises(NotTogether):
        first.merge(third, by=make.qian_wei(), at=TUESDAY)
    with pytest.raises(NotTogether):
        third.merge(make.opinion(make.published(), by=people.resident("赵云")), by=make.qian_wei(), at=TUESDAY)
    with pytest.raises(NotTogether, match="拆分"):
        first.withdraw(person=first.author, by=people.resident("冒名"), at=TUESDAY)

    assert Opinion.objects.exclude(merged_into=None).get() == second


def test_an_author_takes_an_opinion_back_and_its_words_are_gone_from_the_page() -> None:
    run, wang_fang = make.published(), people.resident()
    said = make.opinion(run, by=wang_fang)

    said.withdraw(person=wang_fang.person, by=wang_fang, at=TUESDAY)

    assert (said.state, said.public_words, opinions_on_clauses(run)) == ("WITHDRAWN", "", {})


def test_opinions_go_along_to_the_second_version_and_say_how() -> None:
    run = make.published()
    hours = make.opinion(run)
    fine = make.opinion(run, make.FINE_WORDS, anchor="art3.p1.i1", by=people.resident("李强"))
    whole = make.opinion(run, "总体很好，希望早点实行。", anchor="", by=people.resident("孙浩"))

    run.add_version(make.SECOND, note="延长投放时间，增加指导员。", by=make.qian_wei(), at=TUESDAY)

    read = {one.opinion.pk: one for one in voices(run, [hours.pk, fine.pk, whole.pk], person=None)}
    assert (read[hours.pk].place.anchor, read[hours.pk].place.outcome.value) == ("art3.p2", "similar")
    assert (read[fine.pk].label, read[fine.pk].place.outcome.value) == ("第四条第一款第一项", "exact")
    assert read[whole.pk].place.anchor == ""
    assert opinions_on_clauses(run) == {"art3.p2": 1, "art4.p1.i1": 1, "": 1}
    late = make.opinion(run, "指导员应当有培训。", anchor="art2.p1", by=people.resident("赵云"))
    assert late.draft.number == 2


def test_an_opinion_whose_clause_is_gone_stays_where_it_stood() -> None:
    run = make.published()
    said = make.opinion(run, make.FINE_WORDS, anchor="art3.p1.i1")

    run.add_version("第一条 全文重写。", note="全文重写了草案。", by=make.qian_wei(), at=TUESDAY)

    (read,) = voices(run, [said.pk], person=None)
    assert (read.place.version, read.place.anchor, read.place.outcome.value) == (1, "art3.p1.i1", "lost")
    assert opinions_on_clauses(run) == {}


def test_what_is_nearly_the_same_is_found_before_it_is_said_and_only_in_this_consultation() -> None:
    run = make.published()
    said = make.opinion(run)
    make.opinion(run, make.FINE_WORDS, anchor="art3.p1.i1", by=people.resident("李强"))

    (found,) = near_opinions(run, "投放时间太短了，上夜班的人赶不上，希望延长到晚上九点。")

    assert found.opinion == said
    assert near_opinions(make.published(), make.HOURS_WORDS) == []
    assert near_opinions(run, "太短") == []
    said.hold_back(ground="OFF_TOPIC", words="与草案无关。", by=make.qian_wei(), at=TUESDAY)
    assert near_opinions(run, make.HOURS_WORDS) == []


def test_what_few_have_seen_comes_first_and_nobody_sees_the_same_twice() -> None:
    run, reader = make.published(), people.resident("李强").person
    assert reader is not None
    ours = [make.opinion(run, f"第{n}条意见：希望多设投放点。", by=people.resident("王芳")).pk for n in range(6)]
    Sight.objects.note(ours[:3], person=people.person("孙浩"))

    first = next_opinions(run, person=reader, seed="a", count=3)
    assert sorted(first) == ours[3:]
    assert Sight.objects.note(first, person=reader) == 3
    assert Sight.objects.note(first, person=reader) == 0
    second = next_opinions(run, person=reader, seed="a", count=6)

    assert sorted(second) == ours[:3]
    assert [counts(one)[2] for one in Opinion.objects.order_by("pk")] == [1, 1, 1, 1, 1, 1]
    assert next_opinions(run, person=reader, seed="b", count=6, anchor="") == []


def test_the_top_goes_by_the_share_of_those_who_saw_it_not_by_who_came_first() -> None:
    run = make.published()
    early = make.opinion(run, by=people.resident())
    late = make.opinion(run, make.FINE_WORDS, by=people.resident("孙浩"))
    for n in range(6):
        one = people.resident("居民" + "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳"[n])
        assert one.person is not None
        Sight.objects.note([early.pk], person=one.person)
        if n < 3:
            stand(opinion=early, side="SUPPORT", by=one, at=TUESDAY)
            stand(opinion=late, side="SUPPORT", by=one, at=TUESDAY)

    assert (counts(early), counts(late)) == ((3, 0, 6), (3, 0, 3))
    assert top_opinions(run) == [late.pk, early.pk]


def test_what_was_said_at_a_meeting_is_entered_once_and_marked_as_such() -> None:
    run, sheet = make.published(), make.sheet()
    saying = Saying("老人看不清标识，字要大。", make.version(run), "art2.p1")
    paper = Paper(sheet, 3, "MEETING", speaker="张大爷")

    said = enter(saying=saying, paper=paper, by=make.qian_wei(), at=MONDAY + 5 * DAY)
    with pytest.raises(EnteredAlready):
        enter(saying=saying, paper=paper, by=make.qian_wei(), at=MONDAY + 5 * DAY)

    assert (said.source, said.author, said.clear("speaker"), said.public_words) == (
        "MEETING", None, "张大爷", "老人看不清标识，字要大。",
    )  # fmt: skip
    assert PaperEntry.objects.get().subject == said.ledger_id()
    assert Opinion.objects.count() == 1
    assert not Participant.objects.exists()  # nobody has shown who they are


def test_paper_is_held_to_the_same_window_and_to_the_same_conditions() -> None:
    run = make.published(opens={"opens_at": MONDAY + 3 * DAY, "closes_at": MONDAY + 40 * DAY})
    saying, paper = Saying(make.HOURS_WORDS, make.version(run)), Paper(make.sheet(), 1, "PAPER")

    with pytest.raises(NotInTime, match="2026-03-03"):
        enter(saying=saying, paper=paper, by=make.qian_wei(), at=MONDAY + 5 * DAY)
    inside = make.published()
    with pytest.raises(NotEligible):
        enter(
            saying=Saying(make.HOURS_WORDS, make.version(inside)), paper=paper, by=make.qian_wei(),
            at=MONDAY + 5 * DAY, person=people.person("无名", level=0),
        )  # fmt: skip

    assert not Opinion.objects.exists()
    assert not PaperEntry.objects.exists()


def test_of_a_person_at_the_counter_the_same_person_online_is_known() -> None:
    run, wang_fang = make.published(), people.resident()

    said = enter(
        saying=Saying(make.FINE_WORDS, make.version(run)), paper=Paper(make.sheet(), 1, "COUNTER"),
        by=make.qian_wei(), at=MONDAY + 5 * DAY, person=wang_fang.person,
    )  # fmt: skip
    make.opinion(run, by=wang_fang)

    assert Participant.objects.get().source == "COUNTER"
    assert list(
        Opinion.objects.visible_to(people.resident("李强")).exclude(pk=said.pk).values_list("author", flat=True)
    ) == [wang_fang.person_id]


def test_officials_of_other_units_do_not_moderate() -> None:
    said = make.opinion()

    with pytest.raises(NotAllowed):
        said.hold_back(
            ground="ABUSE", words="含有辱骂。", by=people.official("周立", roles=("unit_leader",)), at=TUESDAY
        )

    said.refresh_from_db()
    assert said.state == "PUBLISHED"
    assert not Ruling.objects.exists()


def test_an_author_is_told_of_what_was_decided_once_and_not_of_what_they_did_themselves() -> None:
    wang_fang = people.resident()
    said = make.opinion(by=wang_fang)
    said.hold_back(ground="OFF_TOPIC", words="与草案无关。", by=make.qian_wei(), at=TUESDAY)
    said.appeal(words="说的就是第二条。", person=wang_fang.person, by=wang_fang, at=TUESDAY)
    (ruling, appeal) = Ruling.objects.order_by("pk")

    for _ in range(2):
        tasks.tell_author(ruling.pk)
    tasks.tell_author(appeal.pk)

    (letter,) = Notice.objects.filter(recipient=wang_fang)
    assert letter.template.code == "opinion.held"
    waiting = ProcrastinateJob.objects.filter(task_name="civic.consultation.tasks.tell_author")
    assert [job.args["ruling"] for job in waiting] == [ruling.pk]
