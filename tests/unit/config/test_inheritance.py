"""How sources inherit from defaults."""

import pytest

from work_data_hub.config.inheritance import MixedListError, inherit

BASE = {"strategy": "highest", "exclude": ["~$*"], "deep": {"a": 1, "inner": {"x": [1], "y": 2}}}


@pytest.mark.parametrize(
    ("own", "key", "merged"),
    [
        ({}, "strategy", "highest"),
        ({"strategy": "latest"}, "strategy", "latest"),
        ({"strategy": None}, "strategy", None),
        ({"exclude": ["*.eml"]}, "exclude", ["*.eml"]),
        ({"exclude": []}, "exclude", []),
        ({"exclude": ["+*.eml", "+a"]}, "exclude", ["~$*", "*.eml", "a"]),
        ({"new": ["+a"]}, "new", ["a"]),
        ({"deep": {"inner": {"y": 3}}}, "deep", {"a": 1, "inner": {"x": [1], "y": 3}}),
        ({"deep": {"inner": {"x": [2]}, "b": 4}}, "deep", {"a": 1, "b": 4, "inner": {"x": [2], "y": 2}}),
        ({"deep": "flat"}, "deep", "flat"),
        ({"strategy": {"a": 1}}, "strategy", {"a": 1}),
    ],
)
def test_scalars_replace_lists_replace_or_extend_and_maps_merge(
    own: dict[str, object], key: str, merged: object
) -> None:
    assert inherit(BASE, own)[key] == merged


def test_list_that_replaces_and_extends_at_once_is_refused() -> None:
    with pytest.raises(MixedListError) as caught:
        inherit(BASE, {"deep": {"inner": {"x": ["+a", "b"]}}})
    assert caught.value.key == "deep.inner.x"


def test_defaults_are_not_changed() -> None:
    inherit(BASE, {"exclude": ["+x"], "deep": {"a": 9, "inner": {"x": ["+z"]}}})
    assert BASE == {"strategy": "highest", "exclude": ["~$*"], "deep": {"a": 1, "inner": {"x": [1], "y": 2}}}
