"""What goes in and out of the API of consultation."""

from datetime import datetime
from typing import Literal
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
