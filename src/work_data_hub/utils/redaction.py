"""Taking secrets out of text and values before anybody can read them; what a secret looks like is said here alone."""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from pydantic import SecretStr

MASK: Final = "***"

_SHORTEST_KNOWN: Final = 6
_DEEPEST: Final = 8
_WORD: Final = (
    r"pass(?:word|wd|phrase)|pwd|secret|token|salt|credential|api[-_]?key|access[-_]?key|private[-_]?key"
    r"|authorization|cookie"
)
_SECRET_KEY: Final = re.compile(_WORD, re.IGNORECASE)
# every repeat is bounded, so that a long line costs no more than its length
_PATTERNS: Final = (
    # scheme://user:password@host, also where the password holds an unescaped / or @
    (re.compile(r"(\b\w[\w+.-]{0,30}://[^\s/:@'\"]{0,256}:)[^\s'\"]{1,1024}@"), rf"\1{MASK}@"),
    (re.compile(r"(https?://)[^\s/:@'\"]{1,1024}@", re.IGNORECASE), rf"\1{MASK}@"),
    (
        re.compile(r"(authorization\\?['\"]?\s*[:=]\s*\\?['\"]?)(?:[A-Za-z]+\s+)?[^\s,'\"]+", re.IGNORECASE),
        rf"\1{MASK}",
    ),
    (re.compile(r"\b(bearer)\s+[\w.~+/=-]+", re.IGNORECASE), rf"\1 {MASK}"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*"), MASK),
    (
        re.compile(
            rf"((?:{_WORD})[\w-]{{0,64}}\\?['\"]?\s{{0,8}}[=:]\s{{0,8}})"
            r"(\w{0,16}\(?\"[^\"\n]*\"|\w{0,16}\(?'[^'\n]*'|[^\s,;&)}\]]+)",
            re.IGNORECASE,
        ),
        rf"\1{MASK}",
    ),
)


class Redactor:
    """Masks what looks like a secret, and the known secrets wherever they appear."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        """Remember known secrets; shorter ones than six characters would mask ordinary text."""
        fit = {secret for secret in known if len(secret) >= _SHORTEST_KNOWN}
        self._known = tuple(sorted(fit, key=lambda secret: (-len(secret), secret)))

    def text(self, text: str) -> str:
        """Give the text without secrets."""
        for secret in self._known:
            text = text.replace(secret, MASK)
        for pattern, masked in _PATTERNS:
            text = pattern.sub(masked, text)
        return text

    def value(self, value: Any, depth: int = 0) -> Any:
        """Give a value without secrets, as JSON can carry it."""
        if value is None or isinstance(value, bool | int):
            return value
        if isinstance(value, float):
            return value if math.isfinite(value) else str(value)
        if isinstance(value, SecretStr):
            return MASK
        if depth < _DEEPEST and isinstance(value, Mapping):
            return {self.text(str(key)): self._entry(key, item, depth + 1) for key, item in value.items()}
        if depth < _DEEPEST and isinstance(value, list | tuple | set | frozenset):
            return [self.value(item, depth + 1) for item in value]
        return self.text(str(value))

    def _entry(self, key: object, value: Any, depth: int) -> Any:
        if looks_secret(str(key)) and value is not None and not isinstance(value, bool):
            return MASK
        return self.value(value, depth)


def looks_secret(name: str) -> bool:
    """Say whether a name is one that holds secrets.

    >>> looks_secret("COMPANY_ID_SALT"), looks_secret("branch")
    (True, False)
    """
    return _SECRET_KEY.search(name) is not None


def redact(text: str) -> str:
    """Give the text without what looks like a secret."""
    return _PLAIN.text(text)


_PLAIN: Final = Redactor()
