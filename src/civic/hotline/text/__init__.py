"""Understanding what people write, offline: suggest a class, find near duplicates, name hot topics, judge an answer.

Pure functions of text, no models, no database, no network. `near` and `quality` need nothing but Python. The classifier
needs numpy: a door reaches it through `civic.hotline.text.suggesting`, which loads it at the first suggestion.
Training alone needs scikit-learn (`civic.hotline.text.training`, imported by the command only).
Never decides: it suggests, with its reasons and a measured confidence.
"""
