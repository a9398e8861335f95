"""What the API says about services."""

from collections.abc import Mapping
from typing import Any, Literal

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from civic.core.errors import FieldError, Unprocessable


class ServiceOut(Schema):
    """A published service in a list."""

    id: int
    code: str = Field(examples=["LA-RS-001"])
    name: str = Field(examples=["社保卡申领"])
    name_en: str
    department: str = Field(examples=["六安市人力资源和社会保障局"])
    department_code: str
    process_time: int | None = Field(description="Promised limit; null: stated on acceptance", examples=[5])
    process_time_unit: str = Field(description="WORKDAY or NATURAL_DAY", examples=["WORKDAY"])
    online_handle: bool
    theme: str
    source: str = Field(description="CITY: the city's own; IMPORT: another city's published list")


class ServiceDetail(ServiceOut):
    """A published service with all that its version says."""

    version: int = Field(description="Number of the version in force")
    published_at: str = Field(examples=["2026-03-02T09:00:00+08:00"])
    demonstration: bool
    content: dict[str, Any] = Field(description="The version in the shape of the city pack")


class ServiceQuery(BaseModel):
    """What the list may be asked. Read by hand, so that an answer kept ready costs no parsing."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    q: str = Field(
        "", max_length=100, description="Every word must occur in the name, an alias, the department or the code"
    )
    department: str = Field("", max_length=100, description="Code or name of the department")
    online: bool | None = Field(
        None, description="Only services that can (true) or cannot (false) be applied for online"
    )
    theme: str = Field("", max_length=40)
    life_event: str = Field("", max_length=40)
    audience: Literal["", "PERSON", "ORGANISATION"] = ""
    source: Literal["", "CITY", "IMPORT"] = Field("", description="CITY: only the city's own services")
    limit: int = Field(100, ge=1, le=500)
    cursor: str = Field("", max_length=200, description="From the Link header of the page before")


def parameters(model: type[BaseModel]) -> list[dict[str, Any]]:
    """Return the model's fields as OpenAPI query parameters."""
    properties = model.model_json_schema()["properties"]
    return [
        {"in": "query", "name": name, "required": False, "schema": schema, "description": schema.pop("description", "")}
        for name, schema in properties.items()
    ]


def read_query(model: type[ServiceQuery], given: Mapping[str, str]) -> ServiceQuery:
    """Return the query; an empty value counts as not given. Raises: Unprocessable, naming each wrong parameter."""
    try:
        return model.model_validate({name: value for name, value in given.items() if value != ""})
    except ValidationError as error:
        errors = [
            FieldError(
                f"/{e['loc'][0]}", e["type"], _("参数 %(name)s：%(what)s") % {"name": e["loc"][0], "what": e["msg"]}
            )
            for e in error.errors()
        ]
        raise Unprocessable(_("查询参数不正确，请按 errors 中所列改正。"), errors=errors) from error
