"""Which step of a ticket is told to its caller, with which template."""

NOTICES = {
    "receive": "ticket.received",
    "decline": "ticket.declined",
    "reconsider": "ticket.reconsidered",
    "uphold_refusal": "ticket.refusal-upheld",
    "dispatch": "ticket.dispatched",
    "extend": "ticket.extended",
    "wait": "ticket.waiting",
    "pass_reply": "ticket.answered",
    "close": "ticket.closed",
    "handle_again": "ticket.handled-again",
    "merge": "ticket.merged",
    "close_merged": "ticket.closed",
    "separate": "ticket.separated",
    "give_back": "ticket.separated",
}
# which step is told to the deputy who brought it
FOR_SPONSOR = {
    "decline": "deputy.declined",
    "pass_reply": "deputy.answered",
    "close_merged": "deputy.answered",
    "handle_again": "deputy.handled-again",
}
