"""Dimensions, orders, daily and monthly marts, KPIs and quality."""
