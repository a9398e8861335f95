"""How the exchange knows a subject without keeping a name: keyed digests, and the calls about one person."""

from collections.abc import Mapping

from civic.accounts.models import Account
from civic.exchange.models import Call
from civic.exchange.querysets import CallQuerySet
from civic.masking.keys import index, indexes

KIND = "exchange.subject"  # its digests match no look-up index of another column
PERSON = "id_number"


def mark_of(subject: Mapping[str, str], kinds: Mapping[str, str]) -> str:
    """Return the keyed digest of a subject; a person has one digest, whichever key names them."""
    ((name, value),) = subject.items()
    return index(_text(kinds.get(name, "") or name, value), KIND)


def calls_about(account: Account) -> CallQuerySet:
    """Return the calls about this person or on their behalf."""
    person = account.person
    names = [account.ledger_id()]
    marks: list[str] = []
    if person is not None:
        names.append(person.ledger_id())
        if person.id_number_sealed is not None:
            marks = indexes(_text(PERSON, person.id_number), KIND)
    found: CallQuerySet = Call.objects.concerning(marks=marks, names=names)
    return found


def _text(kind: str, value: str) -> str:
    return f"{kind}={value}"
