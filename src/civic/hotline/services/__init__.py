"""Journeys of the hotline: taking a voice in, suggesting where it goes, finding what is near it."""
