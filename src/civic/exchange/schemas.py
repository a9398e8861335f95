"""What comes into and goes out of the API of the exchange."""

from datetime import datetime
from typing import Any, Literal, Self

from ninja import Field, Schema
from pydantic import ConfigDict

from civic.exchange.results import Denied, Disputed, Drawn, Result, Unavailable, Value
from civic.exchange.rules import words_of_reason, words_of_rule
from civic.exchange.states import Purpose

CODE = r"^[A-Za-z0-9:._-]*$"
LEDGER_ID = r"^(accounts\.(account|person|organisation):[0-9]{1,18})?$"


class AskIn(Schema):
    """One question: for which matter, why, about whom, which fields."""

    model_config = ConfigDict(extra="forbid")

    service: str = Field(min_length=1, max_length=40, pattern=CODE, examples=["LA-GA-001"])
    case: str = Field("", max_length=80, pattern=CODE, description="Number of the case; empty where there is none yet")
    purpose: Purpose = Field(examples=["decide"])
    subject: dict[str, str] = Field(
        min_length=1, max_length=3, description="One key of the resource", examples=[{"certificate_no": "T340000001"}]
    )
    fields: list[str] = Field([], max_length=60, description="Empty: every field that is granted")
    on_behalf_of: str = Field("", max_length=80, pattern=LEDGER_ID, description="Pseudonym of the ledger, never a name")


class ResultOut(Schema):
    """One field: a value with its time and source, or why there is none."""

    status: Literal["value", "unavailable", "denied", "disputed"]
    value: Any | None = Field(None, description="Only with status value or disputed")
    as_of: datetime | None = Field(None, description="The time for which the source vouches")
    stale: bool = Field(False, description="The source is silent; this is its last good answer")
    source: str = Field("", description="The department that holds the data")
    since: datetime | None = Field(None, description="Since when the value is contested")
    code: str = Field("", description="The reason (unavailable, stale) or the rule (denied)", examples=["TIMEOUT"])
    words: str = Field("", description="The same for people")

    @classmethod
    def of(cls, result: Result, *, silent: str = "") -> Self:
        """Return the field for the API; `silent` is why the source of a stale value does not answer now."""
        return cls(**_said(result, silent))


def _said(result: Result, silent: str) -> dict[str, Any]:
    match result:
        case Value(value, as_of, source, stale):
            why = {"code": silent, "words": words_of_reason(silent)} if stale else {}
            return {"status": "value", "value": value, "as_of": as_of, "source": source, "stale": stale, **why}
        case Unavailable(reason, source):
            return {"status": "unavailable", "code": reason, "words": words_of_reason(reason), "source": source}
        case Disputed(value, since, source):
            return {"status": "disputed", "value": value, "since": since, "source": source}
        case Denied(rule):
            return {"status": "denied", "code": rule, "words": words_of_rule(rule)}


class DrawnOut(Schema):
    """What came of one question. `fields` is never empty: what has no value has a reason."""

    state: Literal["answered", "stale", "empty", "unavailable", "denied"]
    source: str
    as_of: datetime | None
    reason: str
    words: str
    call: str = Field(description="The public number of the call, by which a value can be contested")
    fields: dict[str, ResultOut] = Field(description="The first record, or why there is none")
    records: list[dict[str, ResultOut]]

    @classmethod
    def of(cls, drawn: Drawn) -> Self:
        words = words_of_rule(drawn.reason) if drawn.state == "denied" else ""
        if drawn.reason and not words:
            words = words_of_reason(drawn.reason)
        return cls(
            state=drawn.state,  # type: ignore[arg-type]
            source=drawn.source,
            as_of=drawn.as_of,
            reason=drawn.reason,
            words=words,
            call=drawn.call,
            fields={name: ResultOut.of(result, silent=drawn.reason) for name, result in drawn.fields.items()},
            records=[
                {name: ResultOut.of(one, silent=drawn.reason) for name, one in record.items()}
                for record in drawn.records
            ],
        )


class PropertyOut(Schema):
    """What three departments know of one property; each answers for itself."""

    property_id: str
    land: DrawnOut = Field(description="Natural resources: who owns it, mortgages, seizures")
    tax: DrawnOut = Field(description="Tax: assessed value, arrears, deed tax")
    house: DrawnOut = Field(description="Housing: the building and the sales contract")
    took_ms: int = Field(description="How long the three took together")


class PropertyIn(Schema):
    """For which matter the property is asked about."""

    service: str = Field("LA-ZR-001", min_length=1, max_length=40, pattern=CODE)
    case: str = Field("", max_length=80, pattern=CODE)
    purpose: Purpose = Purpose.DECIDE
