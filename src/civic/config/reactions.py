"""Upward wires: a step of a lower room that a higher room answers to, by the name of its job."""

REACTIONS: dict[str, list[str]] = {
    # an application of which rules judge the facts: decide what is clean and hand everything else to a person; where a
    # person decides in any case, advise
    "cases.case.submit:rules": ["civic.instant.tasks.rule", "civic.instant.tasks.advise"],
    # what was corrected is looked at anew
    "cases.case.resubmit": ["civic.instant.tasks.rule", "civic.instant.tasks.advise"],
    # the other parent, the other party of a sale, has answered in the wallet
    "licences.userequest.grant": ["civic.instant.tasks.hear"],
    "licences.userequest.decline": ["civic.instant.tasks.hear"],
    "licences.userequest.withdraw": ["civic.instant.tasks.hear"],
    "licences.userequest.expire": ["civic.instant.tasks.hear"],
    # a granted application: issue the licence, tell the departments that follow, check what was committed to
    "cases.case.grant_by_rules": ["civic.instant.tasks.complete", "civic.instant.tasks.check"],
    "cases.case.grant": ["civic.instant.tasks.complete", "civic.instant.tasks.check"],
    # a decision taken back takes its licence and what followed with it
    "cases.case.revoke": ["civic.instant.tasks.undo"],
    # nobody answered an application in time: it counts as accepted since its receipt
    "deadlines.clock.rung:case.acceptance:red": ["civic.cases.tasks.accept_silent"],
    # a correction was not answered in time: the case ends, applying again is free
    "deadlines.clock.rung:case.correction:red": ["civic.cases.tasks.lapse_unanswered"],
    # a demand for data is nearly due, or overdue: those who answer it, and then who waits, are told
    "deadlines.clock.rung:exchange.demand:yellow": ["civic.exchange.tasks.tell_demand"],
    "deadlines.clock.rung:exchange.demand:red": ["civic.exchange.tasks.tell_demand"],
    # a source has not looked into a contested value in time: supervisors see it from now on
    "deadlines.clock.rung:exchange.contest:red": ["civic.exchange.tasks.escalate_contest"],
    # a ticket has come in: it is dispatched without a person, where the city has decided so and the model is sure
    "hotline.ticket.receive": ["civic.hotline.tasks.dispatch"],
    # a rating was given or changed: a bad one of a ticket has it handled a second time, once
    "ratings.rating.submit": ["civic.hotline.tasks.rated"],
    "ratings.rating.change": ["civic.hotline.tasks.rated"],
    # a rung of a ticket's clock: a card to whose turn it was
    "deadlines.clock.rung:ticket.dispatch:yellow": ["civic.hotline.tasks.card"],
    "deadlines.clock.rung:ticket.dispatch:red": ["civic.hotline.tasks.card"],
    "deadlines.clock.rung:ticket.response:blue": ["civic.hotline.tasks.card"],
    "deadlines.clock.rung:ticket.response:yellow": ["civic.hotline.tasks.card"],
    "deadlines.clock.rung:ticket.response:red": ["civic.hotline.tasks.card"],
    "deadlines.clock.rung:ticket.resolve:blue": ["civic.hotline.tasks.card"],
    "deadlines.clock.rung:ticket.resolve:yellow": ["civic.hotline.tasks.card"],
    "deadlines.clock.rung:ticket.resolve:red": ["civic.hotline.tasks.card"],
    # a red card that a leader has signed opens an order to the unit; one that is revoked drops it
    "supervision.card.sign": ["civic.supervision.tasks.follow_card"],
    "supervision.card.revoke": ["civic.supervision.tasks.follow_card"],
    # people were told what came of a consultation's answers: those who took part hear of it
    "consultation.followup.tell": ["civic.consultation.tasks.tell_follow_up"],
    # half a year, a year after the answers: the unit is to say what was done
    "deadlines.clock.rung:consultation.follow_up:yellow": ["civic.consultation.tasks.remind"],
    "deadlines.clock.rung:consultation.follow_up:red": ["civic.consultation.tasks.remind"],
}
