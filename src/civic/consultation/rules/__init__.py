"""Law and arithmetic of a consultation: pure functions, no framework."""
