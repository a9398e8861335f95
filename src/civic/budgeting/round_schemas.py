"""What goes in and out of the API of rounds and proposals."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from ninja import Field, Schema

from civic.budgeting.round_states import PhaseKind


class PhaseOut(Schema):
    """A window of a round, half-open."""

    kind: str = Field(examples=[PhaseKind.IDEA.value])
    acts: list[str]
    opens_at: datetime
    closes_at: datetime


class RoundOut(Schema):
    """A round as everybody reads it. Money is decimal text in units of `currency`."""

    id: int
    title: str
    summary: str
    area: str
    unit: str
    budget: Decimal
    currency: str
    state: str
    state_name: str
    origin: str
    is_demonstration: bool
    form: str
    rule: str
    criteria: list[dict[str, str]]
    digest: str = Field(description="SHA-256 of what was frozen; empty before.")
    frozen_at: datetime | None
    counted_at: datetime | None

    @staticmethod
    def resolve_area(found: Any) -> str:
        return str(found.area.code)

    @staticmethod
    def resolve_unit(found: Any) -> str:
        return str(found.unit.code)

    @staticmethod
    def resolve_state_name(found: Any) -> str:
        return str(found.get_state_display())


class RoundDetailOut(RoundOut):
    """One round with its windows, and how many have voted while it is voted on."""

    phases: list[PhaseOut]
    voted: int | None
    eligible: int | None

    @staticmethod
    def resolve_phases(found: Any) -> list[Any]:
        return list(found.phases())

    @staticmethod
    def resolve_voted(found: Any) -> int | None:
        return int(found.poll.turnout()) if found.poll else None

    @staticmethod
    def resolve_eligible(found: Any) -> int | None:
        return int(found.poll.terms["register"]) if found.poll else None


class ProposalIn(Schema):
    """What is proposed. `cost` in yuan; coordinates in GCJ-02 degrees; `lives_in`: division code, never published."""

    title: str = Field(max_length=40, examples=["3号楼加装电梯"])
    problem: str = Field(max_length=2000, examples=["3号楼有6户老人住在四楼以上，上下楼很困难。"])
    cost: Decimal = Field(gt=0, max_digits=14, decimal_places=2, examples=["350000"])
    section: str = Field(max_length=40, description="Name of a section of the round.")
    place: str = Field(max_length=120, examples=["皖西路小区3号楼"])
    longitude: Decimal | None = Field(None, ge=72, le=138, max_digits=9, decimal_places=6)
    latitude: Decimal | None = Field(None, ge=0, le=56, max_digits=8, decimal_places=6)
    lives_in: str = Field("", max_length=12)


class ProposalOut(Schema):
    """A proposal as everybody reads it; of its authors nothing."""

    id: int
    number: int
    code: str
    round: int = Field(alias="round_id")
    title: str
    problem: str
    cost: Decimal
    section: str
    place: str
    longitude: Decimal | None
    latitude: Decimal | None
    state: str
    state_name: str
    supports: int = Field(alias="supports_count")
    merged_into: int | None = Field(alias="merged_into_id")
    proposed_at: datetime
    version: int

    @staticmethod
    def resolve_section(found: Any) -> str:
        return str(found.section.name)

    @staticmethod
    def resolve_state_name(found: Any) -> str:
        return str(found.get_state_display())


class ResultOut(Schema):
    """The count of one pot of money; `rules`: what each rule would fund, with its reasons."""

    id: int
    name: str
    budget: Decimal
    rule: str
    version: str
    voters: int
    represented: int
    funded: list[str]
    projects: list[dict[str, Any]]
    rules: dict[str, Any]
    pabulib_sha256: str
    bundle_sha256: str
