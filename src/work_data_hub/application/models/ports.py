"""What the use cases need of an experiment tracker."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from work_data_hub.application.models.book import KeptVersion


@dataclass(frozen=True, slots=True)
class TrackedModel:
    """A version as a tracker is told of it: the model itself, and how it fared when it was judged."""

    kept: KeptVersion
    evidence: Mapping[str, Any] = field(default_factory=dict)
    verdict: str | None = None
    reason: str | None = None


class ExperimentTracker(Protocol):
    """Shows models to people; what it holds follows from the ledger, and nothing reads it back."""

    def tracked(self, name: str) -> frozenset[str]:
        """Give the versions of a model that the tracker has in full."""

    def track(self, model: TrackedModel) -> None:
        """Take a version in: its parameters, metrics and artifacts, and a place in the registry."""

    def show_champion(self, name: str, version: str | None) -> None:
        """Let the alias `champion` show a version, or nothing."""
