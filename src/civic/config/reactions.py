"""Upward wires: a step of a lower room that a higher room answers to, by the name of its job."""

REACTIONS: dict[str, list[str]] = {
    # an application of which rules judge the facts: decide what is clean and hand everything else to a person; where a
    # person decides in any case, advise
    "cases.case.submit:rules": ["civic.instant.tasks.rule", "civic.instant.tasks.advise"],
    # what was corrected is looked at anew
    "cases.case.resubmit": ["civic.instant.tasks.rule", "civic.instant.tasks.advise"],
    # the other parent has answered in the wallet
    "licences.userequest.grant": ["civic.instant.tasks.hear"],
    "licences.userequest.decline": ["civic.instant.tasks.hear"],
    "licences.userequest.expire": ["civic.instant.tasks.hear"],
    # a granted application: issue the licence, tell the departments that follow
    "cases.case.grant_by_rules": ["civic.instant.tasks.complete"],
    "cases.case.grant": ["civic.instant.tasks.complete"],
    # a decision taken back takes its licence and what followed with it
    "cases.case.revoke": ["civic.instant.tasks.undo"],
    # nobody answered an application in time: it counts as accepted since its receipt
    "deadlines.clock.rung:case.acceptance:red": ["civic.cases.tasks.accept_silent"],
    # a correction was not answered in time: the case ends, applying again is free
    "deadlines.clock.rung:case.correction:red": ["civic.cases.tasks.lapse_unanswered"],
    # a source has not looked into a contested value in time: supervisors see it from now on
    "deadlines.clock.rung:exchange.contest:red": ["civic.exchange.tasks.escalate_contest"],
}
