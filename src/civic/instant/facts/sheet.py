"""A sheet of facts: each with its value, who says so and as of when; what is not known says why. No Django."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from civic.accounts.models import Person

FORM, PLATFORM = "form", "platform"


@dataclass(frozen=True)
class Fact:
    """One thing that rules may ask. `value` None: nobody knows, and `reason` says why (a code)."""

    value: Any
    source: str
    as_of: datetime | None = None
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the fact as it is kept with the ruling."""
        as_of = self.as_of.isoformat() if self.as_of else ""
        return {"value": self.value, "source": self.source, "as_of": as_of, "reason": self.reason}


@dataclass
class Sheet:
    """The facts of one application, and what the decision will need besides: values for the licence."""

    facts: dict[str, Fact] = field(default_factory=dict)
    about: str = ""
    """What may be granted only once, e.g. the number of a birth certificate; "" where nothing is."""
    licence: dict[str, str] = field(default_factory=dict)
    """The values of the licence that a grant issues."""
    notice: dict[str, Any] = field(default_factory=dict)
    """What the departments that follow are told."""
    words: dict[str, str] = field(default_factory=dict)
    """What the question to the other parent names."""
    waits_on: "Person | None" = None
    """Whose answer is still to come; None where nobody has to be asked, or they have answered."""

    is_for_other: bool = False
    """Whether the licence is not the applicant's own, as when the seller of a home applies; it is `holder`'s then."""
    holder: "Person | None" = None
    """Whose the licence is where it is not the applicant's; None where the city does not know them."""

    former_holder: "Person | None" = None
    """Whose licence of the same thing ends when this one is issued: the seller of a home."""
    same: str = ""
    """The field of the licence that tells whether it is the same thing: the number of the home."""
    silent: tuple[str, ...] = ()
    """Sources of the licence's values that did not answer: nothing is issued with holes in it."""

    def put(self, key: str, value: Any, source: str, *, as_of: datetime | None = None, reason: str = "") -> None:
        """Note a fact; None with its reason where it is not known."""
        self.facts[key] = Fact(value, source, as_of, reason)

    def value(self, key: str) -> Any:
        """Return what is known of `key`; None where nothing is."""
        found = self.facts.get(key)
        return found.value if found else None

    def values(self) -> Mapping[str, Any]:
        """Return the facts as rules are asked about them."""
        return {key: fact.value for key, fact in self.facts.items() if fact.value is not None}

    def as_json(self) -> dict[str, Any]:
        """Return everything as it is kept with the ruling; what belongs to somebody else is drawn anew."""
        facts = {key: fact.as_json() for key, fact in self.facts.items()}
        return {"facts": facts, "notice": self.notice, "licence": {} if self.is_for_other else self.licence}
