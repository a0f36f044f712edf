"""The price desk: discount bands that hold, from orders to explained recommendations."""
