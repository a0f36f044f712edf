from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import dagster as dg
import pytest

from work_data_hub.config.settings import get_settings
from work_data_hub.orchestration.definitions import build_defs

URL = "postgresql://user:word@host/wdh"


@pytest.fixture(autouse=True)
def _fresh_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", URL)
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def tick(at: datetime, name: str = "annuity_monthly") -> Any:
    repository = build_defs().get_repository_def()
    context = dg.build_schedule_context(scheduled_execution_time=at, repository_def=repository)
    return repository.get_schedule_def(name).evaluate_tick(context)


@pytest.mark.parametrize(
    ("at", "key"),
    [
        (datetime(2025, 12, 4, 22, tzinfo=UTC), "2025-11-01"),
        (datetime(2026, 1, 4, 22, tzinfo=UTC), "2025-12-01"),
    ],
)
def test_the_fifth_requests_the_month_before(monkeypatch: pytest.MonkeyPatch, at: datetime, key: str) -> None:
    monkeypatch.setenv("ENVIRONMENT", "staging")
    (request,) = tick(at).run_requests
    assert (request.run_key, request.partition_key) == (key, key)


def test_every_morning_asks_once_for_what_belongs_to_no_month(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENVIRONMENT", "staging")
    (request,) = tick(datetime(2025, 12, 4, 5, tzinfo=UTC), "retail_daily").run_requests
    assert (request.run_key, request.partition_key) == ("2025-12-04", None)


@pytest.mark.parametrize("name", ["annuity_monthly", "retail_daily"])
def test_a_machine_for_development_does_nothing_by_itself(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("ENVIRONMENT", "dev")
    found = tick(datetime(2025, 12, 4, 22, tzinfo=UTC), name)
    assert not found.run_requests
    assert found.skip_message == f"{name} does not run in dev"
