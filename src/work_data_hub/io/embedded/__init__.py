"""A private PostgreSQL for a machine that has none: one server per home, gone when its last user is."""
