"""Which step of a proposal is told to whom, with which template."""

AUTHORS, FOLLOWERS = "authors", "followers"
NOTICES = {
    "ask_repair": (AUTHORS, "proposal.repair"),
    "change": (AUTHORS, "proposal.changed"),
    "admit": (FOLLOWERS, "proposal.admitted"),
    "refuse": (FOLLOWERS, "proposal.refused"),
    "withdraw": (FOLLOWERS, "proposal.withdrawn"),
    "merge": (FOLLOWERS, "proposal.merged"),
    "enter": (FOLLOWERS, "proposal.entered"),
    "fund": (FOLLOWERS, "proposal.funded"),
    "pass_over": (FOLLOWERS, "proposal.passed-over"),
    "start": (FOLLOWERS, "proposal.started"),
    "milestone": (FOLLOWERS, "proposal.milestone"),
    "deliver": (FOLLOWERS, "proposal.delivered"),
    "abandon": (FOLLOWERS, "proposal.abandoned"),
}
