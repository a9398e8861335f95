"""Pabulib's files (.pb): read, checked against themselves, and written byte for byte.

Source: pabulib.org/format; where the format leaves something open, what its 46 files at hand and its checker do.
"""

from civic.budgeting.pabulib.defects import BadFile, Defect
from civic.budgeting.pabulib.reading import Reading, read
from civic.budgeting.pabulib.tables import Section, Tables, write

__all__ = ["BadFile", "Defect", "Reading", "Section", "Tables", "read", "write"]
