"""Electronic licences (电子证照): issued, signed, shown, used with consent, verified by anyone, also offline.

Nouns: LicenceType, Licence with its Moves and Renderings, StatusList with its StatusListVersions; of the wallet:
UseRequest (a yes that is asked for), Presentation (a show code, read once), Use (each time something was read).
Never decides who gets a licence: a case does. A room above says, inside its own transaction,

    issue_licence(kind="household_page", holder=person, values={…}, authority=department, case=number, by=…, at=…)

and the worker signs the licence and sets it as a PDF a moment later. Whoever needs the signed form at once, where the
keys are (a test, a command), calls `services.sign_licence(licence=…, by=…, at=…)`.

Whoever needs a holder's yes calls `services.ask_use(…)` and waits for the steps "licences.userequest.grant" and
".decline"; in the transaction of the decision, `request.rely(by=…, at=…)` makes the yes final.
"""
