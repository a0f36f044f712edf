"""Which scenario the data of a business unit allow, and what the other scenarios would need."""
