"""The article's own example through ours: two suggestions, one like, a report that is valid JSON, a true rate."""

import json
from datetime import UTC, date, datetime

from civic.consultation.rules.report import Suggestion, liked, report
from civic.consultation.rules.standing import Eligible

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
REGISTER = Eligible(800, "试点街道居民登记册", date(2026, 1, 1))


def the_example() -> list[Suggestion]:
    fitness = Suggestion("user001", "建议增加社区健身设施", MONDAY)
    bus = Suggestion("user002", "建议延长公交运营时间", MONDAY)
    return [liked(fitness, by="user003"), bus]


def test_the_example_gives_two_suggestions_one_like_and_the_rate_of_the_people() -> None:
    told = json.loads(json.dumps(report("POL2023001", the_example(), eligible=REGISTER), ensure_ascii=False))

    assert told == {
        "policy_id": "POL2023001",
        "total_suggestions": 2,
        "total_likes": 1,
        "top_suggestions": [
            {"suggestion": "建议增加社区健身设施", "timestamp": "2026-03-02T09:00:00+00:00", "likes": 1, "seen": 1,
             "share_low": 0.2065, "share_high": 1.0},
            {"suggestion": "建议延长公交运营时间", "timestamp": "2026-03-02T09:00:00+00:00", "likes": 0, "seen": 0,
             "share_low": 0.0, "share_high": 1.0},
        ],
        "participation_rate": 0.375,  # three people of 800; min(100, 2 * 10) said 20
        "participants": 3,
        "eligible": 800,
        "eligible_source": "试点街道居民登记册",
        "eligible_on": "2026-01-01",
    }  # fmt: skip


def test_nobody_is_named_in_the_report() -> None:
    assert "user00" not in json.dumps(report("POL2023001", the_example(), eligible=REGISTER))


def test_a_like_counts_once_a_person_and_not_for_oneself() -> None:
    fitness = the_example()[0]

    assert liked(liked(fitness, by="user003"), by="user003") == fitness
    assert liked(fitness, by="user001") == fitness
    assert liked(fitness, by="user002").likes == {"user002", "user003"}


def test_the_report_lists_as_many_as_were_asked_for_and_none_of_nothing() -> None:
    assert len(report("P", the_example(), eligible=REGISTER, count=1)["top_suggestions"]) == 1
    nothing = report("P", [], eligible=REGISTER)
    assert (nothing["total_suggestions"], nothing["top_suggestions"], nothing["participation_rate"]) == (0, [], 0.0)
