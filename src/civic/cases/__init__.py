"""A person's application for a service (办件): from the form to the delivered decision, across departments.

Nouns: Case, Task, Submission, Correction, Decision, Extension, Commitment, Draft.
Never defines a service (catalogue), never counts days itself (deadlines), never sends a message itself (notifications).
"""
