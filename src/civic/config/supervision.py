"""What a city sets of its supervision: working days, and how many yellow cards bring a red one."""

from civic.config import env

# Working days in which a red card is signed, a unit may appeal, an appeal is decided, a unit reports on an order, a
# complaint about handling is answered, and a unit does what a meeting decided. A city may set its own.
SUPERVISION_WORKDAYS = {
    "card.sign": env.integer("CIVIC_CARD_SIGN_WORKDAYS", 1),
    "card.appeal": env.integer("CIVIC_CARD_APPEAL_WORKDAYS", 2),
    "card.review": env.integer("CIVIC_CARD_REVIEW_WORKDAYS", 3),
    "supervision.order": env.integer("CIVIC_ORDER_WORKDAYS", 3),
    "supervision.complaint": env.integer("CIVIC_COMPLAINT_WORKDAYS", 3),
    "supervision.assignment": env.integer("CIVIC_ASSIGNMENT_WORKDAYS", 10),
}
# How many yellow cards of a unit that count bring a red one: in one matter (广元: two in one task go further), and of
# one kind of matter within so many days (the platform's own numbers, to be confirmed by the city). 0 turns a part off.
SUPERVISION_REPEATED = {
    "in_matter": env.integer("CIVIC_RED_IN_MATTER", 2),
    "of_kind": env.integer("CIVIC_RED_OF_KIND", 3),
    "within_days": env.integer("CIVIC_RED_WITHIN_DAYS", 30),
}
