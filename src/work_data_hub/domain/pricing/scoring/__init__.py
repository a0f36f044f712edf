"""Batch scoring: bands, guardrails, what explains them, and recommended prices."""
