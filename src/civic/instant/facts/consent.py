"""What somebody else has answered in the wallet, and whom to ask where nobody has been asked yet."""

from typing import TYPE_CHECKING

from civic.accounts.models import Account, Person
from civic.instant.facts.sheet import PLATFORM
from civic.licences.models import UseRequest
from civic.licences.wallet_states import UsePurpose, UseState

if TYPE_CHECKING:
    from civic.cases.models import Case
    from civic.instant.facts.sheet import Sheet

ANSWERS: dict[str, bool] = {UseState.GRANTED: True, UseState.DECLINED: False, UseState.WITHDRAWN: False}


def asked_for(case: "Case") -> UseRequest | None:
    """Return the newest request for a yes to this case."""
    found: UseRequest | None = (
        UseRequest.objects.filter(case=case.number, purpose=UsePurpose.CONSENT).order_by("-pk").first()
    )
    return found


def put_consent(sheet: "Sheet", case: "Case", other: Person | None, *, words: str = "") -> None:
    """Note the answer of `other`; one who has an account of their own and has not answered is waited for.

    An answer counts only if it was given by whom the application names now, and to the same `words` where these are
    given: who agreed to a price has not agreed to another.
    """
    asked = asked_for(case)
    if asked is not None and other is not None and asked.holder_id != other.pk:
        asked = None
    if asked is not None and asked.state in ANSWERS:
        if words and ANSWERS[asked.state] and asked.clear("words") != words:
            sheet.put("consented", None, PLATFORM, reason="CHANGED")
            return
        sheet.put("consented", ANSWERS[asked.state], PLATFORM, as_of=asked.withdrawn_at or asked.answered_at)
        return
    if other is not None and other.pk == case.applicant.person_id:
        other = None  # nobody is asked by themselves
    has_account = other is not None and Account.objects.filter(person=other, is_active=True).exists()
    sheet.put("consented", None, PLATFORM, reason="ASKED" if has_account else "NO_ACCOUNT")
    if has_account and (asked is None or asked.state == UseState.ASKED):
        sheet.waits_on = other
