"""What people and officials see of the outcome: pages without JavaScript, files, and the API."""

import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from civic.consultation import tasks
from civic.consultation.models import Report, Statement, StatementVote, Theme
from civic.consultation.services.drawing import draw_map
from civic.consultation.states import ConsultationState, StatementState
from tests.consultation.test_map_edition import QUICK, put
from tests.consultation.voters import two_camps
from tests.factories import accounts as people
from tests.factories import outcome as made
from tests.factories.accounts import at_home

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """The doors read a clock that stands on the Tuesday of the window."""
    for door in ("portal.voting", "office.themes", "office.statements", "office.outcome"):
        monkeypatch.setattr(f"civic.consultation.{door}.now", lambda: made.MONDAY + made.DAY)


def text(answer: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))  # type: ignore[attr-defined]


def test_a_resident_votes_one_after_another_and_changes_a_vote() -> None:
    asked = made.asked()
    first, second = made.statement(asked, "投放点应当装洗手池。"), made.statement(asked, "晚上应当开放到九点。")
    made.statement_vote(second)
    home = at_home(people.resident())
    road = f"/consultations/{asked.pk}/statements/"

    page = home.get(road)
    assert "第1条，共2条" in text(page)
    assert "投放点应当装洗手池。" in text(page)
    answer = home.post(f"/consultations/statements/{first.handle}/vote/", {"choice": "1", "area": "341502"})
    assert (answer.status_code, answer["Location"]) == (302, road)
    home.post(f"/consultations/statements/{second.handle}/vote/", {"choice": "-1"})
    assert "2条观点都表态过了" in text(home.get(road))

    home.post(f"/consultations/statements/{first.handle}/vote/", {"choice": "0", "back": "mine"})
    assert "您选的是： 跳过" in text(home.get(road + "mine/"))
    mine = StatementVote.objects.exclude(person__pk=StatementVote.objects.earliest("pk").person_id)
    assert dict(mine.values_list("statement", "choice")) == {first.pk: 0, second.pk: -1}


def test_whoever_has_not_logged_in_reads_and_is_led_to_the_log_in() -> None:
    said = made.statement()
    client = Client()

    page = client.get(f"/consultations/{said.consultation_id}/statements/")
    assert "登录后表态" in text(page)
    answer = client.post(f"/consultations/statements/{said.handle}/vote/", {"choice": "1"})
    assert answer.status_code == 302
    assert "/login/" in answer["Location"]
    assert not StatementVote.objects.exists()


def test_a_refused_vote_shows_the_page_with_the_reason() -> None:
    said = made.statement()

    page = at_home(people.resident()).post(f"/consultations/statements/{said.handle}/vote/", {"choice": "yes"})

    assert page.status_code == 400
    assert "请选择同意、不同意或跳过。" in text(page)


def test_a_sentence_that_is_too_short_keeps_what_was_typed() -> None:
    asked = made.asked()
    home = at_home(people.resident())

    page = home.post(f"/consultations/{asked.pk}/statements/new/", {"words": "不好"})
    assert page.status_code == 400
    assert "不好</textarea>" in page.content.decode()
    answer = home.post(f"/consultations/{asked.pk}/statements/new/", {"words": "投放点应当装洗手池。"})
    assert answer.status_code == 302
    assert "投放点应当装洗手池。" in text(home.get(answer["Location"]))
    assert Statement.objects.get().state == StatementState.PENDING


def test_the_page_of_the_map_has_a_picture_and_says_the_same_in_tables() -> None:
    asked = made.asked()
    assert "至少要有30人各对7条以上" in text(Client().get(f"/consultations/{asked.pk}/map/"))
    put(asked, two_camps())
    draw_map(asked, at=made.MONDAY, rule=QUICK)
    page = Client().get(f"/consultations/{asked.pk}/map/")

    assert "<svg" in page.content.decode()
    assert "A组 32人（57%）" in text(page)
    assert "B组 24人（43%）" in text(page)
    found = Client().get(f"/api/consultations/{asked.pk}/map").json()
    assert [(one["name"], one["people"]) for one in found["groups"]] == [("A", 32), ("B", 24)]
    assert {str(one.handle) for one in asked.statements.all()} == {one["statement"] for one in found["statements"]}


def test_everybody_reads_what_became_of_every_point_and_no_draft_of_an_answer() -> None:
    asked = made.concluded()
    fine = made.theme(asked, "罚款", made.opinion(asked, "首次违反应当先劝导再罚款"))
    fine.draft(made.reply(asked, "NOT"), by=made.zhou_lan(), at=made.LATER)

    page = text(Client().get(f"/consultations/{asked.pk}/outcome/"))

    assert "上班族确实赶不上" in page
    assert "第2稿 第三条" in page
    assert "十八时至二十一时" in page
    assert "首次违反应当先劝导再罚款" in page
    assert "与上位法的规定不一致" not in page
    told = Client().get(f"/api/consultations/{asked.pk}/themes").json()
    assert [(one["title"], one["verdict"], one["clause"]) for one in told] == [
        ("投放时间", "ADOPTED", "第三条"), ("罚款", "", "")
    ]  # fmt: skip


def test_the_report_is_a_page_a_pdf_a_csv_and_json() -> None:
    asked = made.adopted()
    road = f"/consultations/{asked.pk}/report"
    assert Client().get(road + ".pdf").status_code == 404  # a worker has not set it yet
    tasks.set_report(report=Report.objects.get().pk)

    assert "第七次全国人口普查" in text(Client().get(road + "/"))
    pdf = Client().get(road + ".pdf")
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert Client().get(road + ".csv").content.decode().startswith("\ufeff部分,项目,数值,说明")
    figures = json.loads(Client().get(road + ".json").content)
    assert figures["participation"]["eligible"] == 4_393_699
    assert Client().get(f"/api/consultations/{asked.pk}/report").json() == figures
    assert "已出台" in text(Client().get(f"/consultations/{asked.pk}/outcome/"))


