"""The version of a domain's code is that of its own rules and of what they stand on."""

import shutil
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

from work_data_hub import registry
from work_data_hub.registry import all_builds, code_version

DOMAINS = ("annuity", "retail", "pricing")


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the rules that the versions are made of."""
    source = Path(str(files("work_data_hub")))
    for folder in ("domain", "cleansing", "io/learners"):
        shutil.copytree(source / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(registry, "files", lambda _name: tmp_path)
    return tmp_path


def versions() -> dict[str, str]:
    unremembered: Callable[[str], str] = code_version.__wrapped__
    return {domain: unremembered(domain) for domain in DOMAINS}


def changed(package: Path, file: str) -> set[str]:
    """Change a file and name the domains whose version is another one now."""
    before = versions()
    path = package / file
    path.write_text(f"{path.read_text(encoding='utf-8') if path.exists() else ''}\nX = 1\n", encoding="utf-8")
    return {domain for domain, version in versions().items() if version != before[domain]}


def test_each_domain_has_a_version_of_its_own(package: Path) -> None:
    assert package.exists()
    assert len(set(versions().values())) == len(DOMAINS)
    assert versions() == {domain: code_version(domain) for domain in DOMAINS}


@pytest.mark.parametrize(
    ("file", "domains"),
    [
        ("domain/retail/silver/sales_line.py", {"retail"}),
        ("domain/retail/contracts/gold.py", {"retail"}),
        ("domain/retail/new_rule.py", {"retail"}),
        ("domain/annuity/steps.py", {"annuity"}),
        ("domain/kernel/frames.py", set(DOMAINS)),
        ("domain/pipelines/core.py", set(DOMAINS)),
        ("cleansing/dates.py", set(DOMAINS)),
        ("io/learners/kmeans.py", {"retail"}),
        ("domain/pricing/features/windows.py", {"pricing"}),
        ("io/learners/gbm_features.py", {"pricing"}),
        ("domain/pricing/sample/law.py", set()),
        ("domain/retail/sample/goods.py", set()),
        ("domain/annuity/sample/months.py", set()),
        ("domain/retail/notes.md", set()),
    ],
)
def test_a_change_is_one_of_the_domains_that_stand_on_it(package: Path, file: str, domains: set[str]) -> None:
    assert changed(package, file) == domains


def test_a_file_that_moves_is_another_version(package: Path) -> None:
    before = versions()
    (package / "domain/retail/customers/rfm.py").rename(package / "domain/retail/rfm_scores.py")
    assert versions() == {**before, "retail": versions()["retail"]}
    assert versions() != before


def test_builds_of_all_domains_are_known_without_configuration() -> None:
    assert {build.contract.domain for build in all_builds()} == set(DOMAINS)
