"""Models of all domains: their versions, who is champion of which month, and what people decide about it."""
