"""Whether a file name answers a source; names are compared in one Unicode form and without regard to case."""

import re
from dataclasses import dataclass
from fnmatch import translate
from functools import lru_cache
from pathlib import PurePath

from work_data_hub.application.sources import SourceSpec
from work_data_hub.io.connectors.names import normal


@dataclass(frozen=True, slots=True)
class NameRules:
    """Patterns, exclusions and suffixes of a source."""

    patterns: tuple[str, ...]
    exclude: tuple[str, ...]
    suffixes: tuple[str, ...]

    @classmethod
    def of(cls, spec: SourceSpec) -> "NameRules":
        """Take the rules of a source."""
        return cls(spec.patterns, spec.exclude, spec.suffixes)

    def objection(self, name: str) -> str | None:
        """Say why a name is no candidate, or nothing."""
        folded = _folded(name)
        for pattern in self.exclude:
            if _compiled(pattern).match(folded):
                return f"excluded by {pattern}"
        if not any(_compiled(pattern).match(folded) for pattern in self.patterns):
            return "no pattern matches"
        if PurePath(name).suffix.lower() not in self.suffixes:
            return f"suffix is none of {', '.join(self.suffixes)}"
        return None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> "re.Pattern[str]":
    return re.compile(translate(_folded(pattern)))


def _folded(text: str) -> str:
    # folding can take a text apart again, so it is composed once more
    return normal(normal(text).casefold())
