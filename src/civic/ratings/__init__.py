"""Good and bad marks for what the city did (好差评): who may rate, what they said, and what is done about a bad mark.

Nouns: Right (to rate one step of one matter), Rating (with every Change of it), Remedy (with its Notes).
Never knows a case: a matter is its ledger id, its public number and its service. Never rates by default.

A room above grants the right in a task of its own, when its step is over (for cases: grant, refuse, deliver), and sends
the link in the same transaction, because the token can be seen only once:

    with transaction.atomic():
        right, token = Right.objects.grant(
            subject=case.ledger_id(), step="deliver", channel="ONLINE",        # or WINDOW, TERMINAL, HOTLINE
            number=case.number, service_code=case.service.code, service_name=case.service_version.name,
            department=case.department, handlers=[…ids of the accounts that took a step of the case…],
            holder=…the resident's account, or None where there is none…, by="timer", at=now(),
        )
        if token is not None:                                                  # None: was granted before
            notify(right.holder, "rating.invited", …, variables={"link": right.path(token)})
"""
