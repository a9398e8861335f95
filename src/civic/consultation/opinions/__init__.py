"""The opinion map: people who vote alike stand close together, and what all groups agree on comes first.

Pure functions of votes, on numpy and scikit-learn: for jobs and commands, never inside a web process. The mathematics
and its limits: docs/opinion-map.md.
"""
