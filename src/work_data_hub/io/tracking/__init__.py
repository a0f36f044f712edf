"""Experiment tracking: what the champion ledger says, shown in MLflow."""
