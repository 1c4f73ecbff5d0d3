"""The record and its tables. One writer."""
