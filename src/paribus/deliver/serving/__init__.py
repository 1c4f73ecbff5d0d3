"""A delivered model as an HTTP service (the extra serve)."""
