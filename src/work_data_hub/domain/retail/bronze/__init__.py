"""The retail drops as bronze tables."""
