"""One spelling per company."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from work_data_hub.cleansing.names import LEGAL_FORMS, STATUS_WORDS, read_company_name
from work_data_hub.cleansing.registry import get_rule

FIRM = "北京示例科技有限公司"
PIECES = st.sampled_from(
    [
        *STATUS_WORDS,
        *LEGAL_FORMS,
        *(
            "（",
            "）",
            "(",
            ")",
            "【",
            "】",
            "-",
            "—",
            " ",
            "\u3000",
            "\u200b",
            "「",
            "』",
            '"',
            "0",
            "无",
            "空白",
        ),
        *(
            "养老",
            "福利",
            "A123",
            "及下属子企业",
            "(团托)",
            "保留账户管理",
            "中原",
            "原子",
            "北京",
            "有限公司",
            "a",
            "é",
            "\u0301",
        ),
    ]
)


@pytest.mark.parametrize(
    "written",
    [
        *(" 北京 示例\u3000科技有限公司\n", f"「{FIRM}」", f"『{FIRM}』", f'"{FIRM}"', f"“{FIRM}”"),
        *(f"（集团）{FIRM}", f"【原】{FIRM}", f"{FIRM}及下属子企业", f"{FIRM}（团托）", f"(团托){FIRM}"),
        *(f"{FIRM}-养老", f"{FIRM}－福利", f"{FIRM}—养老", f"{FIRM}-A123", f"{FIRM}-a1"),
        *(f"{FIRM}(北京)", f"{FIRM}（已转出）", f"{FIRM}（已转出）（原）", f"{FIRM}()", f"{FIRM}[1]"),
        *(f"原{FIRM}", f"{FIRM}原", f"{FIRM}本部", f"{FIRM}企业年金计划", f"{FIRM}-已转出", f"已作废_{FIRM}"),
        *(f"存量{FIRM}（保留账户）-福利", f"（原）{FIRM}（上海）已转出-A7", f"待转出原{FIRM}转移终止"),
    ],
)
def test_layout_brackets_endings_and_status_words_are_removed(written: str) -> None:
    assert read_company_name(written) == FIRM


@pytest.mark.parametrize("word", STATUS_WORDS)
def test_every_status_word_is_removed_at_both_ends(word: str) -> None:
    assert read_company_name(word + FIRM) == FIRM
    assert read_company_name(FIRM + word) == FIRM
    assert read_company_name(f"{FIRM}（{word}）") == FIRM


def test_longer_status_words_come_before_those_they_contain() -> None:
    for position, word in enumerate(STATUS_WORDS):
        assert not any(word != later and word in later for later in STATUS_WORDS[position:])


@pytest.mark.parametrize("form", sorted(LEGAL_FORMS))
def test_a_legal_form_in_brackets_stays(form: str) -> None:
    assert read_company_name(f"上海某某事务所（{form}）已转出") == f"上海某某事务所({form})"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        *[("保留账户管理", "保留账户管理"), ("示例公司保留账户管理", "示例公司保留账户管理")],
        *[
            ("原子能研究院", "原子能研究院"),
            ("原阳县供电局", "原阳县供电局"),
            ("石油公司中原", "石油公司中原"),
        ],
        *[
            ("abc集团", "ABC集团"),
            ("ＡＢＣ（中国）有限公司", "ABC(中国)有限公司"),
            ("ABC【中国】公司", "ABC(中国)公司"),
        ],
    ],
)
def test_words_within_longer_words_stay_and_latin_is_upper_case(written: str, name: str) -> None:
    assert read_company_name(written) == name


@pytest.mark.parametrize("written", ["终止", "企业年金计划", "（北京）", "已转出（原）", "原原"])
def test_a_name_is_never_stripped_to_nothing(written: str) -> None:
    assert read_company_name(written) == written.replace("（", "(").replace("）", ")")


@pytest.mark.parametrize(
    "written", ["", " ", "-", "—", "N/A", "无", "null", "(空白)", "（空白）", "空白", "0", "０", '""']
)
def test_a_blank_name_is_none(written: str) -> None:
    assert get_rule("customer_name").apply(written) is None


@given(st.lists(PIECES, max_size=8).map("".join) | st.text())
def test_cleaning_twice_changes_nothing(written: str) -> None:
    rule = get_rule("customer_name")
    once = rule.apply(written)
    assert once is None or rule.apply(str(once)) == once
