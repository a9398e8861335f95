"""Tests of room config."""
