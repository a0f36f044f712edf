"""Company ids on a real warehouse: the queue, the search, and facts that get the real id with its history."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
from tests.adapters.lookup.company_service import TOKEN, company_service, match
from tests.fixtures_postgres import temporary_database

from work_data_hub.application.companies.search import ABANDONED_AFTER, QueueState
from work_data_hub.application.runs import Result
from work_data_hub.bootstrap import Hub, build_hub
from work_data_hub.config.settings import Settings
from work_data_hub.domain.annuity.contracts import (
    COMPANY_QUEUE,
    COMPANY_REKEY,
    CUSTOMER,
    INCOME_FACT,
    PLAN,
    SCALE_DETAIL,
    SCALE_FACT,
)
from work_data_hub.domain.annuity.ports import LookupAnswer
from work_data_hub.domain.annuity.sample.book import make_book
from work_data_hub.domain.annuity.sample.months import month_plan
from work_data_hub.domain.annuity.sample.options import SampleOptions
from work_data_hub.domain.kernel.contract import TableContract
from work_data_hub.domain.kernel.outcome import Outcome
from work_data_hub.domain.kernel.period import Period
from work_data_hub.domain.kernel.scope import Scope
from work_data_hub.io.loader.companies import WarehouseCompanies
from work_data_hub.io.loader.tables import table_of
from work_data_hub.io.loader.urls import DatabaseUrl
from work_data_hub.io.loader.warehouse_loader import WarehouseLoader
from work_data_hub.io.samples.workbook import write_workbook

MONTHS = (Period(2025, 11), Period(2025, 12))
NOW = datetime(2025, 12, 20, tzinfo=UTC)
ROWS = 200


class AnswersAll:
    """Knows every name by the same company."""

    def find(self, name: str) -> LookupAnswer | None:
        return LookupAnswer("699999999", name, "exact")


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A landing folder with two small months."""
    root = tmp_path_factory.mktemp("landing")
    for period in MONTHS:
        plan = month_plan(period)
        book = make_book(SampleOptions(rows=ROWS, layout_rows=ROWS), plan, plan.candidates[-1])
        write_workbook(root / plan.candidates[-1].path, (book.scale, book.income))
    return root


@pytest.fixture(scope="module")
def loaded(postgres_url: str, migrated_template: str, landing: Path) -> Iterator[str]:
    """The name of a database in which the months are loaded, to copy from."""
    with temporary_database(postgres_url, migrated_template) as url:
        with build_hub(settings(url, landing)) as hub:
            for period in MONTHS:
                load(hub, period)
        yield str(DatabaseUrl.parse(url).sqlalchemy.database)


@pytest.fixture
def hub(postgres_url: str, loaded: str, landing: Path) -> Iterator[Hub]:
    """A hub on a copy of the loaded months."""
    with temporary_database(postgres_url, loaded) as url, build_hub(settings(url, landing)) as hub:
        yield hub


def settings(url: str, landing: Path, **more: Any) -> Settings:
    return Settings(_env_file=None, database_url=url, landing_root=landing, **more)


def load(hub: Hub, period: Period) -> list[Result]:
    run = hub.start_run("annuity", actor="test")
    return [run.build(table, period).result for table in hub.domain("annuity")]


def rows(hub: Hub, contract: TableContract, **where: Any) -> list[dict[str, Any]]:
    table = table_of(contract)
    query = sa.select(table).where(*(table.c[name] == value for name, value in where.items()))
    return loader_of(hub).run(lambda session: session.fetch(query))


def loader_of(hub: Hub) -> WarehouseLoader:
    assert isinstance(hub.companies, WarehouseCompanies)
    return hub.companies._loader


def temporary(hub: Hub) -> set[str]:
    return {row["company_id"] for c in (SCALE_FACT, INCOME_FACT) for row in rows(hub, c, company_id_origin="temporary")}  # fmt: skip


def test_names_with_a_temporary_id_wait_in_the_queue(hub: Hub) -> None:
    waiting = rows(hub, COMPANY_QUEUE)
    assert {row["temporary_id"] for row in waiting} == temporary(hub) != set()
    assert {row["state"] for row in waiting} == {"pending"}


def test_ids_learnt_from_scale_rows_reach_the_facts_and_their_references(hub: Hub) -> None:
    before = temporary(hub)
    report = hub.search_companies()
    months = hub.rekey_companies(hub.start_run("annuity"))
    replaced = {row["temporary_id"]: row["company_id"] for row in rows(hub, COMPANY_REKEY)}
    assert report.learnt == len(replaced) > 0
    assert temporary(hub) == before - replaced.keys()
    assert {m.period for m in months if m.ids} <= set(MONTHS)
    customers = {row["company_id"]: row["replaced_by"] for row in rows(hub, CUSTOMER)}
    assert {old: customers[old] for old in replaced} == replaced
    assert all(new in customers for new in replaced.values())
    assert not {row["company_id"] for row in rows(hub, PLAN)} & replaced.keys()


