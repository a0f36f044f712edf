"""One backfill of the public files, and every figure of it against an oracle that knows none of the hub's code."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from tests.adapters.retail import published as sql
from tests.adapters.retail.backfill import backfill
from tests.adapters.retail.oracle import (
    CONTOSO,
    DATA,
    EUROSTYLE,
    Oracle,
    oracle,
    oracle_categories,
    oracle_cohorts,
    oracle_customers,
    oracle_kpis,
    oracle_orders_daily,
    oracle_quirks,
    oracle_sales_daily,
)
from tests.adapters.retail.published import Published, differences
from tests.fixtures_postgres import temporary_database

from work_data_hub.application.release.errors import ReleaseRefusedError
from work_data_hub.application.release.receive import receive
from work_data_hub.application.release.verify import verify
from work_data_hub.bootstrap import build_hub
from work_data_hub.config.settings import Settings
from work_data_hub.domain.kernel.contract import Conservation
from work_data_hub.domain.retail.contracts import RETAIL_CONTRACTS
from work_data_hub.io.release.inspection import batches, inspect
from work_data_hub.io.release.targets import open_target

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.backfill,
    pytest.mark.skipif(not DATA.exists(), reason="the public data sets are not beside the project"),
    pytest.mark.xdist_group("retail_real"),
]

# of each brand: the last day of data, and days on which a month's orders end
AS_OF = (
    (EUROSTYLE, date(2011, 12, 9)),
    (EUROSTYLE, date(2010, 12, 23)),
    (EUROSTYLE, date(2011, 6, 30)),
    (CONTOSO, date(2025, 6, 17)),
    (CONTOSO, date(2025, 4, 30)),
    (CONTOSO, date(2025, 5, 31)),
)

RELEASED = ("orders_daily", "customer_360")
MEASURES = {
    "orders_daily": ("sum(orders)", "sum(gmv_paid_eur)", "count(return_rate)", "max(order_date)"),
    "customer_360": ("sum(frequency)", "sum(monetary_eur)", "count(inter_purchase_days)", "min(as_of_date)"),
}


@pytest.fixture(scope="session")
def known() -> Oracle:
    """The oracle over the public files."""
    return oracle()


@pytest.fixture(scope="session")
def hub(
    postgres_url: str, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Published]:
    """A warehouse in which everything was built once, from the workbook and the text files."""
    lake = tmp_path_factory.mktemp("lake")
    with temporary_database(postgres_url, migrated_template) as url:
        with build_hub(settings(url, lake)) as wired:
            backfill(wired)
            with wired.releases() as releases:
                built = {name: releases.build(f"retail.gold.{name}").path for name in RELEASED}
        yield Published(url, built)


def settings(url: str, lake: Path) -> Settings:
    return Settings(
        _env_file=None,
        database_url=SecretStr(url),
        landing_root=DATA,
        lake_root=str(lake),
        release_root=lake.parent / "releases",
    )


@pytest.mark.parametrize("name", RELEASED)
def test_a_release_of_real_gold_is_taken_by_the_other_side(
    hub: Published, database_url: str, name: str
) -> None:
    with open_target(database_url, "received") as target:
        taken = receive(inspect, hub.releases[name], target, batches)
    there = Published(database_url, {})
    columns = ", ".join(column for column in MEASURES[name])
    assert taken.rows > 1_000
    assert there.rows(f"SELECT count(*), {columns} FROM received.{name}") == hub.rows(
        f"SELECT count(*), {columns} FROM retail_gold.{name}"
    )


def test_a_release_of_real_gold_with_a_flipped_byte_is_refused(hub: Published, tmp_path: Path) -> None:
    source = hub.releases["customer_360"]
    path = tmp_path.joinpath(*source.parts[-7:])
    shutil.copytree(source, path)
    part = next(path.glob("*.parquet"))
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 1
    part.write_bytes(content)
    with pytest.raises(ReleaseRefusedError, match="its MD5 is"):
        verify(inspect, path)


def test_the_kpis_of_every_month_are_right_to_the_cent(hub: Published, known: Oracle) -> None:
    found = hub.kpis()
    # returned units are told by their rate
    rows = [(*row[:4], *row[5:]) for row in oracle_kpis(known)]
    assert {row[:2] for row in rows} == found.keys()
    ours = [(*row[:2], *(found[row[:2]][name] for name in sql.KPI_NAMES)) for row in rows]
    # a rate is published to six digits
    assert differences(_without_rates(ours), _without_rates(rows), 2) == []
    assert all(abs(float(mine[10]) - right[10]) <= 5e-7 for mine, right in zip(ours, rows, strict=True))


def _without_rates(rows: list[sql.Row]) -> list[sql.Row]:
    return [(*row[:10], *row[11:]) for row in rows]


@pytest.mark.parametrize(
    ("query", "question", "key"),
    [
        pytest.param(sql.ORDERS_DAILY, oracle_orders_daily, 3, id="orders_daily"),
        pytest.param(sql.CATEGORIES, oracle_categories, 3, id="category_perf"),
        pytest.param(sql.COHORTS, oracle_cohorts, 3, id="cohort_retention"),
    ],
)
def test_every_row_of_a_mart_is_right(
    hub: Published, known: Oracle, query: str, question: Any, key: int
) -> None:
    assert differences(hub.rows(query), question(known), key)[:3] == []


def test_every_product_of_every_day_is_right(hub: Published, known: Oracle) -> None:
    published = hub.arrow(sql.SALES_DAILY)
    assert published.num_rows > 500_000
    assert oracle_sales_daily(known, published) == []


@pytest.mark.parametrize(("brand", "as_of"), AS_OF)
def test_every_customer_is_judged_right(hub: Published, known: Oracle, brand: str, as_of: date) -> None:
    ours = hub.rows(sql.CUSTOMERS, brand, as_of)
    assert differences(ours, oracle_customers(known, brand, as_of), 1)[:3] == []


def test_categories_hold_all_that_was_sold(hub: Published, known: Oracle) -> None:
    sums = hub.rows(
        "SELECT period, source_system, sum(gmv_eur), sum(units), count(*) FROM retail_gold.category_perf GROUP BY 1, 2"
    )
    months = {row[:2]: row for row in oracle_kpis(known)}
    assert len(sums) == len(months)
    for period, brand, gmv, units, categories in sums:
        month = months[period, brand]
        # each category is rounded once
        assert abs(gmv - month[6]) <= categories * sql.HALF_A_CENT
        assert units == month[3]


def test_the_quality_log_tells_every_count_of_the_readmes(hub: Published, known: Oracle) -> None:
    quirks, log = oracle_quirks(known), hub.metrics("bronze.eurostyle_lines")
    told = {sheet: f"year_{years}." for sheet, years in ((1, "2009_2010"), (2, "2010_2011"))}
    for sheet, counts in quirks["sheets"].items():
        ours = {name: log[told[sheet] + name] for name in counts}
        assert ours == pytest.approx({name: float(count) for name, count in counts.items()}, abs=1e-6)
    overlap = {name: log[name] for name in ("overlap_lines", "overlap_invoices")}
    assert overlap == {"overlap_lines": 22_523, "overlap_invoices": 1_088}
    assert hub.metric_sums("silver.sales_line")["overlap_lines"] == quirks["overlap"]["overlap_lines"]


def test_the_quality_log_tells_the_stores_oddities(hub: Published, known: Oracle) -> None:
    store, log = oracle_quirks(known)["contoso"], hub.metrics("silver.contoso_line")
    pairs = {
        "sales": "sales",
        "date_swapped_lines": "date_swapped_lines",
        "date_swapped_sales": "date_swapped_sales",
        "other_dates_lines": "other_dates",
        "before_signup_sales": "before_signup_sales",
        "total_differs_lines": "total_differs_lines",
        "headers_that_tie": "headers_that_tie",
        "repeated_product_pairs": "repeated_products",
        "order_days": "days",
        "country_differs_sales": "foreign_sales",
    }
    assert {name: log[name] for name in pairs} == {name: store[right] for name, right in pairs.items()}
    sales = hub.metrics("bronze.contoso_sales")
    assert (sales["sale_id_gaps"], sales["buyers"]) == (store["sale_id_gaps"], store["buyers"])


def test_no_line_is_lost(hub: Published, known: Oracle) -> None:
    preserving = [c.key for c in RETAIL_CONTRACTS if c.conservation is Conservation.ROW_PRESERVING]
    assert hub.rows(sql.UNBALANCED, preserving) == []
    assert hub.rows(sql.PUBLISHED_ROWS, "retail.bronze.eurostyle_lines") == [(1_067_370, 0)]
    lines = known.ask("lines_of_months")
    assert hub.rows(sql.PUBLISHED_ROWS, "retail.silver.sales_line") == [(sum(n for _, n in lines), 17)]
