"""Gold tables as versioned packages that others can verify: build, promote, roll back, prune, take in."""
