"""Ranking, intervals, what choosing costs; each method with its source."""
