"""`wdh quarantine`."""
