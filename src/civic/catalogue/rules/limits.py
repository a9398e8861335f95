"""Time limits as people read them."""

TEXTS = {
    "zh": {"unknown": "以受理通知为准", "instant": "即时办结", "WORKDAY": "{n}个工作日", "NATURAL_DAY": "{n}个自然日"},
    "en": {
        "unknown": "stated on acceptance",
        "instant": "at once",
        "WORKDAY": "{n} working day{s}",
        "NATURAL_DAY": "{n} day{s}",
    },
}


def process_time(days: int | None, unit: str, lang: str = "zh") -> str:
    """Return the promised limit in words; None days = not stated, 0 days = while you wait."""
    texts = TEXTS["en" if lang.startswith("en") else "zh"]
    if days is None:
        return texts["unknown"]
    if days == 0:
        return texts["instant"]
    return texts[unit].format(n=days, s="" if days == 1 else "s")
