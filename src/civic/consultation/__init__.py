"""Consultation (开门问策): a draft that residents read clause by clause, speak on, vote on, and see answered.

Nouns: Consultation (with DraftVersion and Attachment), Opinion (with every Ruling of moderation), Stance (support or
doubt, one a person), Participant (one person, counted once). `rules` is the pure law of it; `opinions` the opinion map
(who agrees with whom, on numpy and scikit-learn, in jobs and commands only, never in a web process). Never says who
holds an opinion unless they want it, and shows no group of fewer than five people.
"""
