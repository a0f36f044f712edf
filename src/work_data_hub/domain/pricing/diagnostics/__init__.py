"""Whether bands hold and inputs drift."""
