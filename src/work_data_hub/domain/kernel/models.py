"""Models as values: a version is its content, a judgement says why it may score or may not."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class ModelVerdict(StrEnum):
    """How a challenger fared."""

    PROMOTED = "promoted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """A fitted model as text, and what is known of it; equal content is the same version.

    `about` holds plain JSON values: feature columns, target, parameters, metrics, seeds, data versions.
    """

    name: str
    content: str
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """Twelve hex digits of the content's SHA-256."""
        return self.sha256[:12]

    @property
    def sha256(self) -> str:
        """Fingerprint of the content."""
        return hashlib.sha256(self.content.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Judgement:
    """A challenger against the incumbent and a naive rule, all on the same rows.

    `evidence` holds plain JSON values: metrics by candidate, the rule and its margins; `rows` is the fingerprint
    of the rows that were judged on, so that the verdict can be computed again.
    """

    verdict: ModelVerdict
    reason: str
    challenger: str
    incumbent: str | None
    evidence: Mapping[str, Any]
    rows: str


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training build made: a model and its verdict, both kept whether it won or lost."""

    model: ModelVersion
    judgement: Judgement
