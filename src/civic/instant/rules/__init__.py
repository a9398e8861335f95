"""Law and arithmetic of instant approval. No Django."""

from civic.instant.rules.business_name import full_name
from civic.instant.rules.deed_tax import DeedTax, deed_tax
from civic.instant.rules.people import a_month_after, has_surname_of, is_female
from civic.instant.rules.scope import Scope, read_scope
from civic.instant.rules.words import Fired, basis_of, reasons_to_decline, reasons_to_grant, rules_label

__all__ = [
    "DeedTax",
    "Fired",
    "Scope",
    "a_month_after",
    "basis_of",
    "deed_tax",
    "full_name",
    "has_surname_of",
    "is_female",
    "read_scope",
    "reasons_to_decline",
    "reasons_to_grant",
    "rules_label",
]
