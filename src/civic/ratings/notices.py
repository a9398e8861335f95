"""Which letter a step of a remedy sends to the rater."""

NOTICES = {
    "dispute": "rating.disputed",
    "grant_appeal": "rating.appeal_granted",
    "reject_appeal": "rating.not_counted",
    "let_stand": "rating.not_counted",
    "repair": "rating.repaired",
    "call_back": "rating.ended",
}
