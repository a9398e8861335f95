"""The pages of a consultation: what visitors, residents and officials get, and with how few queries."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate, now

from civic.consultation.models import Consultation, Opinion, Reception, Sight
from tests.factories import accounts as people
from tests.factories import areas
from tests.factories import consultation as make
from tests.factories.documents import picture

pytestmark = pytest.mark.django_db
DAY = make.DAY


def browser(account: object = None) -> Client:
    client = Client()
    if account is not None:
        client.force_login(account)  # type: ignore[arg-type]
    return client


def text(answer: Any) -> str:
    return answer.content.decode()  # type: ignore[no-any-return]


def running(**changes: str) -> Consultation:
    """A consultation that began a moment ago, for the doors read the clock."""
    begun = now() - DAY
    made = make.prepared(**changes)
    Consultation.objects.filter(pk=made.pk).update(prepared_at=begun)
    made.publish(make.opening(opens_at=begun, closes_at=begun + 40 * DAY), by=make.fang_lan(), at=begun)
    return made


def said(run: Consultation, words: str = make.HOURS_WORDS, name: str = "王芳") -> Opinion:
    return make.opinion(run, words, by=people.resident(name), at=now())


def test_a_visitor_reads_the_draft_clause_by_clause_and_nothing_that_is_only_prepared() -> None:
    run, hidden = running(), make.prepared()
    said(run)

    page = text(browser().get(f"/consultations/{run.pk}/"))

    assert "投放点开放时间为每日六时至八时、十八时至二十时。" in page
    assert "1条意见" in page
    assert make.HOURS_WORDS in page
    assert browser().get(f"/consultations/{hidden.pk}/").status_code == 404
    listed = text(browser().get("/consultations/"))
    assert f"/consultations/{run.pk}/" in listed
    assert f"/consultations/{hidden.pk}/" not in listed
    assert Sight.objects.count() == 0  # nobody knows who reads


def test_to_speak_one_logs_in_and_comes_back() -> None:
    run = running()

    answer = browser().get(f"/consultations/{run.pk}/say/?on=art2.p2")

    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/?next=/consultations/")


def test_what_others_said_is_offered_before_and_who_insists_is_taken_in() -> None:
    run = running()
    hers = said(run)
    client, words = browser(people.resident("李强")), "投放时间太短了，上夜班的人赶不上，希望延长到晚上九点。"
    form = {"words": words, "on": make.HOURS, "version": "1"}

    offered = client.post(f"/consultations/{run.pk}/say/", form)

    assert offered.status_code == 200
    assert hers.public_words in text(offered)
    assert words in text(offered)  # what was typed is not lost
    assert Opinion.objects.count() == 1
    assert hers.public_words in text(client.post(f"/consultations/{run.pk}/near/", {"words": words}))

    done = client.post(f"/consultations/{run.pk}/say/", {**form, "anyway": "1"})

    assert (done.status_code, done["Location"]) == (302, "/my/opinions/")
    assert Opinion.objects.count() == 2
    again = client.post(f"/consultations/{run.pk}/say/", {**form, "anyway": "1"})
    assert again["Location"] == "/my/opinions/"
    assert Opinion.objects.count() == 2


def test_the_same_opinion_is_supported_and_taken_back_from_the_page() -> None:
    run = running()
    hers, client = said(run), browser(people.resident("李强"))

    back = client.post(f"/opinions/{hers.handle}/stance/", {"side": "SUPPORT", "next": f"/consultations/{run.pk}/"})
    assert back["Location"] == f"/consultations/{run.pk}/"
    assert Reception.objects.get().supports == 1
    assert "收回支持" in text(client.get(f"/consultations/{run.pk}/opinions/?on=all&order=top"))
    client.post(f"/opinions/{hers.handle}/stance/", {"side": "NONE"})
    assert Reception.objects.get().supports == 0
    assert client.post(f"/opinions/{hers.handle}/stance/", {"side": "LOVE"}).status_code == 400


def test_a_reader_who_is_known_is_not_shown_the_same_first_again() -> None:
    run = running()
    for n in "甲乙":
        said(run, f"第{n}个建议：多设投放点。", f"居民{n}")
    client = browser(people.resident("李强"))

    first = text(client.get(f"/consultations/{run.pk}/opinions/"))
    second = text(client.get(f"/consultations/{run.pk}/opinions/"))

    assert "第甲个建议" in first
    assert "第乙个建议" in first
    assert "第甲个建议" not in second
    assert "这里没有您还没看过的意见" in second


def test_a_form_with_an_error_keeps_what_was_typed() -> None:
    run, client = running(), browser(people.resident("李强"))

    answer = client.post(f"/consultations/{run.pk}/say/", {"words": "太短", "on": "art9.p9"})

    assert answer.status_code == 400
    assert "太短" in text(answer)
    assert "请写5至2000字" in text(answer)
    assert not Opinion.objects.exists()


def test_the_office_publishes_for_thirty_days_or_says_why_not_and_extends_with_a_reason() -> None:
    areas.city()
    made, leader = make.prepared(), browser(make.fang_lan())
    today, path = localdate(now()), f"/office/consultations/{made.pk}/step/"
    form = {
        "opens_on": today.isoformat(), "area": areas.city().code, "residence": "NONE", "minimum_age": "0", "level": "2",
    }  # fmt: skip

    short = leader.post(path + "publish/", {**form, "closes_on": (today + timedelta(days=28)).isoformat()})
    assert (short.status_code, "不少于30日" in text(short)) == (400, True)
    wrong = leader.post(path + "publish/", {**form, "closes_on": "2026-02-31"})
    assert (wrong.status_code, "请填写日期" in text(wrong)) == (400, True)
    good = leader.post(path + "publish/", {**form, "closes_on": (today + timedelta(days=30)).isoformat()})
    assert good.status_code == 302
    more = {"until": (today + timedelta(days=40)).isoformat()}
    assert leader.post(path + "extend/", {**more, "reason": ""}).status_code == 400
    assert leader.post(path + "extend/", {**more, "reason": "汛期停电，部分乡镇没有看到。"}).status_code == 302

    assert "汛期停电，部分乡镇没有看到。" in text(browser().get(f"/consultations/{made.pk}/"))


def test_a_document_is_uploaded_and_anybody_saves_it() -> None:
    run, clerk = running(), browser(make.qian_wei())
    png = picture()

    done = clerk.post(
        f"/office/consultations/{run.pk}/step/attach/", {"title": "对照表", "file": SimpleUploadedFile("a.png", png)}
    )

    assert done.status_code == 302
    kept = run.attachments.get()
    answer = browser().get(f"/consultations/{run.pk}/documents/{kept.pk}/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert browser().get(f"/consultations/{running().pk}/documents/{kept.pk}/").status_code == 404


def test_the_worklist_of_moderation_and_the_log_have_no_words_of_the_hidden() -> None:
    run = running(moderation="BEFORE")
    waiting = said(run)
    clerk = browser(make.qian_wei())

    page = text(clerk.get(f"/office/consultations/{run.pk}/opinions/"))
    assert f"/office/opinions/{waiting.pk}/" in page
    done = clerk.post(f"/office/opinions/{waiting.pk}/hold_back/", {"ground": "OFF_TOPIC", "words": "没有说草案。"})
    assert done.status_code == 302
    log = text(browser().get(f"/consultations/{run.pk}/moderation/"))

    assert "与本次征求意见的草案无关" in log
    assert make.HOURS_WORDS not in log
    assert "没有说草案。" not in log
    assert (
        browser(people.official("周立", roles=("unit_handler",))).get(f"/office/opinions/{waiting.pk}/").status_code
        == 404
    )


def test_lists_ask_the_database_no_more_when_they_grow() -> None:
    run, reader = running(), people.resident("李强")
    client, clerk = browser(reader), browser(make.qian_wei())
    pages = {
        "/consultations/": client,
        f"/consultations/{run.pk}/opinions/?on=all&order=top": client,
        "/office/consultations/": clerk,
        f"/office/consultations/{run.pk}/opinions/?state=PUBLISHED": clerk,
    }

    def asked() -> dict[str, int]:
        found = {}
        for page, who in pages.items():
            who.get(page)
            with CaptureQueriesContext(connection) as captured:
                assert who.get(page).status_code == 200
            found[page] = len(captured)
        return found

    for n in "甲乙":
        said(run, f"第{n}个建议：多设投放点。", f"居民{n}")
    few = asked()
    for n in "丙丁戊己庚":
        said(run, f"第{n}个建议：多设投放点。", f"居民{n}")
        running()

    assert asked() == few
