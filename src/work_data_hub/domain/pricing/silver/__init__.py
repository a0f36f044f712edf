"""From what the business units deliver to order lines in one form."""
