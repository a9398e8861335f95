"""The applicant's form as staff see it: personal answers masked until they are revealed for a reason."""

from typing import TYPE_CHECKING, Any

from civic.cases.wizard import summary_rows
from civic.masking.rules import mask, mask_text

if TYPE_CHECKING:
    from civic.cases.models import Case


def form_cards(case: "Case", *, in_clear: bool) -> list[dict[str, Any]]:
    """Return the answers by page; without `in_clear`, answers about persons are masked and free text is scrubbed."""
    schema = case.service_version.form or {}
    answers = case.latest_submission.form
    if not in_clear:
        answers = {name: _masked(schema["properties"].get(name, {}), value) for name, value in answers.items()}
    return summary_rows(schema, answers)


def _masked(prop: dict[str, Any], value: Any) -> Any:
    if not isinstance(value, str):
        return value
    kind = prop.get("x-personal")
    if kind:
        return mask("mobile" if kind == "phone" else kind, value, "staff")
    return value if "enum" in prop else mask_text(value, "staff")
