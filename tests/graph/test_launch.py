import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest
from tests.fakes import FakeFinder, FakeLedger, FakeQuarantine, FakeStore
from tests.graph.shop_hub import settings

from work_data_hub.application.sources import FoundFile
from work_data_hub.bootstrap import Hub, build_hub
from work_data_hub.domain.annuity.sample.book import make_book
from work_data_hub.domain.annuity.sample.months import month_plan
from work_data_hub.domain.annuity.sample.options import SampleOptions
from work_data_hub.domain.annuity.tables import BUILDS, INTAKES
from work_data_hub.domain.kernel.errors import AmbiguousCandidatesError, PermanentError
from work_data_hub.domain.kernel.period import Period
from work_data_hub.io.samples.workbook import write_workbook
from work_data_hub.orchestration.launch import launch_month

PERIOD = Period(2025, 11)
PLAN = month_plan(PERIOD)
BOOK = make_book(SampleOptions(rows=300, layout_rows=120), PLAN, PLAN.candidates[0])
CONTRACTS = [intake.contract for intake in INTAKES] + [build.contract for build in BUILDS]
TABLES = ["/".join(contract.asset_key) for contract in CONTRACTS]


@pytest.fixture
def finder(tmp_path: Path) -> FakeFinder:
    path = tmp_path / "book.xlsx"
    write_workbook(path, [BOOK.scale, BOOK.income])
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    found = FoundFile(path, path.name, None, digest, path.stat().st_size, datetime(2025, 12, 1, tzinfo=UTC))
    return FakeFinder({PERIOD: found}, {path: digest})


@pytest.fixture
def hub(finder: FakeFinder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    ledger = FakeLedger()
    fakes = {"ledger": ledger, "store": FakeStore(ledger), "quarantine": FakeQuarantine()}
    with build_hub(settings(), finder=finder, **fakes) as opened:
        yield opened


def test_a_month_runs_through_the_whole_graph_and_again_only_by_force(hub: Hub) -> None:
    heard: list[tuple[str, str]] = []
    result = launch_month(hub, "annuity", PERIOD, on_event=lambda *event: heard.append(event))
    assert (result.success, result.error) == (True, None)
    assert len(heard) == 2 * len(TABLES)
    assert set(heard) == {(table, event) for table in TABLES for event in ("started", "succeeded")}
    assert launch_month(hub, "annuity", PERIOD, force=True).success
    assert isinstance(hub.ports.ledger, FakeLedger)
    assert len(hub.ports.ledger.records) == 2 * len(TABLES)
    with dg.DagsterInstance.get() as instance:
        assert result.run_id in [run.run_id for run in instance.get_runs()]
        for table in TABLES:
            assert instance.get_latest_materialization_event(dg.AssetKey(table.split("/"))), table
        key = dg.AssetKey(["annuity", "silver", "scale_detail"])
        for record in instance.fetch_materializations(key, limit=2).records:
            made = record.asset_materialization
            assert made is not None
            assert made.partition == PERIOD.key
            assert made.metadata["dagster/partition_row_count"].value == len(BOOK.truth.accepted)


def test_a_refused_month_gives_the_error_that_the_hub_knows(hub: Hub, finder: FakeFinder) -> None:
    refused = AmbiguousCandidatesError("2 candidates", fix="move one", candidates=("a", "b"))
    finder.files[PERIOD] = refused
    heard: list[tuple[str, str]] = []
    result = launch_month(hub, "annuity", PERIOD, on_event=lambda *event: heard.append(event))
    assert not result.success
    assert result.error is refused
    sheets = ("annuity/bronze/scale_rows", "annuity/bronze/income_rows")
    assert sorted(heard) == sorted((sheet, event) for sheet in sheets for event in ("started", "failed"))


def test_an_error_that_the_hub_does_not_know_is_told_with_its_cause(hub: Hub, finder: FakeFinder) -> None:
    finder.files.clear()
    result = launch_month(hub, "annuity", PERIOD)
    assert not result.success
    assert isinstance(result.error, PermanentError)
    assert result.error.what.startswith("the run failed: KeyError")
    assert "log in the Dagster UI" in result.error.fix
