"""Consultation (开门问策): a draft that residents read clause by clause, speak on, vote on, and see answered.

So far the pure core, without models or pages: `rules` (the draft and its versions, counting, fair exposure, standing,
small cells, the report) and `opinions` (the opinion map: who agrees with whom, on numpy and scikit-learn, in jobs and
commands only, never in a web process). Never says who holds an opinion, and shows no group of fewer than five people.
"""
