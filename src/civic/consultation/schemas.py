"""What goes in and out of the API of consultation."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Field, Schema

from civic.consultation.models.opinion import LEAST_WORDS, MOST_WORDS


class ConsultationOut(Schema):
    """One draft before the public. `open_until` is null while nobody can speak on it."""

    id: int
    title: str
    unit: str
    state: str
    published_at: datetime
    open_until: datetime | None
    is_demonstration: bool


class ClauseOut(Schema):
    """One clause of the newest version: its anchor, its kind, its number as written, its words, opinions on it."""

    anchor: str
    kind: str
    label: str
    words: str
    opinions: int


class DraftOut(ConsultationOut):
    """One draft with its clauses. `opinions_on_whole` counts those that are on no clause of their own."""

    summary: str
    reasons: str
    version: int
    opinions_on_whole: int
    clauses: list[ClauseOut]


class OpinionOut(Schema):
    """An opinion as everybody reads it. `outcome`: exact, similar or lost, where it was put on an older version."""

    handle: UUID
    words: str
    version: int
    anchor: str
    outcome: str
    source: str
    signature: str
    said_at: datetime
    supports: int
    doubts: int
    others_said_it: int


class AskedIn(Schema):
    """Which opinions: on a clause ("": on the whole; null: all), in which order, from which place on."""

    anchor: str | None = Field(None, max_length=80)
    order: Literal["top", "new"] = "top"
    offset: int = Field(0, ge=0, le=1_000_000)
    limit: int = Field(20, ge=1, le=100)


class WordsIn(Schema):
    """What somebody is about to say."""

    words: str = Field(max_length=MOST_WORDS)


class OpinionIn(Schema):
    """What a resident says on the clause `anchor` of `version` ("": on the whole)."""

    words: str = Field(min_length=LEAST_WORDS, max_length=MOST_WORDS, examples=["投放时间太短，希望延长到晚上九点。"])
    anchor: str = Field("", max_length=80, examples=["art2.p2"])
    version: int | None = Field(None, ge=1, le=32000, description="The version that was read; null: the newest.")
    is_named: bool = False
    area: str = Field("", max_length=12, description="Code of the county one lives in, where that is asked.")


class SpokenOut(Schema):
    """What became of it: PUBLISHED, or PENDING until it was looked at."""

    handle: UUID
    state: str


class StanceIn(Schema):
    """Support, doubt, or neither any more."""

    side: Literal["SUPPORT", "DOUBT", "NONE"]
    area: str = Field("", max_length=12)


class StanceOut(Schema):
    """Where one stands, and how many people stand where."""

    side: str
    supports: int
    doubts: int


class StatementOut(Schema):
    """A sentence that people agree with or not."""

    id: UUID
    words: str = Field(examples=["投放时间应当延长到晚上九点。"])


class TypicalOut(Schema):
    """A statement that one group answers otherwise than the rest."""

    statement: UUID
    side: str = Field(description="agree or disagree")
    share: float = Field(description="Smoothed share of the group, 0 to 1")


class GroupOut(Schema):
    """People who vote alike; `people` is null where a number would tell of fewer than five."""

    name: str = Field(examples=["A"])
    people: int | None
    typical: list[TypicalOut]


class CountedOut(Schema):
    """One statement: everybody's votes, and the groups' shares (0 to 1; null where fewer than five would be told)."""

    statement: UUID
    text: str
    agrees: int
    disagrees: int
    passes: int
    kind: str | None = Field(description="shared_yes, shared_no, divisive or open")
    consensus: float | None
    interval: list[float] | None = Field(description="Where the consensus lies in 95 of 100 draws")
    agree_by_group: list[float] | None
    disagree_by_group: list[float] | None


class StabilityOut(Schema):
    """Whether others of the same city would have fallen into the same groups."""

    draws: int
    agreement: float = Field(description="Mean adjusted Rand index, 1: the same")
    stable: bool


class MapOut(Schema):
    """An opinion map as it was published."""

    number: int = Field(description="A new one waits for five more people")
    drawn_at: datetime
    participants: int
    placed: int
    stability: StabilityOut | None
    groups: list[GroupOut]
    statements: list[CountedOut]


class ThemeOut(Schema):
    """One matter and what became of it."""

    number: int
    title: str
    opinions: int
    answered_at: datetime | None
    verdict: str = Field("", description="ADOPTED, PARTLY or NOT; empty as long as there is no answer")
    reason: str = ""
    version: int | None = Field(description="The version of the draft that has the change")
    clause: str = Field(examples=["第三条"])
    measure: str = Field("", description="What is done outside of the draft")


class ReportOut(Schema):
    """The report as it was published: its numbers do not move any more."""

    consultation: dict[str, Any]
    participation: dict[str, Any] = Field(description="People, each once; the rate in per cent of those who may")
    by_area_and_age: list[dict[str, Any]] = Field(description="`people` is null where fewer than five could be told")
    opinions: dict[str, Any]
    statements: dict[str, Any]
    themes: list[dict[str, Any]]
