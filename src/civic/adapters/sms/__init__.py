"""Text messages to residents' phones."""
