"""What stands in a licence, the same in every form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

FORMAT = "civic-licence/1"


@dataclass(frozen=True)
class Facts:
    """All that the signed forms of one licence say. `fields`: (key, Chinese name, English name, value) in order."""

    number: str
    code: str
    address: str
    type: str
    national_type: str
    type_name: str
    type_name_en: str
    authority: str
    authority_name: str
    authority_code: str
    holder_kind: str
    holder_name: str
    holder_id: str
    fields: tuple[tuple[str, str, str, str], ...]
    issued_at: datetime
    valid_from: date
    valid_until: date | None
    ends_at: datetime | None
    status: tuple[tuple[str, str, int], ...]
    metadata: Mapping[str, str] = field(default_factory=dict)
    is_demonstration: bool = True


def rfc3339(moment: datetime) -> str:
    """Return an instant as 2026-03-02T01:00:00Z."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def from_rfc3339(text: str) -> datetime:
    """Return the instant that rfc3339() wrote. Raises: ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} names no zone.")
    return moment


def licence_object(facts: Facts) -> dict[str, Any]:
    """Return the JSON object that is signed. `metadata` holds the metadata of GB/T 36903 by its Chinese names."""
    return {
        "format": FORMAT,
        "number": facts.number,
        "code": facts.code,
        "verify": facts.address,
        "type": {"code": facts.type, "name": facts.type_name, "name_en": facts.type_name_en},
        "issuer": {"code": facts.authority, "name": facts.authority_name},
        "holder": {"kind": facts.holder_kind, "name": facts.holder_name, "number": facts.holder_id},
        "fields": [
            {"key": key, "name": name, "name_en": name_en, "value": value} for key, name, name_en, value in facts.fields
        ],
        "issued_at": rfc3339(facts.issued_at),
        "valid_from": facts.valid_from.isoformat(),
        "valid_until": facts.valid_until.isoformat() if facts.valid_until else None,
        "metadata": _metadata(facts),
        "credentialStatus": status_entries(facts),
        "demonstration": facts.is_demonstration,
    }


def status_entries(facts: Facts) -> list[dict[str, str]]:
    """Return the entries of W3C Bitstring Status List v1.0 that tell where a licence's state is published."""
    return [
        {
            "id": f"{address}#{index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": purpose,
            "statusListIndex": str(index),
            "statusListCredential": address,
        }
        for purpose, address, index in facts.status
    ]


def _metadata(facts: Facts) -> dict[str, str]:
    """Return the metadata of GB/T 36903: those every licence has, then the type's own. Names TO CONFIRM."""
    values = {key: value for key, _, _, value in facts.fields}
    own = {name: values[key] for name, key in facts.metadata.items() if values.get(key)}
    return {
        "证照类型名称": facts.type_name,
        "证照类型代码": facts.national_type,
        "证照标识": facts.number,
        "证照颁发机构": facts.authority_name,
        "证照颁发机构代码": facts.authority_code,
        "证照颁发日期": facts.valid_from.isoformat(),
        "证照有效期起始日期": facts.valid_from.isoformat(),
        "证照有效期截止日期": facts.valid_until.isoformat() if facts.valid_until else "长期",
        "持证主体": facts.holder_name,
        "持证主体代码": facts.holder_id,
        **own,
    }
