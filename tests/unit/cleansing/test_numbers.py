"""Exact decimals by declared unit."""

from decimal import ROUND_HALF_UP, Decimal

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from work_data_hub.cleansing.column import apply_rule
from work_data_hub.cleansing.numbers import decimal_number, flag_unit_mix
from work_data_hub.cleansing.registry import get_rule
from work_data_hub.cleansing.rule import Rule, Unreadable
from work_data_hub.domain.kernel.errors import ConfigurationError

STEP = Decimal("0.0001")
DECIMALS = st.decimals(-(10**13), 10**13, allow_nan=False, places=12)


def texts(*cells: str | None) -> pd.Series:
    return pd.Series(list(cells), dtype=pd.ArrowDtype(pa.string()))


def read(rule: Rule, *cells: str) -> list[Decimal]:
    values, failures = apply_rule(texts(*cells), rule)
    assert failures == ()
    return values.tolist()


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *[
            ("1234.5", "1234.5"),
            ("-1234.5", "-1234.5"),
            ("+5", "5"),
            (".5", "0.5"),
            ("5.", "5"),
            ("007", "7"),
        ],
        *[
            ("1,234.50", "1234.5"),
            ("1，234，567", "1234567"),
            ("1 234 567.5", "1234567.5"),
            ("-1,234", "-1234"),
        ],
        *[
            ("¥1,234.50", "1234.5"),
            ("￥ 5", "5"),
            ("$5", "5"),
            ("€5", "5"),
            ("£5", "5"),
            ("-¥5", "-5"),
            ("¥-5", "-5"),
        ],
        *[("(1,234.50)", "-1234.5"), ("（1,234.50）", "-1234.5"), ("(¥5)", "-5"), ("1234.50-", "-1234.5")],
        *[
            ("3.2万", "32000"),
            ("3.2 万元", "32000"),
            ("1.5亿", "150000000"),
            ("1.5亿元", "150000000"),
            ("5元", "5"),
        ],
        *[("(3万)", "-30000"), ("1.2E+05", "120000"), ("1.2e-3", "0.0012"), ("-1E2", "-100")],
        *[("１，２３４．５", "1234.5"), ("\u30005\u00a0", "5"), ("\u22125", "-5"), ("－５", "-5")],
        *[("0", "0"), ("-0", "0"), ("-0.00001", "0"), ("1E-300", "0")],
    ],
)
def test_every_form_of_an_amount_is_read_exactly(written: str, value: str) -> None:
    assert read(get_rule("amount_yuan"), written) == [Decimal(value)]


@pytest.mark.parametrize(
    "written",
    [
        *(
            "1,23,4",
            "12,34",
            "1,2345",
            ",123",
            "1,234,",
            "12 34",
            "1 23",
            "1.2.3",
            "12..3",
            "abc",
            "1.2x",
            ".",
        ),
        *(
            "--5",
            "-5-",
            "(-5)",
            "(5",
            "5)",
            "+-5",
            "-¥-5",
            "¥",
            "万",
            "()",
            "1E",
            "5.5%",
            "10²",
            "①",
            "0x10",
            "1_000",
        ),
        *("nan", "inf", "合计", "#DIV/0!"),
    ],
)
def test_a_malformed_amount_is_unreadable_and_says_what_was_expected(written: str) -> None:
    values, failures = apply_rule(texts("1", written), get_rule("amount_yuan"))
    assert values.isna().tolist() == [False, True]
    assert [(fault.position, fault.value) for fault in failures] == [(1, written)]
    assert "amount in yuan" in failures[0].expected


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *[("1.00005", "1.0001"), ("-1.00005", "-1.0001"), ("1.00004999999999999", "1.0000")],
        *[("2.00015", "2.0002"), ("1,000.00005", "1000.0001"), ("0.00005", "0.0001")],
    ],
)
def test_ties_are_rounded_away_from_zero_once(written: str, value: str) -> None:
    assert read(get_rule("amount_yuan"), written) == [Decimal(value)]


