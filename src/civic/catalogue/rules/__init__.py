"""The law and arithmetic of services: limits, eligibility, materials, forms, steps, the whole content. No Django."""

from civic.catalogue.rules.content import (
    FIELDS,
    Content,
    Known,
    changes,
    content_errors,
    digest,
    normalise,
    shape_errors,
)
from civic.catalogue.rules.eligibility import Outcome, eligibility, parse_answers, questions
from civic.catalogue.rules.form import clean, field_order, form_errors, shown_fields
from civic.catalogue.rules.limits import process_time
from civic.catalogue.rules.materials import ShownMaterials, shown_materials
from civic.catalogue.rules.schema import schema_errors
from civic.catalogue.rules.steps import days_needed, layers, ready, step_errors

__all__ = [
    "FIELDS",
    "Content",
    "Known",
    "Outcome",
    "ShownMaterials",
    "changes",
    "clean",
    "content_errors",
    "days_needed",
    "digest",
    "eligibility",
    "field_order",
    "form_errors",
    "layers",
    "normalise",
    "parse_answers",
    "process_time",
    "questions",
    "ready",
    "schema_errors",
    "shape_errors",
    "shown_fields",
    "shown_materials",
    "step_errors",
]
