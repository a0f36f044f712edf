"""Both brands in one form, and what brings them together."""
