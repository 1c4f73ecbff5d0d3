"""Every test of this room runs on both arithmetics."""

from tests.arithmetic import arithmetic

__all__ = ["arithmetic"]
