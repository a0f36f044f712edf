"""Rules of the retail business that several tables share."""
