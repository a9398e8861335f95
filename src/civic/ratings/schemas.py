"""What comes into and goes out of the API of ratings."""

from datetime import datetime
from typing import Literal, Self

from ninja import Field, Schema

from civic.ratings.rules import LONGEST_COMMENT, Figures
from civic.ratings.states import Grade, Reason

MONTH = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"


class RatingIn(Schema):
    """One of five grades, why, and in the rater's own words."""

    grade: int = Field(ge=1, le=5, description="5 非常满意, 4 满意, 3 基本满意, 2 不满意, 1 非常不满意", examples=[5])
    reasons: list[Reason] = Field([], max_length=7, description="Codes; which ones fit depends on the channel")
    comment: str = Field("", max_length=LONGEST_COMMENT)


class ChoiceOut(Schema):
    """A reason that may be named."""

    code: str
    label: str


class RatedOut(Schema):
    """What a rating now says, and what follows."""

    status: str = Field(examples=["success"])
    grade: int
    label: str
    reasons: list[str]
    state: str
    changeable_until: datetime
    remedy: str | None = Field(description="State of the remedy that a bad rating opens; null where there is none")


class RightOut(Schema):
    """What a link lets somebody rate."""

    number: str
    service_name: str
    department: str
    channel: str
    expires_at: datetime
    choices: list[ChoiceOut]
    rating: RatedOut | None


class ScopeIn(Schema):
    """Which ratings are meant, by whole months, and whether departments or services are listed one by one."""

    department: str = Field("", max_length=40)
    service: str = Field("", max_length=40)
    by: Literal["", "department", "service"] = ""
    since: str = Field("", pattern=MONTH + "|^$", description="First month, e.g. 2026-01")
    until: str = Field("", pattern=MONTH + "|^$", description="Last month, e.g. 2026-03")


class CountOut(Schema):
    """How many gave one grade; null where one could tell who."""

    grade: int
    label: str
    count: int | None


class FiguresOut(Schema):
    """Figures of one group; all null where fewer than five have rated."""

    n: int | None
    counts: list[CountOut]
    satisfied_share: float | None = Field(description="Share of grades 5, 4 and 3 (好评率)")
    average_grade: float | None = Field(
        description="Mean grade, one decimal; null too where a withheld count would follow from it"
    )
    top_two_share: float | None = Field(description="Share of grades 5 and 4 (满意率); null as the mean grade")
    low: float | None = Field(description="Lower end of the 95 % interval (Wilson)")
    high: float | None = Field(description="Upper end of the 95 % interval (Wilson)")

    @classmethod
    def of(cls, figures: Figures) -> Self:
        counts = [CountOut(grade=grade, label=str(Grade(grade).label), count=n) for grade, n in figures.counts.items()]
        return cls(
            n=figures.n, counts=counts, satisfied_share=figures.share, average_grade=figures.average,
            top_two_share=figures.satisfied, low=figures.low, high=figures.high,
        )  # fmt: skip


class RowOut(FiguresOut):
    """Figures of one department or service."""

    code: str
    name: str


class StatisticsOut(Schema):
    """Published figures. Ratings come out in blocks of `published_in_blocks_of`, so that no single one can be told."""

    as_of: datetime
    published_in_blocks_of: int
    ratings_by_default: int = Field(description="None are ever made: who does not rate is not counted")
    total: FiguresOut
    rows: list[RowOut]
