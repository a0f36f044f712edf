"""The two real business units go through the hub as any other: from the public files to models, bands and diagnostics."""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from psycopg2 import sql
from tests.fixtures_postgres import run_sql, temporary_database

from work_data_hub.application.domains import Domain
from work_data_hub.bootstrap import Hub, build_hub
from work_data_hub.cli.main import run
from work_data_hub.config.settings import get_settings
from work_data_hub.domain.kernel.build import Buildable, TableBuild
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.retail.contracts.silver import SALES_LINE
from work_data_hub.io.tracking.database import tracking_database

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.backfill,
    pytest.mark.skipif(not DATA.exists(), reason="the public data sets are not beside the project"),
    pytest.mark.xdist_group("pricing_real"),
]
FIRST, LAST = Period(2009, 12), Period(2011, 12)


@dataclass(frozen=True, slots=True)
class RealHub:
    """A hub on the public data sets, with a database of its own."""

    url: str
    capsys: pytest.CaptureFixture[str]

    def wdh(self, *arguments: str) -> tuple[int, Any]:
        self.capsys.readouterr()
        status = run((*arguments, "--json"))
        said = self.capsys.readouterr()
        assert status in {0, 3}, said.err
        return status, json.loads(said.out)

    def tell(self, words: str) -> None:
        """Write figures where whoever runs the test sees them."""
        with self.capsys.disabled():
            sys.stdout.write(f"\n{words}\n")

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        return run_sql(self.url, statement, *values)


@pytest.fixture
def hub(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[RealHub]:
    with temporary_database(postgres_url) as url:
        monkeypatch.setenv("DATABASE_URL", url)
        monkeypatch.setenv("ENVIRONMENT", "dev")
        monkeypatch.setenv("WDH_HOME", str(tmp_path / "wdh"))
        monkeypatch.setenv("LANDING_ROOT", str(DATA))
        monkeypatch.chdir(tmp_path)
        get_settings.cache_clear()
        assert run(("db", "upgrade")) == 0
        yield RealHub(url, capsys)
        get_settings.cache_clear()
        name = sql.Identifier(str(tracking_database(url).sqlalchemy.database))
        run_sql(url, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def verdicts(trained: Any) -> dict[str, str]:
    """Give what was said of each training by its month."""
    return {
        line["scope"].rpartition("=")[2][:7]: line["verdict"]
        for line in trained["tables"]
        if "verdict" in line
    }


def published(document: Any, table: str) -> int:
    return sum(line["published"] for line in document["tables"] if line["table"] == table)


def diagnosed(hub: RealHub, bu: str) -> dict[str, float]:
    """Give the figures of the whole unit in the month that was scored."""
    ((coverage, pinball, scored, retrain),) = hub.rows(
        "SELECT coverage, pinball, scored, retrain FROM pricing_gold.price_diagnostics"
        " WHERE bu_id = %s AND segment = 'all' ORDER BY period DESC LIMIT 1",
        bu,
    )
    return {"coverage": coverage, "pinball": pinball, "scored": scored, "retrain": retrain}


def through_the_hub(hub: RealHub, bu: str) -> tuple[dict[str, str], dict[str, Any]]:
    """Train and score a unit's newest month; tell the figures."""
    begun = time.monotonic()
    _, trained = hub.wdh("pricing", "train", "--bu", bu)
    between = time.monotonic()
    _, scored = hub.wdh("pricing", "score", "--bu", bu)
    figures = {
        "lines": published(trained, "silver.order_line"),
        "rejected": sum(line["rejected"] for line in trained["tables"]),
        "scored": published(scored, "score.price_recs_line"),
        "train_seconds": round(between - begun, 1),
        "score_seconds": round(time.monotonic() - between, 1),
        **diagnosed(hub, bu),
    }
    hub.tell(f"{bu}: {figures} {verdicts(trained)}")
    return verdicts(trained), figures


def retail_until(domain: Domain, key: str) -> tuple[Buildable, ...]:
    """Give the tables that a table is made from, and itself, in the order in which they are built."""
    wanted = {key}
    for table in reversed(domain.tables):
        if table.contract.key in wanted and isinstance(table, TableBuild):
            wanted |= {ref.contract.key for ref in table.inputs} | {gate.key for gate in table.gates}
    return tuple(table for table in domain.tables if table.contract.key in wanted)


def build_sales_lines(hub: Hub) -> None:
    """Build the retail lines that the wholesale unit stands on, and no more."""
    work = hub.start_run("retail")
    for table in retail_until(hub.domain("retail"), SALES_LINE.key):
        for month in FIRST.until(LAST) if table.contract.monthly else (None,):
            work.build(table, month)


def test_resellers_train_and_score_and_their_atom_is_told(hub: RealHub) -> None:
    told, figures = through_the_hub(hub, "AW")
    assert figures["lines"] > 60_000
    assert told
    assert "promoted" in told.values()
    assert figures["scored"] > 0
    ((collapsed, lines),) = hub.rows(
        "SELECT count(*) FILTER (WHERE band_collapsed), count(*) FROM pricing_score.price_recs_line"
        " WHERE bu_id = 'AW'"
    )
    # nearly every line has the one discount, and the bands say so
    assert collapsed / lines > 0.5


def test_wholesale_lines_of_the_retail_domain_train_and_score(hub: RealHub) -> None:
    begun = time.monotonic()
    with build_hub(get_settings()) as wired:
        build_sales_lines(wired)
    hub.tell(f"retail lines: {time.monotonic() - begun:.1f} s")
    told, figures = through_the_hub(hub, "OR")
    assert 50_000 < figures["lines"] < 70_000
    assert "promoted" in told.values()
    assert figures["scored"] > 0
    assert 0.6 < figures["coverage"] <= 1.0
