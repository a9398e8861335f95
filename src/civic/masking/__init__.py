"""What a field of a person is, who sees how much of it, and the keys it is sealed with.

Nouns: SubjectKey, Mask. Never stores a value in the clear, never logs one; deleting a person is destroying a key.
"""

from civic.masking.keys import index, indexes

__all__ = ["index", "indexes"]
