"""Texts: checked, taken apart into words once, and kept as codes of words."""
