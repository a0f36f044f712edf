"""A loaded sample month on a real database, and the command as a user calls it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pytest
from tests.fixtures_postgres import temporary_database

from work_data_hub.bootstrap import build_hub
from work_data_hub.cli.main import run
from work_data_hub.config.settings import Settings, get_settings
from work_data_hub.domain.annuity.sample.book import Book, make_book
from work_data_hub.domain.annuity.sample.months import month_plan
from work_data_hub.domain.annuity.sample.options import SampleOptions
from work_data_hub.domain.kernel.period import Period
from work_data_hub.io.samples.workbook import write_workbook

MONTH: Final = Period(2024, 12)
OPTIONS: Final = SampleOptions(rows=600, layout_rows=200)


@dataclass(frozen=True, slots=True)
class Said:
    """What a call answered."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Compare = Callable[..., Said]


@dataclass(frozen=True, slots=True)
class Month:
    """Where the month lies, and what is true of it."""

    url: str
    root: Path
    book: Book

    def truth(self) -> pd.DataFrame:
        """Give the true rows under the source's headers, as the system before would have exported them."""
        frame = self.book.truth.accepted.drop(columns=["sheet", "row_number"])
        return frame.astype({"period": "string"}).rename(columns=HEADERS)


HEADERS: Final = {
    "period": "月度",
    "plan_code": "计划号",
    "customer_name": "客户名称",
    "closing_aum_yuan": "期末资产规模",
    "outflow_incl_benefits_yuan": "流失（含待遇支付）",
    "period_return": "年化收益率",
    "branch_name": "机构",
}


@pytest.fixture(scope="module")
def month(
    postgres_url: str, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Month]:
    """A month, loaded from its workbook into a database of its own."""
    root, plan = tmp_path_factory.mktemp("month"), month_plan(MONTH)
    book = make_book(OPTIONS, plan, plan.candidates[0])
    write_workbook(root / "landing" / plan.candidates[0].path, (book.scale, book.income))
    with temporary_database(postgres_url, migrated_template) as url:
        values: dict[str, Any] = {"database_url": url, "landing_root": root / "landing"}
        with build_hub(Settings(_env_file=None, wdh_home=root / "home", **values)) as hub:
            loading = hub.start_run("annuity", actor="test")
            for table in hub.domain("annuity"):
                loading.build(table, MONTH)
        yield Month(url, root, book)


@pytest.fixture
def compare(
    month: Month, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Compare]:
    """`wdh compare annuity --period … --with …` against the loaded month."""
    monkeypatch.setenv("DATABASE_URL", month.url)
    monkeypatch.setenv("LANDING_ROOT", str(month.root / "landing"))
    monkeypatch.setenv("WDH_HOME", str(month.root / "home"))
    get_settings.cache_clear()

    def call(other: object, *arguments: str) -> Said:
        capsys.readouterr()
        status = run(["compare", "annuity", "--period", str(MONTH), "--with", str(other), *arguments])
        return Said(status, *capsys.readouterr())

    yield call
    get_settings.cache_clear()