def test_the_outside_is_asked_within_the_budget_and_its_answers_are_told_as_such(hub: Hub) -> None:
    hub.search_companies()
    asking = Hub(hub.settings, hub.ports, hub.domains, hub.companies, AnswersAll())
    assert asking.search_companies().answered == hub.settings.company_lookup_budget == 5
    hub.rekey_companies(hub.start_run("annuity"))
    found = [row for c in (SCALE_FACT, INCOME_FACT) for row in rows(hub, c, company_id="699999999")]
    assert {row["company_id_origin"] for row in found} == {"look_up"}


def test_a_configured_service_is_asked_over_http_and_a_dead_one_stops_nothing(
    hub: Hub, postgres_url: str, loaded: str, landing: Path
) -> None:
    hub.search_companies()
    names = sorted(row["customer_name"] for row in rows(hub, COMPANY_QUEUE, state="pending"))
    url = str(hub.settings.database_url.get_secret_value())
    with company_service({name: [match("688888888", name)] for name in names}) as service:
        asking = settings(url, landing, company_lookup_url=service.url, company_lookup_token=TOKEN)
        with build_hub(asking) as outside:
            assert outside.search_companies().answered == 5
    with build_hub(asking) as outside:
        report = outside.search_companies()
    assert (report.answered, report.postponed) == (0, 2)
    assert TOKEN not in " ".join(report.warnings)
    waiting = [row for row in rows(hub, COMPANY_QUEUE, state="pending") if row["error"]]
    assert len(waiting) == 2
    assert all(row["next_try_at"] is not None for row in waiting)


def test_a_second_time_changes_nothing_and_neither_does_a_load(hub: Hub) -> None:
    hub.search_companies()
    hub.rekey_companies(hub.start_run("annuity"))
    scope = Scope.month(MONTHS[0])
    published = hub.ports.ledger.latest(SCALE_FACT, scope)
    assert hub.rekey_companies(hub.start_run("annuity")) == ()
    assert {result for month in MONTHS for result in load(hub, month)} == {Result.UNCHANGED}
    assert hub.ports.ledger.latest(SCALE_FACT, scope) == published


def test_a_month_that_is_being_loaded_is_left_alone_until_it_is_done(hub: Hub) -> None:
    hub.search_companies()
    month, scope = MONTHS[0], Scope.month(MONTHS[0])
    run = hub.start_run("annuity", force=True)
    spoilt = replace(hub.domain("annuity"), config_fingerprint="another")
    silver = next(build for build in spoilt.builds if build.contract is SCALE_DETAIL)
    one_less = replace(silver, make=lambda context: without_its_last_row(silver.make(context)))
    replace(run, domain=spoilt).build(one_less, month)
    found = {m.period: m for m in hub.rekey_companies(hub.start_run("annuity"))}
    assert found[month].postponed
    assert hub.ports.ledger.latest(COMPANY_REKEY, scope) is None
    load(hub, month)
    found = {m.period: m for m in hub.rekey_companies(hub.start_run("annuity"))}
    assert found[month].ids > 0
    assert hub.ports.ledger.latest(COMPANY_REKEY, scope) is not None


def without_its_last_row(outcome: Outcome) -> Outcome:
    """Reject the last row, so that the month is another one."""
    kept, lost = outcome.accepted.iloc[:-1], outcome.accepted.iloc[-1]
    amounts = {t.column: Decimal(0) if pd.isna(lost[t.column]) else lost[t.column] for t in outcome.totals}
    totals = tuple(
        replace(t, published=t.published - amounts[t.column], rejected=t.rejected + amounts[t.column])
        for t in outcome.totals
    )
    counts = replace(outcome.counts, published=len(kept), rejected=outcome.counts.rejected + 1)
    return replace(outcome, accepted=kept, counts=counts, totals=totals)


def test_a_name_is_claimed_by_one_worker_and_given_up_by_a_lost_one(hub: Hub) -> None:
    assert hub.companies is not None
    first = hub.companies.claim(NOW, 3)
    second = hub.companies.claim(NOW, 10_000)
    assert len(first) == 3
    assert not {n.customer_name for n in first} & {n.customer_name for n in second}
    assert hub.companies.claim(NOW, 10_000) == ()
    later = NOW + ABANDONED_AFTER + timedelta(minutes=1)
    assert len(hub.companies.claim(later, 10_000)) == len(first) + len(second)


def test_a_claimed_name_comes_back_as_it_was_settled(hub: Hub) -> None:
    assert hub.companies is not None
    (name,) = hub.companies.claim(NOW, 1)
    assert name.state is QueueState.PROCESSING
    hub.companies.settle(name)
    (row,) = rows(hub, COMPANY_QUEUE, customer_name=name.customer_name)
    assert (row["state"], row["last_tried_at"]) == ("processing", NOW)
