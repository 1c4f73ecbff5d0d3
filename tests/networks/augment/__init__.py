"""Augmentation, held to slow and obvious versions."""
