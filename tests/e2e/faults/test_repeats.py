"""A month that is corrected, repeated, or loaded by two at once ends as if it had been loaded once."""

from dataclasses import replace

import pytest
from tests.e2e.faults.conftest import Stages
from tests.e2e.faults.month import (
    FACT,
    MART,
    SCOPE,
    Place,
    TableState,
    all_rows,
    load,
    load_after,
    load_with,
    processes,
    started,
    states,
)
from tests.fixtures_postgres import run_sql

from work_data_hub.application.runs import Result
from work_data_hub.bootstrap import build_hub
from work_data_hub.domain.annuity.tables import BUILDS, INTAKES
from work_data_hub.domain.kernel.contract import WriteMode

pytestmark = pytest.mark.xdist_group("repeats")

SILVER, BRONZE = "annuity.silver.scale_detail", "annuity.bronze.scale_rows"
BUILT = [intake.contract for intake in INTAKES] + [build.contract for build in BUILDS]
MONTHLY = tuple(c.key for c in BUILT if c.write_mode is WriteMode.REPLACE_SCOPE)
REFERENCES = tuple(c.key for c in BUILT if c.write_mode is WriteMode.UPSERT)


def test_a_corrected_workbook_with_fewer_rows_leaves_no_stale_rows(stages: Stages) -> None:
    assert {BRONZE, SILVER, FACT, MART} < set(MONTHLY)
    assert all(stages.after[key].rows < stages.before[key].rows for key in (BRONZE, SILVER, FACT))
    with stages.copy(stages.empty) as place:
        load(place)
        alone = states(place.url)
    for key in MONTHLY:
        assert unsettled(stages.after[key]) == unsettled(alone[key])


def unsettled(state: TableState) -> TableState:
    """Leave out the rejections that a correction has settled."""
    return replace(state, rejections=frozenset(line for line in state.rejections if "fixed" not in line))


def test_a_corrected_workbook_settles_the_rejections_of_the_one_before(stages: Stages) -> None:
    with stages.copy(stages.old) as place:
        before = run_sql(place.url, "SELECT file_id, row_number FROM hub.quarantine WHERE state = 'open'")
        load(place)
        after = run_sql(place.url, "SELECT file_id, row_number, state FROM hub.quarantine")
        names = run_sql(place.url, "SELECT count(*) FROM hub.quarantine WHERE file_name IS NULL")
    old_file = before[0][0]
    assert {row[:2] for row in after if row[2] == "fixed"} == set(before)
    assert {row[0] for row in before} == {old_file}
    assert {row[2] for row in after if row[0] != old_file} == {"open"}
    assert len(after) > len(before) > 0
    assert names == [(0,)]


def test_the_same_month_ten_times_changes_nothing(stages: Stages) -> None:
    with stages.copy(stages.empty) as place:
        load(place)
        found, counted = states(place.url), all_rows(place.url)
        with build_hub(place.settings()) as hub:
            for _ in range(9):
                reports = load_with(hub, force=True)
                assert {report.result for report in reports} == {Result.PUBLISHED}
        assert states(place.url) == found
        again = all_rows(place.url)
        recorded = run_sql(
            place.url,
            "SELECT table_key, count(*), count(DISTINCT identity_hash) FROM hub.publishes GROUP BY table_key",
        )
        referenced = run_sql(
            place.url,
            "SELECT count(*) FROM hub.publishes WHERE table_key = ANY(%s) AND rows_published > 0",
            list(REFERENCES),
        )
    grown = {name for name, rows in again.items() if rows != counted[name]}
    assert grown == {"hub.publishes", "hub.pipeline_executions", "hub.data_quality_metrics"}
    assert set(recorded) == {(key, 10, 1) for key in (*MONTHLY, *REFERENCES)}
    # the first run alone has found anything new
    assert referenced == [(len(REFERENCES),)]


@pytest.mark.parametrize("force", [False, True])
def test_two_first_runs_of_a_month_at_once_are_right_once(force: bool, stages: Stages) -> None:
    with stages.copy(stages.empty) as place:
        load_twice_at_once(stages.first.on(place.url), force=force)
        assert states(place.url) == stages.before
        assert_replaced_what_the_other_wrote(place.url, force=force)


def test_two_runs_of_a_corrected_month_at_once_are_right_once(stages: Stages) -> None:
    with stages.copy(stages.old) as place:
        load_twice_at_once(place, force=True)
        assert states(place.url) == stages.after
        assert_replaced_what_the_other_wrote(place.url, force=True)


def load_twice_at_once(place: Place, *, force: bool) -> None:
    """Let two processes begin at the same moment and end well."""
    gate = processes.Barrier(2)
    with (
        started(load_after, place, gate, force=force) as one,
        started(load_after, place, gate, force=force) as other,
    ):
        one.join(60)
        other.join(60)
        assert (one.exitcode, other.exitcode) == (0, 0)


def assert_replaced_what_the_other_wrote(url: str, *, force: bool) -> None:
    newest = run_sql(
        url,
        "SELECT DISTINCT ON (table_key) rows_published, rows_replaced FROM hub.publishes"
        " WHERE table_key = ANY(%s) AND scope_key = %s ORDER BY table_key, published_at DESC",
        list(MONTHLY),
        SCOPE.key,
    )
    assert len(newest) == len(MONTHLY)
    assert not force or all(published == replaced for published, replaced in newest)
