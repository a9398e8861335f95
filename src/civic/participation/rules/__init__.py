"""The arithmetic and the law of taking part: drawing by lot, windows of time, who may, who decides. No Django."""
