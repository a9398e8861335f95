"""What comes into and goes out of the API of licences."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Self

from ninja import Field, Schema
from pydantic import AwareDatetime

from civic.licences.formats.genuine import Genuine
from civic.licences.formats.verdict import Verdict
from civic.licences.models import Licence
from civic.licences.rules import shown_code

LONGEST_FILE = 4 * 1024 * 1024  # characters of base64: three megabytes


class FieldOut(Schema):
    """One field of a licence."""

    key: str = Field(examples=["name"])
    name: str = Field(examples=["姓名"])
    value: str


class MoveOut(Schema):
    """One change of a licence's state."""

    state: str
    effective_at: datetime
    decision: str


class LicenceOut(Schema):
    """One licence. `is_masked`: the caller is not its holder, so personal values are masked."""

    id: str
    type: str = Field(examples=["household_page"])
    type_name: str
    number: str = Field(description="Identifier after GB/T 36904")
    code: str = Field(description="Under which anybody may ask whether the licence is genuine")
    state: str = Field(examples=["VALID"])
    authority: str
    case: str
    issued_at: datetime
    valid_from: date
    valid_until: date | None = Field(description="The last day; null for a licence without end")
    is_masked: bool
    fields: list[FieldOut]
    history: list[MoveOut]
    forms: dict[str, str] = Field(description="JSON and SD_JWT: the signed forms as text, for the holder only")

    @classmethod
    def of(cls, licence: Licence, *, profile: str | None, only: Collection[str] | None = None) -> Self:
        """Return a licence as its holder reads it (profile None), or masked by `profile`; of its fields `only` these.

        Whoever may see some of its fields only is not told for which case it was issued.
        """
        named = {field["key"]: field["name"] for field in licence.type.fields}
        kept = () if profile is not None else licence.renderings.exclude(form="PDF")
        return cls(
            id=str(licence.token),
            type=licence.type.code,
            type_name=licence.type.name,
            number=licence.number,
            code=shown_code(licence.code),
            state=licence.state,
            authority=licence.authority.name,
            case=licence.case if only is None else "",
            issued_at=licence.issued_at,
            valid_from=licence.valid_from,
            valid_until=licence.valid_until,
            is_masked=profile is not None,
            fields=[
                FieldOut(key=key, name=named[key], value=value)
                for key, value in licence.shown_values(profile=profile).items()
                if only is None or key in only
            ],
            history=[
                MoveOut(state=move.state, effective_at=move.effective_at, decision=move.decision)
                for move in licence.moves.order_by("pk")
            ],
            forms={rendering.form: rendering.content.decode() for rendering in kept},
        )


class VerifyIn(Schema):
    """Either a code or a file (base64 of a PDF, JSON or SD-JWT), and the instant that is asked about."""

    code: str = Field("", max_length=40, examples=["7K3M-Q2RT-9PWX-4HJC"])
    file: str = Field("", max_length=LONGEST_FILE, description="base64")
    at: AwareDatetime | None = Field(None, description="Null: now. An earlier instant judges a past use.")


class FoundOut(Schema):
    """What a genuine licence says. For a code: of its holder only the masked name."""

    form: str = Field(examples=["PDF"], description="JSON, SD_JWT, PDF or CODE")
    type: str
    number: str
    issuer: str
    valid_from: date
    valid_until: date | None
    signed_at: datetime
    claims: list[FieldOut]
    withheld: int = Field(description="How many claims the holder kept back (SD-JWT)")

    @classmethod
    def of(cls, found: Genuine) -> Self:
        claims = [FieldOut(key=key, name=found.names.get(key, key), value=text) for key, text in found.claims.items()]
        return cls(
            form=found.form,
            type=found.type,
            number=found.number,
            issuer=found.issuer,
            valid_from=date.fromisoformat(found.valid_from),
            valid_until=date.fromisoformat(found.valid_until) if found.valid_until else None,
            signed_at=found.signed_at,
            claims=claims,
            withheld=found.withheld,
        )


class VerifiedOut(Schema):
    """What is known about something that was offered as a licence."""

    verdict: str = Field(
        examples=["GENUINE"], description="GENUINE, CHANGED, UNKNOWN_ISSUER, UNREADABLE or UNKNOWN_CODE"
    )
    is_valid: bool = Field(description="Genuine, and valid at the instant asked about")
    state: str | None = Field(examples=["VALID"], description="Null for what is not genuine")
    at: datetime = Field(description="The instant for which the state is told")
    as_of: datetime | None = Field(description="By what was known then (状态截至)")
    message: str
    licence: FoundOut | None = Field(description="Null for what is not genuine")

    @classmethod
    def of(cls, verdict: Verdict) -> Self:
        return cls(
            verdict=verdict.found,
            is_valid=verdict.is_valid,
            state=verdict.state,
            at=verdict.at,
            as_of=verdict.as_of,
            message=verdict.words,
            licence=FoundOut.of(verdict.licence) if verdict.licence else None,
        )
