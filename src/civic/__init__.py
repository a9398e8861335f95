"""Civic: the open platform on which a city and its residents deal with each other."""
