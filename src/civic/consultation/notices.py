"""Which letter a decision of moderation sends to the author."""

NOTICES = {
    "publish": "opinion.published",
    "hold_back": "opinion.held",
    "restore": "opinion.restored",
    "uphold": "opinion.upheld",
    "merge": "opinion.merged",
}
