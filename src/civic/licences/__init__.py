"""Electronic licences (电子证照): issued, signed, shown, used with consent, verified by anyone, also offline.

Nouns: LicenceType, Licence, StatusList, Presentation, Use. Never decides who gets a licence: a case does.
"""
