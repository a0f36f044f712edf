"""How a source inherits from the defaults of its file."""

from collections.abc import Mapping
from typing import Any, Final

EXTEND: Final = "+"


class MixedListError(ValueError):
    """A list both replaces and extends."""

    def __init__(self, key: str) -> None:
        """Remember which list."""
        super().__init__(f"{key} has items with and without a leading +")
        self.key = key


def inherit(base: Mapping[str, Any], own: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """Merge maps key by key: a scalar or a list replaces, a list of items with + extends.

    >>> inherit({"a": 1, "b": ["x"], "c": {"d": 1}}, {"b": ["+y"], "c": {"e": 2}})
    {'a': 1, 'b': ['x', 'y'], 'c': {'d': 1, 'e': 2}}
    """
    merged = dict(base)
    for key, value in own.items():
        merged[key] = _one(merged.get(key), value, f"{path}{key}")
    return merged


def _one(inherited: Any, own: Any, path: str) -> Any:
    if isinstance(own, Mapping):
        return inherit(inherited if isinstance(inherited, Mapping) else {}, own, f"{path}.")
    if isinstance(own, list):
        return _list(inherited if isinstance(inherited, list) else [], own, path)
    return own


def _list(inherited: list[Any], own: list[Any], path: str) -> list[Any]:
    extends = [isinstance(item, str) and item.startswith(EXTEND) for item in own]
    if not any(extends):
        return own
    if not all(extends):
        raise MixedListError(path)
    return [*inherited, *(item.removeprefix(EXTEND) for item in own)]
