"""The drops of the business units as bronze tables."""
