"""Frames and arrays in the forms that the retail builds work with."""
