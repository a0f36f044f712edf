"""From the bands of lines to the band of a deal."""
