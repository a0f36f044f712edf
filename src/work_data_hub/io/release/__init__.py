"""Adapters of the release: files and folders, the gold tables, the ledger, and where receivers put a release."""