def test_there_is_no_report_before_every_point_has_its_answer() -> None:
    asked = made.concluded()
    for road in ("report/", "report.pdf", "report.csv", "report.json"):
        assert Client().get(f"/consultations/{asked.pk}/{road}").status_code == 404
    assert Client().get(f"/api/consultations/{asked.pk}/report").status_code == 404


def test_the_office_sorts_answers_and_ends_it() -> None:
    asked = made.asked()
    kept = made.opinion(asked)
    asked.conclude(by=made.he_jun(), at=made.CLOSED)
    clerk, leader = at_home(made.zhou_lan()), at_home(made.he_jun())
    road = f"/office/consultations/{asked.pk}"

    assert kept.public_words in text(clerk.get(road + "/themes/"))
    answer = clerk.post(road + "/themes/new/", {"opinion": [kept.pk], "title": "投放时间", "door": "new"})
    theme = Theme.objects.get()
    assert answer["Location"] == f"/office/themes/{theme.pk}/"
    page = clerk.post(
        f"/office/themes/{theme.pk}/draft/", {"door": "draft", "verdict": "ADOPTED", "reason": "赶不上。"}
    )
    assert page.status_code == 400
    assert "赶不上。</textarea>" in page.content.decode()
    said = {"door": "draft", "verdict": "ADOPTED", "reason": "上班族确实赶不上，延长一小时。", "clause": "1:art3"}
    assert clerk.post(f"/office/themes/{theme.pk}/draft/", said).status_code == 302
    assert clerk.post(f"/office/themes/{theme.pk}/answer/").status_code == 403
    assert leader.post(f"/office/themes/{theme.pk}/answer/").status_code == 302

    assert "还没有填写可参与的人数" in text(leader.get(road + "/outcome/"))
    assert leader.post(road + "/outcome/settle/").status_code == 409
    many = {"eligible_people": "4393699", "eligible_source": "第七次全国人口普查", "eligible_on": "2020-11-01"}
    assert clerk.post(road + "/outcome/count_eligible/", many).status_code == 302
    assert leader.post(road + "/outcome/settle/").status_code == 302
    issued = {"issued_as": "六安市生活垃圾分类管理条例", "effective_on": "2026-07-01"}
    assert leader.post(road + "/outcome/adopt/", issued).status_code == 302
    asked.refresh_from_db()
    assert asked.state == ConsultationState.ADOPTED
    follow_up = asked.follow_ups.get(months=6)
    assert (
        clerk.post(f"/office/follow-ups/{follow_up.pk}/tell/", {"words": "晚间投放已延长到九点。"}).status_code == 302
    )
    assert "晚间投放已延长到九点。" in text(Client().get(f"/consultations/{asked.pk}/outcome/"))


def test_the_office_moderates_statements_and_has_the_map_drawn() -> None:
    asked, sun_hao = made.asked(), people.resident("孙浩")
    at_home(sun_hao).post(f"/consultations/{asked.pk}/statements/new/", {"words": "投放点应当装洗手池。"})
    said, clerk = Statement.objects.get(), at_home(made.zhou_lan())
    road = f"/office/consultations/{asked.pk}"

    assert "投放点应当装洗手池。" in text(clerk.get(road + "/statements/"))
    assert clerk.post(f"/office/statements/{said.pk}/show/").status_code == 302
    assert clerk.post(road + "/statements/new/", {"words": "晚上应当开放到九点。"}).status_code == 302
    refused = clerk.post(f"/office/statements/{said.pk}/hold_back/", {"ground": "", "words": "没有写原因。"})
    assert refused.status_code == 400
    assert clerk.post(road + "/map/").status_code == 302
    assert [one.public_words for one in Statement.objects.shown().order_by("pk")] == [
        "投放点应当装洗手池。", "晚上应当开放到九点。"
    ]  # fmt: skip


def test_another_units_officials_find_nothing_of_it() -> None:
    theme = made.theme()
    said = made.statement(theme.consultation)
    stranger = people.official("外单位", department=people.department("gaj", "六安市公安局"), roles=("unit_leader",))
    client, asked = at_home(stranger), theme.consultation_id

    of = f"consultations/{asked}"
    for road in (f"{of}/themes/", f"{of}/statements/", f"{of}/outcome/",
                 f"themes/{theme.pk}/"):  # fmt: skip
        assert client.get(f"/office/{road}").status_code == 404, road
    for road in (f"themes/{theme.pk}/rename/", f"statements/{said.pk}/hold_back/", f"consultations/{asked}/map/"):
        assert client.post(f"/office/{road}").status_code == 404, road


def test_themes_and_outcome_ask_the_database_no_more_for_ten_themes_than_for_one() -> None:

    asked = made.concluded()
    clerk = at_home(made.zhou_lan())
    roads = (f"/consultations/{asked.pk}/outcome/", f"/office/consultations/{asked.pk}/themes/")

    def asks() -> list[int]:
        counts = []
        for road in roads:
            clerk.get(road)
            with CaptureQueriesContext(connection) as seen:
                clerk.get(road)
            counts.append(len(seen))
        return counts

    few = asks()
    for at in range(9):
        made.theme(asked, f"主题之{at}", made.opinion(asked, f"第{at}条别的意见，说别的事"))
    assert asks() == few
