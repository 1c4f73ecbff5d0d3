"""A record as typed facts, and what draws them."""
