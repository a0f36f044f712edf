"""Loading the YAML configuration: what ships, what is inherited, and every way to get it wrong."""

import shutil
from pathlib import Path

import pytest

from work_data_hub.application.sources import OnAmbiguous, VersionStrategy
from work_data_hub.config.loader import (
    load_annuity_config,
    load_source_specs,
    load_start_month,
    packaged_config,
)
from work_data_hub.config.settings import Settings
from work_data_hub.domain.kernel.errors import ConfigurationError
from work_data_hub.domain.kernel.period import Period

DOMAIN = """
schema_version: 1
start_month: 2024-01
defaults:
  exclude: ["~$*"]
  version_strategy: highest
sources:
  main:
    folders: ["{YYYYMM}"]
    patterns: ["*.xlsx"]
"""


@pytest.fixture
def settings() -> Settings:
    return Settings(database_url="embedded", company_id_salt="a-salt-of-our-own", _env_file=None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    packaged = packaged_config()
    for path in packaged.glob("*.yml"):
        shutil.copy(path, tmp_path)
    shutil.copytree(packaged / "annuity_overrides", tmp_path / "annuity_overrides")
    return tmp_path


def refusal(folder: Path) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        load_source_specs(folder)
    assert "Fix: " in str(caught.value)
    return caught.value


def written(tmp_path: Path, text: str) -> Path:
    (tmp_path / "demo.yml").write_text(text, encoding="utf-8")
    return tmp_path


def test_packaged_annuity_source() -> None:
    spec = load_source_specs()["annuity"]
    assert spec.domain == "annuity"
    assert spec.folders == ("{YYYYMM}/收集数据/数据采集", "{YYYYMM}/数据采集", "{YYYYMM}")
    assert spec.version_strategy is VersionStrategy.HIGHEST
    assert spec.on_ambiguous is OnAmbiguous.ERROR
    assert {"~$*", "*.eml", "*回复*"} <= set(spec.exclude)
    assert load_start_month("annuity") == Period(2023, 11)


def test_packaged_mappings_hold_the_business_code_lists(settings: Settings) -> None:
    mappings = load_annuity_config(settings).mappings
    assert sorted(mappings.branches.values()) == [f"G{number:02d}" for number in range(38)]
    assert len(mappings.product_lines) == 12
    assert mappings.product_lines["职年受托"] == "PL204"
    assert {mappings.branch_codes[name] for name in ("战略", "中国", "北京其他", "北分", "北总")} == {"G37"}
    assert mappings.branch_codes["内蒙"] == mappings.branch_codes["内蒙古"] == "G31"
    assert mappings.branch_codes["深圳分公司"] == "G05"
    assert mappings.plan_code_fixes == {"1P0290": "P0290", "1P0807": "P0807"}
    assert mappings.default_plan_codes == {"集合计划": "AN001", "单一计划": "AN002"}
    assert mappings.portfolio_defaults_by_business_type == {"职年受托": "QTAN003", "职年投资": "QTAN003"}
    assert mappings.portfolio_defaults_by_plan_type["单一计划"] == "QTAN002"


def test_packaged_overrides_hold_the_known_plans(settings: Settings) -> None:
    overrides = load_annuity_config(settings).overrides
    assert overrides.plan_code["FP0001"] == overrides.plan_code["FP0002"] == "614810477"
    assert overrides.plan_code["XNP467"] == "603968573"
    assert len(overrides.plan_code) == 11


def test_configuration_carries_the_salt_of_the_settings(settings: Settings) -> None:
    assert load_annuity_config(settings).salt is settings.company_id_salt


def test_none_means_deliberately_no_id(folder: Path, settings: Settings) -> None:
    (folder / "annuity_overrides" / "customer_name.yml").write_text(
        '某公司: none\n乙: "600000001"\n', "utf-8"
    )
    assert load_annuity_config(settings, folder).overrides.customer_name == {
        "某公司": None,
        "乙": "600000001",
    }


def test_absent_override_file_is_an_empty_map(folder: Path, settings: Settings) -> None:
    shutil.rmtree(folder / "annuity_overrides")
    assert load_annuity_config(settings, folder).overrides.plan_code == {}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("FP0001: 614810477", "text, quoted"),
        ('FP0001: "12"', "match pattern"),
        ("FP0001:", "an id, or none"),
        ("12345: none\n12345: none", "every key once"),
        ("12345: none", "text, quoted"),
    ],
)
def test_wrong_override_is_refused_with_file_line_and_key(folder: Path, line: str, told: str) -> None:
    (folder / "annuity_overrides" / "plan_code.yml").write_text(f"# ids\n{line}\n", encoding="utf-8")
    error = refusal(folder)
    assert told in str(error)
    assert error.evidence["file"] == "annuity_overrides/plan_code.yml"
    assert error.evidence["key"] in ("FP0001", "12345")
    assert "line " in str(error)


def test_stray_override_file_is_refused(folder: Path) -> None:
    (folder / "annuity_overrides" / "plan_codes.yml").write_text("{}\n")
    assert "plan_codes.yml is no override file" in str(refusal(folder))


