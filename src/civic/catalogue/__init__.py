"""What the city offers (事项, GB/T 39554): services, their versions, places and themes.

Nouns: Service, Version, Place, Theme. A published version never changes; a case keeps the version it was filed
under. Never holds an application, an applicant or any personal data of residents.
"""
