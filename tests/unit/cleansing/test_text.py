"""One folding for cells, headers and names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from work_data_hub.cleansing.text import fold, is_blank_name, is_null_token, normalise_header, squash


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("  a  b ", "a b"),
        ("\u3000ＡＢ１２\u00a0", "AB12"),
        ("\ufeff上海\u200b", "上海"),
        ("上\r\n海\t市", "上 海 市"),
        ("a\x00b\x07", "ab"),
        ("（１）％￥－", "(1)%¥-"),
        ("\u22125", "-5"),
        ("10²①", "10²①"),
        ("e\u0301", "é"),
    ],
)
def test_folds_width_invisibles_and_white_space(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("written", "same_as"),
    [
        ("流失（含待遇支付）", "流失(含待遇支付)"),
        ("流失\n(含待遇\u3000支付) ", "流失(含待遇支付)"),
        ("期末\t资产 规模", "期末资产规模"),
        ("【备注】", "(备注)"),
    ],
)
def test_headers_differing_only_in_layout_are_the_same(written: str, same_as: str) -> None:
    assert normalise_header(written) == normalise_header(same_as)


@pytest.mark.parametrize(
    "token", ["", "-", "--", "—", "N/A", "na", "无", "暂无", "NULL", "None", "－－", "ｎ／ａ", "\u3000"]
)
def test_null_tokens_are_known_in_every_case_and_width(token: str) -> None:
    assert is_null_token(fold(token))


@pytest.mark.parametrize("token", ["(空白)", "（空白）", "空白", "0", "０", "无"])
def test_more_tokens_mean_a_blank_name(token: str) -> None:
    assert is_blank_name(fold(token))


@pytest.mark.parametrize("text", ["0", "空白", "nan", "无锡"])
def test_other_text_is_no_null_token(text: str) -> None:
    assert not is_null_token(text)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert squash(squash(text)) == squash(text)
    assert normalise_header(normalise_header(text)) == normalise_header(text)


@given(st.text())
def test_squashed_text_holds_no_white_space(text: str) -> None:
    assert not any(character.isspace() for character in squash(text))


@given(st.text(), st.sampled_from(["\u200b", "\ufeff", "\u2060", "\x00"]))
def test_what_cannot_be_seen_makes_no_difference(text: str, invisible: str) -> None:
    assert fold(invisible.join(text)) == fold("".join(text))
