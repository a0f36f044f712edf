"""What people are told when something is broken, refused or late."""
