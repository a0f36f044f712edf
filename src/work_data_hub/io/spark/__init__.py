"""The distributed engine: one Spark session, its frames, and the lake's tables read and written by it."""
