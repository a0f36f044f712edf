"""Which company a row belongs to: layers in order, temporary ids, and where an answer comes from."""

import base64
import hashlib
import hmac
from typing import Any

import pandas as pd
import pytest
from tests.unit.annuity.rows import config, detail, values

from work_data_hub.domain.annuity.companies import temporary_company_id
from work_data_hub.domain.annuity.steps import company_resolver

KEYS = {
    "plan_code": "111111111",
    "account_number": "222222222",
    "hard_coded": "333333333",
    "customer_name": "444444444",
    "account_name": "555555555",
}
ROW: dict[str, Any] = {
    "plan_code": "S1001",
    "group_customer_number": "C10000013",
    "customer_name": "原岚汐科技有限公司",
    "source_company_id": "700000001",
}
OVERRIDES = {
    "plan_code": {"S1001": KEYS["plan_code"]},
    "account_number": {"10000013": KEYS["account_number"]},
    "hard_coded": {"S1001": KEYS["hard_coded"]},
    "customer_name": {"岚汐科技有限公司": KEYS["customer_name"]},
    "account_name": {"原岚汐科技有限公司": KEYS["account_name"]},
}


def resolved(row: dict[str, Any], **kinds: Any) -> tuple[Any, Any]:
    accepted = detail(row, settings=config(**kinds)).accepted
    return values(accepted, "company_id")[0], values(accepted, "company_id_origin")[0]


@pytest.mark.parametrize("first", range(len(OVERRIDES)))
def test_override_files_are_asked_in_order(first: int) -> None:
    kept = dict(list(OVERRIDES.items())[first:])
    companies = company_resolver(config(overrides=kept))
    keys = {
        "plan_code": "S1001",
        "account_number": "10000013",
        "customer_name": "岚汐科技有限公司",
        "account_name": "原岚汐科技有限公司",
        "source_company_id": "700000001",
    }
    frame = pd.DataFrame(
        {name: pd.Series([key], dtype="string[pyarrow]", index=[7]) for name, key in keys.items()}
    )
    found = companies.resolve(frame)
    assert found.to_numpy().tolist() == [[KEYS[next(iter(kept))], "override", f"override.{next(iter(kept))}"]]
    assert found.index.to_list() == [7]


def test_an_override_may_say_that_there_is_deliberately_no_id() -> None:
    overrides = {"plan_code": {"S1001": None}, "customer_name": OVERRIDES["customer_name"]}
    assert resolved(ROW, overrides=overrides) == (None, "override")


def test_the_source_column_comes_after_the_overrides() -> None:
    assert resolved(ROW) == ("700000001", "source")


def test_words_for_nothing_are_no_source_id() -> None:
    words = ("N", "n", "NA", "NONE", "NULL", "NAN", "nan", "-", " ", None)
    accepted = detail(*(ROW | {"source_company_id": word} for word in words)).accepted
    assert set(values(accepted, "company_id_origin")) == {"temporary"}


def test_a_source_id_of_another_form_is_kept_and_counted() -> None:
    outcome = detail(ROW | {"source_company_id": "A-17"}, ROW | {"source_company_id": "700000001.0"})
    assert values(outcome.accepted, "company_id") == ["A-17", "700000001"]
    assert outcome.facts["metrics"]["company_id.source_of_unusual_form"] == 1  # type: ignore[index]


def test_a_source_id_that_lost_digits_is_dropped_and_the_row_stays() -> None:
    outcome = detail(ROW | {"source_company_id": "7.0E+08"})
    assert values(outcome.accepted, "company_id_origin") == ["temporary"]
    assert outcome.counts.discarded_values == 1
    assert any("source company id" in warning for warning in outcome.warnings)


def test_a_temporary_id_is_a_keyed_hash_of_the_clean_name() -> None:
    digest = hmac.new(b"test-salt", "岚汐科技有限公司".encode(), hashlib.sha256).digest()
    expected = "IN" + base64.b32encode(digest[:10]).decode()
    assert resolved(ROW | {"source_company_id": None}) == (expected, "temporary")
    assert len(expected) == 18


def test_one_name_has_one_temporary_id_in_whatever_spelling() -> None:
    names = ("岚汐科技有限公司", "「岚汐 科技有限公司」（已转出）-福利", "澜泊科技有限公司")
    outcome = detail(*({"customer_name": name} for name in names))
    first, second, other = values(outcome.accepted, "company_id")
    assert first == second != other


def test_another_salt_gives_other_temporary_ids() -> None:
    assert temporary_company_id("岚汐", "one") != temporary_company_id("岚汐", "two")


def test_a_blank_name_never_gets_a_temporary_id() -> None:
    assert resolved({"customer_name": "空白"}) == (None, None)


def test_a_blank_name_still_has_the_id_of_its_plan() -> None:
    row = {"customer_name": None, "plan_type": "集合计划"}
    assert resolved(row, overrides=OVERRIDES) == (KEYS["plan_code"], "override")


def test_rows_are_counted_by_the_origin_of_their_id() -> None:
    rows: tuple[dict[str, str | None], ...] = (
        {},
        {"source_company_id": "700000001"},
        {"customer_name": None},
        {"plan_code": "S2"},
        {"plan_code": "S3"},
    )
    overrides = {"plan_code": {"S2": "600000001", "S3": None}}
    metrics = detail(*rows, settings=config(overrides=overrides)).facts["metrics"]
    found = {name: value for name, value in metrics.items() if name.startswith("company_id.")}  # type: ignore[attr-defined]
    assert found == {
        "company_id.override": 2,
        "company_id.source": 1,
        "company_id.look_up": 0,
        "company_id.temporary": 1,
        "company_id.none": 1,
        "company_id.deliberately_none": 1,
        "company_id.temporary_distinct": 1,
        "company_id.source_of_unusual_form": 0,
    }