@pytest.mark.parametrize(
    "written", ["99999999999999.99995", "100000000000000", "1E15", "1E999", "-1000000亿"]
)
def test_what_does_not_fit_is_a_failure_and_no_crash(written: str) -> None:
    _, failures = apply_rule(texts(written), get_rule("amount_yuan"))
    assert [fault.reason for fault in failures] == ["does not fit decimal(18,4)"]


def test_the_largest_number_that_fits_is_kept() -> None:
    assert read(get_rule("amount_yuan"), "99999999999999.9999") == [Decimal("99999999999999.9999")]


@pytest.mark.parametrize(
    ("rule", "written", "value"),
    [
        *[("fraction", "0.055", "0.055"), ("fraction", "5.5%", "0.055"), ("fraction", "5.5％", "0.055")],
        *[("fraction", "5.5", "5.5"), ("fraction", "(5.5%)", "-0.055"), ("fraction", "-0.5 %", "-0.005")],
        *[("percent", "5.5", "0.055"), ("percent", "5.5%", "0.055"), ("percent", "0.9", "0.009")],
        *[("percent", "250", "2.5"), ("fraction", "0.0000005", "0.000001")],
        *[("amount_100m_yuan", "1.5", "1.5"), ("amount_100m_yuan", "1.5亿元", "1.5")],
        *[
            ("amount_100m_yuan", "5000万", "0.5"),
            ("amount_10k_yuan", "0.3亿", "3000"),
            ("number", "3万", "30000"),
        ],
    ],
)
def test_the_declared_unit_and_not_the_size_decides(rule: str, written: str, value: str) -> None:
    assert read(get_rule(rule), written) == [Decimal(value)]


@pytest.mark.parametrize(
    ("rule", "written"),
    [("fraction", "5万"), ("percent", "¥5"), ("number", "5元"), ("number", "$5"), ("number", "5%")],
)
def test_a_mark_of_another_unit_is_refused(rule: str, written: str) -> None:
    with pytest.raises(Unreadable, match="but the column is in"):
        get_rule(rule).apply(written)


def test_an_unknown_unit_is_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError, match="one of the known units"):
        decimal_number(18, 4, "dollars")


@pytest.mark.parametrize(("precision", "scale"), [(6, 6), (38, 20), (4, 3)])
def test_narrow_and_very_fine_columns_are_read_too(precision: int, scale: int) -> None:
    rule = decimal_number(precision, scale, "number")
    assert read(rule, "0.5", "-0.125") == [Decimal("0.5"), Decimal("-0.125")]


@given(st.lists(DECIMALS, min_size=1, max_size=20))
def test_plain_and_odd_forms_agree_with_exact_rounding(numbers: list[Decimal]) -> None:
    expected = [number.quantize(STEP, ROUND_HALF_UP) for number in numbers]
    for form in ("{:f}", "{:,f}", "¥{:f}", "{:E}"):
        assert read(get_rule("amount_yuan"), *(form.format(number) for number in numbers)) == expected


@given(DECIMALS.filter(lambda number: number > 0))
def test_all_forms_of_a_negative_are_the_same(number: Decimal) -> None:
    forms = (f"-{number:f}", f"({number:,f})", f"（{number:f}）", f"{number:f}-", f"¥-{number:f}")
    assert len(set(read(get_rule("amount_yuan"), *forms))) == 1


def test_bare_numbers_above_one_in_a_fraction_column_are_counted() -> None:
    cells = texts("0.05", "5.5%", "5.5", "-3", None, "x", "1", "250％")
    fractions, _ = apply_rule(cells, get_rule("fraction"))
    mix = flag_unit_mix(cells, fractions)
    assert (mix.percent_signed, mix.bare, mix.bare_above_one, mix.suspicious) == (2, 4, 2, True)


def test_a_column_of_small_fractions_is_not_suspicious() -> None:
    cells = texts("0.05", "-0.9", None)
    fractions, _ = apply_rule(cells, get_rule("fraction"))
    assert not flag_unit_mix(cells, fractions).suspicious
