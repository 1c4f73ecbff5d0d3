"""Telling a tracker what a study has found. The study never waits for it, nor fails by it."""
