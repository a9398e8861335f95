"""In a process of its own: the library pabutools counts equal shares with add1, in exact fractions.

Prints the winners and the seconds that the rule took; reading, and grouping equal ballots, is not counted.
"""

import json
import sys
import time

from pabutools.election import Cost_Sat, parse_pabulib
from pabutools.rules import method_of_equal_shares
from pabutools.tiebreaking import TieBreakingRule


def main(path: str, kind: str) -> None:
    """Count one file; `kind`: plain or grouped ballots. Ties as ours: lower cost, more votes, id."""
    instance, profile = parse_pabulib(path)
    votes = {project: profile.approval_score(project) for project in instance}
    ties = TieBreakingRule(lambda _instance, _profile, project: (project.cost, -votes[project], project.name))
    ballots = profile.as_multiprofile() if kind == "grouped" else profile
    start = time.perf_counter()
    funded = method_of_equal_shares(instance, ballots, sat_class=Cost_Sat, tie_breaking=ties, voter_budget_increment=1)
    taken = time.perf_counter() - start
    print(json.dumps({"winners": [project.name for project in funded], "seconds": taken}))


if __name__ == "__main__":
    main(*sys.argv[1:])
