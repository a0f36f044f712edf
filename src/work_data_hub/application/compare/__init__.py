"""Comparing a table of the hub with the same table elsewhere."""
