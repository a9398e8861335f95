"""Commands for the operator at the machine."""
