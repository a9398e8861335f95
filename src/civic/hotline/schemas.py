"""What goes in and out of the hotline's API."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Field, Schema

from civic.hotline.progress import plain_state


class CallerIn(Schema):
    """Who speaks, where an office hands in what somebody else says; residents speak for themselves."""

    name: str = Field("", max_length=40)
    phone: str = Field("", max_length=20)


class TicketIn(Schema):
    """What somebody says. `documents` are tokens from POST /api/documents; coordinates are WGS-84 degrees."""

    title: str = Field(max_length=80, examples=["梅山路路灯不亮"])
    detail: str = Field(max_length=2000, examples=["梅山路和皖西大道路口的路灯坏了三天。"])
    kind: Literal["CONSULT", "HELP", "COMPLAINT", "REPORT", "SUGGESTION", "PRAISE"] = "HELP"
    secrecy: Literal["NAMED", "CONFIDENTIAL", "ANONYMOUS"] = "NAMED"
    caller: CallerIn | None = None
    place: str = Field("", max_length=120)
    longitude: float | None = Field(None, ge=-180, le=180)
    latitude: float | None = Field(None, ge=-90, le=90)
    area: str = Field("", max_length=12, description="Code of the division.", examples=["341502"])
    category: str = Field("", max_length=6, description="Code of a class of the third level.", examples=["010201"])
    public: bool = Field(False, description="Whether question and answer may be published once they are moderated.")
    documents: list[UUID] = Field(default_factory=list, max_length=5)


class ReceivedOut(Schema):
    """The answer to what was handed in: its number, the code to look it up with, by when it is passed on."""

    number: str
    code: str
    url: str
    dispatch_by: datetime | None


class TicketOut(Schema):
    """A ticket as those who may see it see it; who called is not in it."""

    number: str
    title: str
    state: str
    state_name: str
    plain: str = Field(description="Where it stands, in plain words.")
    kind: str
    channel: str
    urgency: str
    category: str | None
    unit: str | None
    area: str | None
    received_at: datetime
    dispatched_at: datetime | None
    contacted_at: datetime | None
    due_at: datetime | None
    replied_at: datetime | None
    ended_at: datetime | None
    outcome: str
    round: int
    answer: str | None
    version: int
    allowed: list[str] = Field(description="Steps that the table has from here.")

    @staticmethod
    def resolve_plain(ticket: Any) -> str:
        return plain_state(ticket)

    @staticmethod
    def resolve_category(ticket: Any) -> str | None:
        return ticket.category.code if ticket.category else None

    @staticmethod
    def resolve_unit(ticket: Any) -> str | None:
        return ticket.unit.name if ticket.unit else None

    @staticmethod
    def resolve_area(ticket: Any) -> str | None:
        return ticket.area.code if ticket.area else None

    @staticmethod
    def resolve_title(ticket: Any) -> str:
        return str(ticket.clear("title"))

    @staticmethod
    def resolve_state_name(ticket: Any) -> str:
        return str(ticket.get_state_display())

    @staticmethod
    def resolve_answer(ticket: Any) -> str | None:
        reply = ticket.passed_reply
        return str(reply.clear("words")) if reply is not None else None

    @staticmethod
    def resolve_allowed(ticket: Any) -> list[str]:
        return list(ticket.allowed_steps())
