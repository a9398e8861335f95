"""Journeys of the ledger: recording, sequencing, proving, verifying."""

from civic.audit.services.entries import LedgerClosed, entry_values, ledger_id, record, record_all

__all__ = ["LedgerClosed", "entry_values", "ledger_id", "record", "record_all"]
