"""Journeys of consultation across nouns and rooms, one file a family."""
