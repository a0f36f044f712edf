"""A source is monthly or a drop, and never a bit of both."""

from pathlib import Path

import pytest

from work_data_hub.application.sources import OnAmbiguous, SourceSpec
from work_data_hub.config.sources import read_sources
from work_data_hub.config.yaml_files import read_yaml
from work_data_hub.domain.kernel.errors import ConfigurationError


def source(tmp_path: Path, folders: str, more: str = "") -> SourceSpec:
    text = (
        "schema_version: 1\nstart_month: 2024-01\nsources:\n  lines:\n"
        f'    folders: {folders}\n    patterns: ["*"]\n{more}'
    )
    (tmp_path / "demo.yml").write_text(text, encoding="utf-8")
    return read_sources("demo", read_yaml(tmp_path, "demo.yml"))["demo.lines"]


@pytest.mark.parametrize("folders", ['["shop"]', '["shop/in", "other"]', '["."]', '["2010/12"]'])
def test_folders_without_a_variable_make_a_drop(tmp_path: Path, folders: str) -> None:
    assert source(tmp_path, folders).is_drop


@pytest.mark.parametrize("folders", ['["{YYYYMM}"]', '["{YYYY}/{MM}", "in {YYYYMM}"]'])
def test_folders_that_tell_the_month_make_a_monthly_source(tmp_path: Path, folders: str) -> None:
    assert not source(tmp_path, folders).is_drop


def test_the_files_of_a_drop_may_belong_together(tmp_path: Path) -> None:
    spec = source(tmp_path, '["shop"]', "    on_ambiguous: together\n    suffixes: [.xlsx, .parquet]\n")
    assert spec.on_ambiguous is OnAmbiguous.TOGETHER
    assert spec.suffixes == (".xlsx", ".parquet")


@pytest.mark.parametrize(
    ("folders", "more", "told"),
    [
        ('["{YYYYMM}", "shop"]', "", "all tell the month, or, for a drop, folders of which none does"),
        ('["shop", "{YYYY}/{MM}"]', "", "all tell the month, or, for a drop, folders of which none does"),
        ('["{YYYYMM}"]', "    on_ambiguous: together\n", "together for a drop"),
        ('["{YYYY}"]', "", "tells the month"),
        ('["shop/{MM}"]', "", "tells the month"),
        ('["../shop"]', "", "below the landing root"),
        ('["/shop"]', "", "below the landing root"),
    ],
)
def test_a_bit_of_both_is_refused(tmp_path: Path, folders: str, more: str, told: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        source(tmp_path, folders, more)
    assert told in str(caught.value)
    assert str(caught.value.evidence["key"]).startswith("sources.lines")
