"""Codes stay text and lose only what spreadsheets and habits added."""

import pytest

from work_data_hub.cleansing.codes import plan_code_rule
from work_data_hub.cleansing.registry import get_rule
from work_data_hub.cleansing.rule import Unreadable


@pytest.mark.parametrize(
    ("rule", "written", "code"),
    [
        *[
            ("code", " A 1 ", "A1"),
            ("code", "12345.0", "12345"),
            ("code", "００１２", "0012"),
            ("code", "1.5", "1.5"),
        ],
        *[("code", "-", None), ("code", "0", "0"), ("code", "ab", "ab")],
        *[("portfolio_code", "F12345", "12345"), ("portfolio_code", "f12345", "12345")],
        *[
            ("portfolio_code", "FF1", "F1"),
            ("portfolio_code", "F", "F"),
            ("portfolio_code", "12345.0", "12345"),
        ],
        *[("portfolio_code", "F12345.0", "12345"), ("portfolio_code", "QTAN001", "QTAN001")],
        *[("portfolio_code", "Ｆ００１", "001"), ("portfolio_code", "", None)],
        *[("plan_code", " an001 ", "AN001"), ("plan_code", "ｘｎｐ466", "XNP466"), ("plan_code", "无", None)],
        *[
            ("strip_leading_c", "C0012", "0012"),
            ("strip_leading_c", "c12", "12"),
            ("strip_leading_c", "CX1", "CX1"),
        ],
        *[("strip_leading_c", "CC1", "CC1"), ("strip_leading_c", "C", "C"), ("strip_leading_c", "12", "12")],
        *[("source_company_id", "614810477", "614810477"), ("source_company_id", "614810477.0", "614810477")],
        *[("source_company_id", token, None) for token in ("N", "na", "NONE", "NULL", "nan", "－")],
        *[("text", " 上海　一号 ", "上海 一号"), ("text", "暂无", None), ("text", "0", "0")],
    ],
)
def test_codes_are_read_as_text(rule: str, written: str, code: str | None) -> None:
    assert get_rule(rule).apply(written) == code


def test_a_code_that_lost_digits_as_a_number_is_refused() -> None:
    with pytest.raises(Unreadable, match="lost digits"):
        get_rule("code").apply("1.23456789012346E+17")


def test_known_misspellings_of_plan_codes_are_corrected_in_any_case() -> None:
    rule = plan_code_rule({"1P0290": "P0290", "1p0807": "P0807"})
    assert [rule.apply(code) for code in ("1p0290", "１Ｐ０８０７", "P0290", "--")] == [
        "P0290",
        "P0807",
        "P0290",
        None,
    ]