def test_mapping_to_a_branch_nobody_has_is_refused(folder: Path) -> None:
    path = folder / "annuity_mappings.yml"
    path.write_text(path.read_text("utf-8").replace("广州: G04", "广州: G99"), encoding="utf-8")
    assert "branch_aliases names G99, which no branch has" in str(refusal(folder))


def test_a_wrong_file_of_one_domain_refuses_all(folder: Path) -> None:
    (folder / "zebra.yml").write_text("schema_version: 2\n", encoding="utf-8")
    assert refusal(folder).evidence["file"] == "zebra.yml"


RETAIL = [
    *(
        f"retail.contoso_{name}"
        for name in ("campaigns", "channels", "customers", "products", "sales", "salesitems", "stock")
    ),
    "retail.eurostyle",
    "retail.rates",
]


def test_sources_of_all_domains_are_known_by_name(folder: Path) -> None:
    more = DOMAIN + '  awards:\n    folders: ["{YYYY}/{MM}"]\n    patterns: ["*台账*.xlsx"]\n'
    (folder / "demo.yml").write_text(more, encoding="utf-8")
    specs = load_source_specs(folder)
    assert sorted(specs) == ["annuity", "demo", "demo.awards", *RETAIL]
    assert specs["demo.awards"].domain == "demo.awards"
    assert specs["demo.awards"].exclude == ("~$*",)


@pytest.mark.parametrize(
    ("old", "new", "key", "told"),
    [
        ("schema_version: 1", "schema_version: 9", "schema_version", "expected 1"),
        ("start_month: 2024-01", "start_month: 2024-13", "start_month", "'2024-13'"),
        ("start_month: 2024-01", "start_month: 2024-01-01", "start_month", "text, quoted"),
        ("start_month: 2024-01\n", "", "start_month", "is missing"),
        ("defaults:", "other: 1\ndefaults:", "other", "no such key"),
        ('patterns: ["*.xlsx"]', "patterns: []", "sources.main.patterns", "at least 1"),
        ('patterns: ["*.xlsx"]', 'patterns: ["a/*.xlsx"]', "sources.main.patterns.0", "without folders"),
        ('patterns: ["*.xlsx"]', 'pattern: ["*.xlsx"]', "sources.main.pattern", "no such key"),
        ('["{YYYYMM}"]', '["x/{yyyymm}"]', "sources.main.folders.0", "no variable but"),
        ('["{YYYYMM}"]', '["{YYYYMM}", "fixed"]', "sources.main", "all tell the month"),
        ('["{YYYYMM}"]', '["{YYYY}"]', "sources.main.folders.0", "tells the month"),
        ('["{YYYYMM}"]', '["../{YYYYMM}"]', "sources.main.folders.0", "below the landing root"),
        ('["{YYYYMM}"]', '["/{YYYYMM}"]', "sources.main.folders.0", "below the landing root"),
        ("strategy: highest", "strategy: tallest", "sources.main.version_strategy", "'highest', 'latest' or"),
        ("strategy: highest", "strategy: manual", "sources.main", "a version with version_strategy manual"),
        ('exclude: ["~$*"]', 'exclude: ["+a", "b"]', "defaults.exclude", "a leading + on every item"),
        ("sources:\n  main:", "sources: {}\ndefaults2:\n  main:", "defaults2", "no such key"),
        ("schema_version: 1", "schema_version: 1\nschema_version: 1", "schema_version", "lines 2 and 3"),
    ],
)
def test_wrong_key_is_told_with_file_line_path_and_expectation(
    tmp_path: Path, old: str, new: str, key: str, told: str
) -> None:
    assert old in DOMAIN
    error = refusal(written(tmp_path, DOMAIN.replace(old, new)))
    assert told in str(error)
    assert "demo.yml" in str(error)
    assert error.evidence["key"] == key
    assert error.exit_status == 2


def test_nested_duplicate_keys_are_refused(tmp_path: Path) -> None:
    twice = DOMAIN + '    patterns: ["other"]\n'
    assert refusal(written(tmp_path, twice)).evidence["key"] == "sources.main.patterns"


@pytest.mark.parametrize(
    "text",
    [
        "schema_version: !!python/object/apply:os.getcwd []",
        "a: !custom 1",
        "a: [1",
        "- a list",
        "just text",
        "a: 1\n---\nb: 2",
    ],
)
def test_anything_but_one_plain_map_is_refused(tmp_path: Path, text: str) -> None:
    assert "demo.yml" in str(refusal(written(tmp_path, text)))


def test_empty_file_lacks_its_keys(tmp_path: Path) -> None:
    assert "is missing" in str(refusal(written(tmp_path, "")))


def test_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "demo.yml").write_bytes("机构: 1".encode("gbk"))
    assert "UTF-8" in str(refusal(tmp_path))


def test_domain_without_configuration_is_told_with_those_there_are() -> None:
    with pytest.raises(ConfigurationError, match="Expected: annuity"):
        load_start_month("nobody")
