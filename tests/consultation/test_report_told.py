"""The report of a consultation that has run: figures, PDF, CSV; and the article's own example beside ours."""

import csv
import datetime
import json
from datetime import date
from io import BytesIO, StringIO

import pytest
from pypdf import PdfReader

from civic.consultation import tasks
from civic.consultation.models import Consultation, Participant, Report
from civic.consultation.services import report_paper, voting
from civic.consultation.services.reporting import figures, release_of
from civic.consultation.states import Source
from tests.factories import accounts as people
from tests.factories import areas
from tests.factories import outcome as made
from tests.factories.accounts import MONDAY

pytestmark = pytest.mark.django_db


class PolicyConsultation:
    """The article's class as printed, but for what keeps it from running: the undefined name, the date in JSON."""

    def __init__(self, policy_id: str) -> None:
        self.policy_id = policy_id
        self.suggestions: list[dict[str, object]] = []

    def add_suggestion(self, user_id: str, suggestion: str) -> None:
        self.suggestions.append(
            {"user_id": user_id, "suggestion": suggestion, "timestamp": datetime.datetime.min.isoformat(), "likes": 0}
        )

    def like_suggestion(self, suggestion_index: int) -> None:
        if 0 <= suggestion_index < len(self.suggestions):
            self.suggestions[suggestion_index]["likes"] += 1  # type: ignore[operator]

    def generate_report(self) -> dict[str, object]:
        ordered = sorted(self.suggestions, key=lambda x: x["likes"], reverse=True)  # type: ignore[arg-type,return-value]
        return {
            "policy_id": self.policy_id,
            "total_suggestions": len(self.suggestions),
            "top_suggestions": ordered[:3],
            "participation_rate": min(100, len(self.suggestions) * 10),
        }


def test_the_articles_calls_beside_ours() -> None:
    consultation = PolicyConsultation("POL2023001")
    consultation.add_suggestion("user001", "建议增加社区健身设施")
    consultation.add_suggestion("user002", "建议延长公交运营时间")
    consultation.like_suggestion(0)
    consultation.like_suggestion(0)  # nobody asks who likes
    theirs = json.loads(json.dumps(consultation.generate_report(), ensure_ascii=False))

    asked = made.asked()
    user003 = people.resident("刘桂英")
    fitness = made.opinion(asked, "建议增加社区健身设施", people.resident("王芳"))
    made.opinion(asked, "建议延长公交运营时间", people.resident("孙浩"))
    made.support(fitness, user003)
    made.support(fitness, user003)
    asked.count_eligible(4_393_699, source="第七次全国人口普查", on=date(2020, 11, 1), by=made.zhou_lan(), at=MONDAY)
    ours = json.loads(json.dumps(figures(asked, at=MONDAY), ensure_ascii=False))

    assert (theirs["total_suggestions"], ours["opinions"]["count"]) == (2, 2)
    assert [one["likes"] for one in theirs["top_suggestions"]] == [2, 0]
    assert [(one["words"], one["supports"]) for one in ours["opinions"]["top"]] == [
        ("建议增加社区健身设施", 1), ("建议延长公交运营时间", 0)
    ]  # fmt: skip
    assert theirs["participation_rate"] == 20  # min(100, n * 10): of suggestions
    assert ours["participation"] == {  # of people: three of four millions
        "reached": 3, "took_part": 3, "eligible": 4_393_699, "eligible_source": "第七次全国人口普查",
        "eligible_on": "2020-11-01", "rate": 0.000068,
    }  # fmt: skip
    assert "user001" in json.dumps(theirs)
    assert not any(name in json.dumps(ours, ensure_ascii=False) for name in ("王芳", "孙浩", "刘桂英"))


def crowd(asked: Consultation, area: str, name: str, count: int, born: str) -> None:
    for _ in range(count):
        person = people.person(name)
        found = Participant.objects.join(
            asked, person, area=areas.county(area, name), source=Source.WEB, by="test", at=MONDAY
        )
        Participant.objects.filter(pk=found.pk).update(age_band=born)


def test_no_cell_of_fewer_than_five_is_in_the_report_nor_can_be_worked_out() -> None:
    asked = made.asked()
    crowd(asked, "341502", "金安区", 9, "18-34")
    crowd(asked, "341502", "金安区", 6, "35-59")
    crowd(asked, "341503", "裕安区", 3, "60-")

    told = figures(asked, at=MONDAY)

    shown = {(one["area_name"], one["age_band"]): one["people"] for one in told["by_area_and_age"] if one["people"]}
    assert told["participation"]["took_part"] == 18
    assert shown == {("金安区", "18-34"): 9}  # 6 is hidden with the 3: else 18 - 15 tells of three old people
    assert release_of(told).total == 9


def test_the_report_is_published_once_with_the_last_answer_and_does_not_move() -> None:
    asked = made.settled()
    report = Report.objects.get()
    made.support(asked.opinions.get())

    assert report.figures["themes"] == [
        {"number": 1, "title": "投放时间", "opinions": 1, "verdict": "ADOPTED",
         "reason": "上班族确实赶不上，投放时间延长一小时。", "version": 2, "clause": "第三条", "measure": ""}
    ]  # fmt: skip
    assert Report.objects.get().figures["participation"]["took_part"] == 1
    assert figures(asked, at=MONDAY)["participation"]["took_part"] == 2


def test_an_answer_that_is_not_published_is_not_in_the_figures() -> None:
    theme = made.theme()
    theme.draft(made.reply(theme.consultation), by=made.zhou_lan(), at=MONDAY)

    (told,) = figures(theme.consultation, at=MONDAY)["themes"]

    assert (told["verdict"], told["reason"], told["clause"]) == ("", "", "")


def test_the_pdf_says_what_the_figures_say() -> None:
    report = made.report()

    tasks.set_report(report=report.pk)
    tasks.set_report(report=report.pk)

    report.refresh_from_db()
    assert report.pdf is not None
    text = (
        "".join(one.extract_text() for one in PdfReader(BytesIO(bytes(report.pdf))).pages)
        .replace("\n", "")
        .replace(" ", "")
    )
    for said in ("六安市城市管理局", "第七次全国人口普查", "0.000023%", "1.投放时间", "第2稿第三条", "采纳"):
        assert said in text, said


def test_a_spreadsheet_takes_no_opinion_for_a_formula() -> None:
    asked = made.concluded()
    said = made.opinion(asked, "=HYPERLINK(1)是坏主意")
    made.answered(made.theme(asked, "表格", said), "NOT")
    from civic.consultation.services import answering

    report = answering.settle(asked, by=made.he_jun(), at=made.LATER)

    rows = list(csv.reader(StringIO(report_paper.report_csv(report).removeprefix("\ufeff"))))
    assert ["主题和答复", "1 投放时间", "采纳", "上班族确实赶不上，投放时间延长一小时。 第2稿第三条"] in rows
    assert [row[1] for row in rows if "HYPERLINK" in row[1]] == ["'=HYPERLINK(1)是坏主意"]


def test_who_only_votes_on_statements_took_part() -> None:
    asked = made.asked()
    voting.vote(made.statement(asked), choice=1, by=people.resident(), at=MONDAY)

    told = figures(asked, at=MONDAY)["participation"]

    assert (told["took_part"], told["reached"]) == (1, 1)
