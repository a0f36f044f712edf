"""The annuity configuration as a value: frozen, and known by its fingerprint."""

from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from work_data_hub.domain.annuity.config import AnnuityConfig, AnnuityMappings, CompanyOverrides

MAPPINGS: dict[str, Any] = {
    "product_lines": {"企年受托": "PL202", "企年投资": "PL201"},
    "branches": {"总部": "G00", "北京": "G01"},
}


def config(salt: str = "salt-one", **changes: Any) -> AnnuityConfig:
    parts = {"mappings": MAPPINGS, "overrides": {}, "start_month": "2023-11", **changes}
    return AnnuityConfig(
        start_month=parts["start_month"],
        mappings=AnnuityMappings(**parts["mappings"]),
        overrides=CompanyOverrides(**parts["overrides"]),
        salt=SecretStr(salt),
    )


def test_fingerprint_ignores_the_order_in_which_things_are_written() -> None:
    reordered = {**MAPPINGS, "product_lines": dict(reversed(MAPPINGS["product_lines"].items()))}
    assert config(mappings=reordered).fingerprint() == config().fingerprint()
    assert len(config().fingerprint()) == 64


@pytest.mark.parametrize(
    "changed",
    [
        config(salt="salt-two"),
        config(overrides={"plan_code": {"FP0001": "614810477"}}),
        config(overrides={"plan_code": {"FP0001": None}}),
        config(mappings={**MAPPINGS, "default_branch": "G01"}),
    ],
)
def test_fingerprint_changes_with_all_that_changes_results(changed: AnnuityConfig) -> None:
    assert changed.fingerprint() != config().fingerprint()


def test_fingerprint_does_not_depend_on_the_first_month() -> None:
    assert config(start_month="2020-01").fingerprint() == config().fingerprint()


def test_salt_is_not_shown() -> None:
    assert "salt-one" not in repr(config())


def test_values_are_frozen_to_the_last_map() -> None:
    made = config()
    with pytest.raises(ValidationError, match="frozen"):
        made.start_month = "2024-01"
    with pytest.raises(TypeError):
        made.mappings.branches["新"] = "G99"  # type: ignore[index]  # the point of the test


def test_later_changes_of_the_source_do_not_reach_in() -> None:
    branches = {"总部": "G00"}
    made = AnnuityMappings(product_lines={}, branches=branches)
    branches["新"] = "G99"
    assert made.branches == {"总部": "G00"}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"default_branch": "G77"}, "default_branch names G77"),
        ({"plan_branches": {"P0001": "G77"}}, "plan_branches names G77"),
        ({"branch_aliases": {"北京": "G01"}}, "a branch and an alias at once"),
        ({"branches": {"总部 ": "G00"}}, "match pattern"),
        ({"unknown": {}}, "Extra inputs"),
    ],
)
def test_mappings_that_contradict_themselves_are_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        AnnuityMappings(**{**MAPPINGS, **changes})


@pytest.mark.parametrize("month", ["2023-13", "202311", "2023-11-01", ""])
def test_first_month_has_one_form(month: str) -> None:
    with pytest.raises(ValidationError):
        config(start_month=month)
