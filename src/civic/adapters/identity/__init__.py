"""The province's unified log-in: who somebody is, and how surely that is known."""
