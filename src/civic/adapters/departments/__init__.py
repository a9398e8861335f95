"""The departments' own systems: what they answer to the data exchange, and what they are told."""
