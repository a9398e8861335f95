"""How long people may speak on a draft: the least the law lets a city give them. No Django."""

from datetime import datetime, timedelta

LEAST_DAYS = 30
BANDS = ((18, "0-17"), (35, "18-34"), (60, "35-59"))  # full years below which a band ends; above the last: from 60


def is_long_enough(opens_at: datetime, closes_at: datetime) -> bool:
    """Return whether people have at least thirty times twenty-four hours, as 期限不少于30日 says.

    Source: 优化营商环境条例 art. 62 (向社会公开征求意见的期限一般不少于30日) and 重大行政决策程序暂行条例 art. 15;
    立法法 art. 40 has the same thirty days for laws. They say 一般, as a rule; this platform knows no exception.
    """
    return closes_at - opens_at >= timedelta(days=LEAST_DAYS)


def band_of(age: int | None) -> str:
    """Return the age band in which somebody is reported; "" where the age (full years) is not known."""
    if age is None:
        return ""
    return next((band for below, band in BANDS if age < below), "60-")
