"""Guardrails: limits learnt from past lines, and the bands that keep to them."""
