"""Designs that need numbers: points in a cube and fractions of a factorial, by SciPy and pyDOE."""
