"""Architectures, each written for one network."""
