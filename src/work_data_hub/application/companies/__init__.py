"""Company ids that become known after a month was loaded."""
