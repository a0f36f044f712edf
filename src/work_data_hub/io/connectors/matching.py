"""Whether a file name answers a source; names are compared in one Unicode form and without regard to case."""

import unicodedata
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePath

from work_data_hub.application.sources import SourceSpec


def normal(name: str) -> str:
    """Give a name in the Unicode form in which names are compared and kept."""
    return unicodedata.normalize("NFC", name)


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
        for pattern in self.exclude:
            if _matches(name, pattern):
                return f"excluded by {pattern}"
        if not any(_matches(name, pattern) for pattern in self.patterns):
            return "no pattern matches"
        if PurePath(name).suffix.lower() not in self.suffixes:
            return f"suffix is none of {', '.join(self.suffixes)}"
        return None


def _matches(name: str, pattern: str) -> bool:
    return fnmatchcase(normal(name).casefold(), normal(pattern).casefold())
