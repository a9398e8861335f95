"""Which step of a ticket is told to its caller, with which template."""

NOTICES = {
    "receive": "ticket.received",
    "decline": "ticket.declined",
    "reconsider": "ticket.reconsidered",
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
