"""Subjects' keys for tests."""

from civic.masking.models import SubjectKey


def subject_key() -> SubjectKey:
    """A fresh key, wrapped by the master key of this machine."""
    return SubjectKey.objects.create_key()
