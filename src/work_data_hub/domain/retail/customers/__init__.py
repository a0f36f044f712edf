"""Customers as of a day, their clusters and cohorts."""
