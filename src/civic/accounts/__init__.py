"""Who people are to the city: persons, organisations, departments, officials, and who may act for whom.

Nouns: Account, Person, Organisation, Department, Official, Mandate, Consent. Never decides what a case needs.
"""
