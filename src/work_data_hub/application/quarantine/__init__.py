"""Rejected rows as people work on them."""
